from odoo import api, fields, models

from ...tools.rulebook import ENFORCE, GUIDE, OFF

POLICY_SELECTION = [
    (OFF, "Off"),
    (GUIDE, "Guide"),
    (ENFORCE, "Enforce"),
]


class CrmTeam(models.Model):
    _name = "crm.team"
    _inherit = ["crm.team", "crm.framework.follower.mixin"]

    _framework_field = "framework_id"
    # the criteria in force depend on the properties
    _rulebook_fields = {
        "company_id",
        "conversion_plan_id",
        "framework_id",
        "is_free_start",
        "lead_properties_definition",
        "stage_rule_policy",
        "use_leads",
    }

    # read with the rulebook, and not with every team that is read
    framework_id = fields.Many2one(
        "crm.qualification.framework",
        string="Qualification Framework",
        prefetch="stage_rules",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="The criteria and stage rules that this team follows. Empty: its company's.",
    )
    stage_rule_policy = fields.Selection(
        POLICY_SELECTION,
        string="Stage Rules",
        required=True,
        default=GUIDE,
        prefetch="stage_rules",
        tracking=True,
        help="What an unmet required rule does to a move.\n"
        "Off: nothing is checked.\n"
        "Guide: it is shown, and never blocks.\n"
        "Enforce: it blocks, unless somebody with the right overrides it and says why.",
    )
    is_free_start = fields.Boolean(
        string="Start Opportunities Freely",
        compute="_compute_is_free_start",
        store=True,
        readonly=False,
        prefetch="stage_rules",
        help="Opportunities may be created in the first stage before they meet the conversion "
        "rules, which are then asked for at their next move. Meant for teams without leads.",
    )

    @api.depends("use_leads")
    def _compute_is_free_start(self):
        for team in self:
            team.is_free_start = not team.use_leads

    def _get_effective_framework(self):
        """Return the framework that this team follows: its own, or else its company's."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return self.framework_id or company.qualification_framework_id
