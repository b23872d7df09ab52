from odoo import api, fields, models


class MailTrackingValue(models.Model):
    _inherit = "mail.tracking.value"

    custom_importance = fields.Integer(required=True, default=1)
    custom_label = fields.Char(
        compute="_compute_custom_label", store=True, precompute=True, required=True
    )

    @api.depends("field_id")
    def _compute_custom_label(self):
        for value in self:
            value.custom_label = value.field_id.name or "gone"
