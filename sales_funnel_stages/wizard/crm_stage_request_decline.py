from odoo import fields, models


class CrmStageRequestDecline(models.TransientModel):
    """Asks why a request for approval is declined."""

    _name = "crm.stage.request.decline"
    _description = "Decline a Stage Approval Request"

    request_id = fields.Many2one(
        "crm.stage.request", required=True, readonly=True, ondelete="cascade"
    )
    reason = fields.Text(required=True)

    def action_decline(self):
        self.ensure_one()
        return self.request_id.action_decline(self.reason)
