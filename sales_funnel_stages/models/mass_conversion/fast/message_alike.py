from odoo import api, models

from .alike import are_alike, copy_to, forget_inverses

OWN_FIELDS = ("res_id", "message_id")
# what Odoo creates or changes with a message, and what it looks for in one
MORE_FIELDS = ("attachment_ids", "partner_ids", "tracking_value_ids")


class MailMessage(models.Model):
    """What is logged on many records in the same words: created by two queries."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        if not are_alike(self, vals_list, OWN_FIELDS) or not self._is_plain(vals_list[0]):
            return super().create(vals_list)
        # a copy, since Odoo takes from what it is given
        message = super().create([dict(vals_list[0])])
        copies = message._copy_to(vals_list[1:])
        return message + copies

    @api.model
    def _is_plain(self, vals):
        return not any(vals.get(name) for name in MORE_FIELDS) and "data:" not in (
            vals.get("body") or ""
        )

    def _copy_to(self, vals_list):
        messages = copy_to(self, vals_list, OWN_FIELDS)
        forget_inverses(
            self,
            "res_id",
            self.model,
            [vals["res_id"] for vals in vals_list],
            ["message_needaction", "message_needaction_counter"],
        )
        return messages
