from odoo import api, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _creation_subtype(self):
        self._note_call("_creation_subtype")
        return super()._creation_subtype()

    def _creation_message(self):
        self._note_call("_creation_message")
        return super()._creation_message()

    def _track_subtype(self, init_values):
        self._note_call("_track_subtype")
        return super()._track_subtype(init_values)

    def _track_template(self, changes):
        self._note_call("_track_template")
        return super()._track_template(changes)

    def _track_filter_for_display(self, tracking_values):
        self._note_call("_track_filter_for_display")
        return super()._track_filter_for_display(tracking_values)

    def _notify_get_reply_to(self, default=None, author_id=False):
        self._note_call("_notify_get_reply_to")
        return super()._notify_get_reply_to(default=default, author_id=author_id)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        self._note_call("_notify_get_recipients")
        return super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        self._note_call("message_new", 1)
        values = {"custom_source": "mail", **(custom_values or {})}
        return super().message_new(msg_dict, custom_values=values)

    def message_update(self, msg_dict, update_vals=None):
        self._note_call("message_update")
        return super().message_update(msg_dict, update_vals=update_vals)

    def _message_post_after_hook(self, message, msg_vals):
        self._note_call("_message_post_after_hook")
        return super()._message_post_after_hook(message, msg_vals)
