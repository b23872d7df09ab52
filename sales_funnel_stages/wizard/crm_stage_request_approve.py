from odoo import fields, models


class CrmStageRequestApprove(models.TransientModel):
    """Names those of several requests that cannot be approved, and offers to approve the others."""

    _name = "crm.stage.request.approve"
    _inherit = ["crm.stage.request.decision"]
    _description = "Approve Stage Approval Requests"

    request_ids = fields.Many2many(relation="crm_stage_request_approve_rel")

    def _get_obstacles(self):
        return self.request_ids._origin._get_obstacles_to_approval()

    def _get_button_text(self, count, is_rest):
        if is_rest and count == 1:
            return self.env._("Approve the One That Can Be")
        if is_rest:
            return self.env._("Approve the %s That Can Be", count)
        return self.env._("Approve All %s", count)

    def action_approve(self):
        """Approve those that can be approved, and no other."""
        return self._get_ready()._approve_each()
