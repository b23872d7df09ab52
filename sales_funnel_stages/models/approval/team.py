from odoo import api, fields, models

from .request import PENDING


class CrmTeam(models.Model):
    """What the leads of a team still have to make good, and who decides on what is asked."""

    _inherit = "crm.team"

    override_debt_count = fields.Integer(
        string="Overrides to Make Good", compute="_compute_override_debt_count"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_override_debt_count(self):
        lead_model = self.env["crm.lead"]
        counts = {}
        if lead_model.has_access("read"):
            domain = [("team_id", "in", self.ids), ("has_override_debt", "=", True)]
            counts = dict(lead_model._read_group(domain, ["team_id"], ["__count"]))
        for team in self:
            team.override_debt_count = counts.get(team._origin, 0)

    def action_view_override_debts(self):
        """Open the leads of this team that still have to make good for an override."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_funnel_stages.crm_lead_action_override_debt"
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
