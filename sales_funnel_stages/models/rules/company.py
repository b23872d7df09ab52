from odoo import api, fields, models

from ...tools.rulebook import ALWAYS, FROM_LEADER, GUIDE, NEVER
from .team import POLICY_SELECTION

ARRIVAL_SELECTION = [
    (ALWAYS, "Let them come"),
    (FROM_LEADER, "Only the team leader takes them"),
    (NEVER, "Send them back"),
]


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "crm.framework.follower.mixin"]

    _framework_field = "qualification_framework_id"
    # the calendar: relative dates count by its time zone
    _rulebook_fields = {
        "arrival_policy",
        "is_lost_reason_required",
        "qualification_framework_id",
        "resource_calendar_id",
        "stage_rule_policy",
    }

    qualification_framework_id = fields.Many2one(
        "crm.qualification.framework",
        ondelete="restrict",
        check_company=True,
        default=lambda self: self._default_qualification_framework_id(),
        help="The framework of the sales teams that have not chosen their own.",
    )
    stage_rule_policy = fields.Selection(
        POLICY_SELECTION,
        string="Stage Rules Without a Team",
        required=True,
        default=GUIDE,
        help="What an unmet required rule does to leads that have no sales team.",
    )
    arrival_policy = fields.Selection(
        ARRIVAL_SELECTION,
        string="Opportunities Handed Over",
        required=True,
        default=ALWAYS,
        help="What happens to opportunities that are handed to a team which enforces its rules, "
        "and do not meet what it requires where they are.",
    )
    is_lost_reason_required = fields.Boolean(
        string="Lost Reason Required",
        help="Nobody marks a lead or an opportunity as lost without a lost reason.",
    )

    @api.model
    def _default_qualification_framework_id(self):
        framework = self.env.ref("sales_funnel_stages.framework_bant", raise_if_not_found=False)
        return framework and framework.filtered(lambda each: not each.company_id)

    def _get_touched_by_deletion(self):
        # sudo: a framework that loses its company is shared, whoever may see it
        frameworks = self.env["crm.qualification.framework"].sudo()
        frameworks = frameworks.search([("company_id", "in", self.ids)])
        return [*super()._get_touched_by_deletion(), frameworks]

    @api.constrains("qualification_framework_id")
    def _check_qualification_framework(self):
        # this field alone: other addons' do not expect to be checked
        self._check_company(["qualification_framework_id"])
