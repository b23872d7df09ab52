from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...names import MANAGER_GROUP
from ...tools.rulebook import ENFORCE

DEFAULT, CHOSEN, TEMPLATE, UNUSED = "default", "chosen", "template", "unused"
USES = [
    (DEFAULT, "Company's Default"),
    (CHOSEN, "In Use"),
    (TEMPLATE, "Template"),
    (UNUSED, "Not Used"),
]


class ResCompany(models.Model):
    """How far a company is in putting its rules to work. All else is seen from what is there."""

    _inherit = "res.company"

    is_stage_rule_impact_seen = fields.Boolean("Impact of Stage Rules Seen")
    is_stage_rule_onboarding_closed = fields.Boolean("First Steps Closed")


class CrmQualificationFramework(models.Model):
    _inherit = "crm.qualification.framework"

    is_followed_by_company = fields.Boolean(
        string="Followed by the Company", compute="_compute_is_followed_by_company"
    )
    use = fields.Selection(
        USES, compute="_compute_use", help="Who follows it, of those who may choose one."
    )

    @api.depends_context("company")
    def _compute_is_followed_by_company(self):
        for framework in self:
            followed = self.env.company.qualification_framework_id
            framework.is_followed_by_company = framework._origin == followed

    @api.depends("is_template", "is_followed_by_company", "team_ids")
    @api.depends_context("company")
    def _compute_use(self):
        teams, companies = self._get_followers()
        followed = teams.framework_id | companies.qualification_framework_id
        for framework in self:
            if framework.is_followed_by_company:
                framework.use = DEFAULT
            elif framework._origin in followed:
                framework.use = CHOSEN
            else:
                framework.use = TEMPLATE if framework.is_template else UNUSED

    def action_follow(self):
        """Choose the framework for the teams of the company that have not chosen their own."""
        self.ensure_one()
        self.check_access("write")
        # sudo: whoever makes the rules may choose among them, without being an administrator
        self.env.company.sudo().qualification_framework_id = self


class CrmStageRuleOnboarding(models.AbstractModel):
    """Three steps for a sales manager: choose a framework, look at the impact, switch a team on.

    The steps are done when what they are for is there; a company that needs them no longer
    closes them for good.
    """

    _name = "crm.stage.rule.onboarding"
    _description = "First Steps with Stage Rules"

    @api.model
    def get_steps(self):
        """Return what the banner in the pipeline shows; nothing where it is not to be shown.

        :return: a list of steps: ``name``, ``is_done``, and in words ``title``, ``state``
            and ``button``
        """
        if not self._is_shown():
            return []
        company = self.env.company
        framework = company.qualification_framework_id
        team_model = self.env["crm.team"]
        chosen = framework or team_model.search([("framework_id", "!=", False)], limit=1)
        team = team_model.search([("stage_rule_policy", "=", ENFORCE)], limit=1)
        return [
            {
                "name": "framework",
                "is_done": bool(chosen),
                "title": self.env._("Choose a framework"),
                "state": self.env._("Your teams follow %s.", framework.name)
                if framework
                else self.env._("It says what each stage asks for."),
                "button": self.env._("Frameworks"),
            },
            {
                "name": "impact",
                "is_done": company.is_stage_rule_impact_seen,
                "title": self.env._("Look at the impact"),
                "state": self.env._("See what the rules would hold back."),
                "button": self.env._("Impact"),
            },
            {
                "name": "team",
                "is_done": bool(team),
                "title": self.env._("Switch a team on"),
                "state": self.env._("%s enforces its rules.", team.name)
                if team
                else self.env._("Until then the rules guide, and block nothing."),
                "button": self.env._("Sales Teams"),
            },
        ]

    @api.model
    def _is_shown(self):
        return (
            self.env.user.has_group(MANAGER_GROUP)
            and not self.env.company.is_stage_rule_onboarding_closed
        )

    @api.model
    def action_open_step(self, name):
        """Return the action behind a step.

        :param str name: as ``get_steps`` has it
        """
        self._check_manager()
        xml_id = {
            "framework": "sales_funnel_stages.crm_qualification_framework_action",
            "impact": "sales_funnel_stages.crm_team_action_impact",
            "team": "sales_team.crm_team_action_config",
        }[name]
        return self.env["ir.actions.act_window"]._for_xml_id(xml_id)

    @api.model
    def note_impact_seen(self):
        """Note that a sales manager has looked at the impact, wherever that was."""
        self._check_manager()
        if not self.env.company.is_stage_rule_impact_seen:
            # sudo: a sales manager may note that they have looked at it
            self.env.company.sudo().is_stage_rule_impact_seen = True

    @api.model
    def action_close(self):
        """Show the steps no more, to nobody in the company."""
        self._check_manager()
        # sudo: a sales manager may do away with them
        self.env.company.sudo().is_stage_rule_onboarding_closed = True

    @api.model
    def _check_manager(self):
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Only sales managers set up the stage rules."))
