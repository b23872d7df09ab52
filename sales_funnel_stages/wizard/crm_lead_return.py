from odoo import fields, models


class CrmLeadReturn(models.TransientModel):
    """Asks why opportunities go back to being leads."""

    _name = "crm.lead.return"
    _description = "Return to Lead"

    lead_ids = fields.Many2many(
        "crm.lead", string="Opportunities", default=lambda self: self._default_lead_ids()
    )
    reason = fields.Text(required=True, help="It is posted in the chatter.")

    def _default_lead_ids(self):
        """Return the leads that the wizard is opened on, if all of them may go back."""
        if self.env.context.get("active_model") != "crm.lead":
            return self.env["crm.lead"]
        leads = self.env["crm.lead"].browse(self.env.context.get("active_ids", []))
        # before anybody writes a reason in vain
        leads._check_return_to_lead()
        return leads

    def action_return(self):
        self.ensure_one()
        self.lead_ids.action_return_to_lead(self.reason)
        return {"type": "ir.actions.act_window_close"}
