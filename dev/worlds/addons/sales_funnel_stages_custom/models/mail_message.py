from odoo import api, fields, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    custom_channel = fields.Char(required=True, default="Odoo")
    custom_weight = fields.Integer(compute="_compute_custom_weight", store=True)

    @api.depends("body", "tracking_value_ids")
    def _compute_custom_weight(self):
        for message in self:
            message.custom_weight = len(message.body or "") + len(message.tracking_value_ids)

    @api.model_create_multi
    def create(self, vals_list):
        self._note_call("mail.message.create", len(vals_list))
        tracked = [len(vals.get("tracking_value_ids") or ()) for vals in vals_list]
        self._note_call("mail.message.create with tracked values", sum(tracked))
        return super().create(vals_list)
