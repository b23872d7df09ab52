from odoo import api, models

from ....names import GATED_KEY


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(self, *args, **kwargs):
        # Odoo goes on as the user whose address the e-mail bears, exempt ones among them;
        # whoever is gated stays so, since they may call this with an e-mail of their making
        thread = self
        if self.env["crm.lead"]._is_user_gated():
            thread = self.with_context(**{GATED_KEY: True})
        return super(MailThread, thread).message_process(*args, **kwargs)
