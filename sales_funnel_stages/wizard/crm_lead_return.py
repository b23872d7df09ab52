from odoo import fields, models


class CrmLeadReturn(models.TransientModel):
    """Asks why opportunities go back to being leads."""

    _name = "crm.lead.return"
    _description = "Return to Lead"

    lead_ids = fields.Many2many("crm.lead", string="Opportunities")
    reason = fields.Text(required=True, help="It is posted in the chatter.")

    def action_return(self):
        self.ensure_one()
        self.lead_ids.action_return_to_lead(self.reason)
        return {"type": "ir.actions.act_window_close"}
