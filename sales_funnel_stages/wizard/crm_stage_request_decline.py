from odoo import fields, models


class CrmStageRequestDecline(models.TransientModel):
    """Asks why requests for approval are declined: one reason for all."""

    _name = "crm.stage.request.decline"
    _inherit = ["crm.stage.request.decision"]
    _description = "Decline Stage Approval Requests"

    request_ids = fields.Many2many(relation="crm_stage_request_decline_rel")
    reason = fields.Text(required=True)

    def _get_button_text(self, count, is_rest):
        if is_rest and count == 1:
            return self.env._("Decline the One That Can Be")
        if is_rest:
            return self.env._("Decline the %s That Can Be", count)
        return self.env._("Decline") if count == 1 else self.env._("Decline All %s", count)

    def action_decline(self):
        """Decline those that can be declined, and no other."""
        return self._get_ready().action_decline(self.reason)
