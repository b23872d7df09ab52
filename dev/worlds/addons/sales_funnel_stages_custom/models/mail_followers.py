from odoo import api, fields, models


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    custom_since = fields.Datetime(required=True, default=fields.Datetime.now)
    custom_level = fields.Char(
        compute="_compute_custom_level", store=True, precompute=True, required=True
    )

    @api.depends("partner_id")
    def _compute_custom_level(self):
        for follower in self:
            follower.custom_level = "colleague" if follower.partner_id.user_ids else "customer"

    @api.model_create_multi
    def create(self, vals_list):
        self._note_call("mail.followers.create", len(vals_list))
        return super().create(vals_list)
