from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError


class CrmTeam(models.Model):
    """The activities that a team starts with where a lead becomes an opportunity."""

    _inherit = "crm.team"

    conversion_plan_id = fields.Many2one(
        "mail.activity.plan",
        string="Plan at Conversion",
        prefetch="stage_rules",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('res_model', '=', 'crm.lead'), '|', ('company_id', '=', False), "
        "('company_id', 'in', company_id and [company_id] or allowed_company_ids)]",
        help="The activities of this plan are scheduled when a lead of this team becomes an "
        "opportunity.",
    )

    @api.constrains("conversion_plan_id", "company_id")
    def _check_conversion_plan(self):
        for team in self:
            plan = team.conversion_plan_id
            if plan and plan.res_model != "crm.lead":
                raise ValidationError(self.env._("“%s” is no plan for leads.", plan.name))
            if plan.company_id and team.company_id and plan.company_id != team.company_id:
                raise ValidationError(
                    self.env._(
                        "The plan “%(plan)s” belongs to %(company)s, the team %(team)s does not.",
                        plan=plan.name,
                        company=plan.company_id.name,
                        team=team.name,
                    )
                )

    @api.model
    @tools.ormcache("self.env['crm.rulebook']._get_version()")
    def _get_conversion_plans(self):
        """Return ``{team_id: plan_id}`` of the teams that name a plan."""
        # sudo: the plan of a team starts whoever converts its leads
        teams = self.sudo().with_context(active_test=False)
        return {
            team.id: team.conversion_plan_id.id
            for team in teams.search([("conversion_plan_id", "!=", False)])
        }
