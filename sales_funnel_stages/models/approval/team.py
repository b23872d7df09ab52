from odoo import api, fields, models

from .request import PENDING


class CrmTeam(models.Model):
    """What the leads of a team still have to make good, and who decides on what is asked."""

    _inherit = "crm.team"

    override_debt_count = fields.Integer(
        string="Overrides to Make Good", compute="_compute_override_debt_count"
    )

    arrival_debt_count = fields.Integer(
        string="Debts on Arrival", compute="_compute_arrival_debt_count"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_override_debt_count(self):
        counts = self._count_leads_that("has_override_debt")
        for team in self:
            team.override_debt_count = counts.get(team._origin, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_arrival_debt_count(self):
        counts = self._count_leads_that("has_arrival_debt")
        for team in self:
            team.arrival_debt_count = counts.get(team._origin, 0)

    def _count_leads_that(self, name):
        """Return ``{team: number}`` of those leads of which a field is true; of none where none."""
        lead_model = self.env["crm.lead"]
        if not lead_model.has_access("read"):
            return {}
        domain = [("team_id", "in", self.ids), (name, "=", True)]
        return dict(lead_model._read_group(domain, ["team_id"], ["__count"]))

    def action_view_override_debts(self):
        """Open the leads of this team that still have to make good for an override."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_funnel_stages.crm_lead_action_override_debt"
        )
        action["domain"] = [("team_id", "=", self.id)]
        return action

    def action_view_arrival_debts(self):
        """Open the leads of this team that came without what it requires."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_funnel_stages.crm_lead_action_arrival_debt"
        )
        action["domain"] = [("team_id", "=", self.id)]
        return action

    def write(self, vals):
        """Write; whoever comes to lead a team decides on what waits for a decision."""
        result = super().write(vals)
        if "user_id" in vals:
            # sudo: whoever may name the leader hands over what they decide
            requests = self.env["crm.stage.request"].sudo()
            requests.search(
                [("state", "=", PENDING), ("lead_id.team_id", "in", self.ids)]
            )._hand_over()
        return result
