from odoo import fields, models


class CrmLeadLost(models.TransientModel):
    """Odoo's wizard for what is lost, which also asks whether it is lost only for now."""

    _inherit = "crm.lead.lost"

    revisit_date = fields.Date(
        string="Revisit On",
        help="If it is lost only for now: on that day it is a lead again, and its salesperson "
        "gets an activity.",
    )

    def action_lost_reason_apply(self):
        result = super().action_lost_reason_apply()
        if self.revisit_date:
            self.lead_ids.revisit_date = self.revisit_date
        return result
