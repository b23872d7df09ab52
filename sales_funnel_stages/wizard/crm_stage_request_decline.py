from odoo import api, fields, models


class CrmStageRequestDecline(models.TransientModel):
    """Asks why a request for approval is declined."""

    _name = "crm.stage.request.decline"
    _description = "Decline a Stage Approval Request"

    request_id = fields.Many2one(
        "crm.stage.request", required=True, readonly=True, ondelete="cascade"
    )
    reason = fields.Text(required=True)

    @api.constrains("request_id")
    def _check_request(self):
        # what it is called names its lead; Odoo checks as superuser
        self.sudo(False).request_id.check_access("read")

    def action_decline(self):
        self.ensure_one()
        return self.request_id.action_decline(self.reason)
