from odoo import fields, models


class CrmStageRequestRefuse(models.TransientModel):
    """Asks why a request for approval is refused."""

    _name = "crm.stage.request.refuse"
    _description = "Refuse a Stage Approval Request"

    request_id = fields.Many2one(
        "crm.stage.request", required=True, readonly=True, ondelete="cascade"
    )
    reason = fields.Text(required=True)

    def action_refuse(self):
        self.ensure_one()
        return self.request_id.action_refuse(self.reason)
