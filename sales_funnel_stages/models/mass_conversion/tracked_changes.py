from odoo import models
from odoo.tools.mail import generate_tracking_message_id

from ...tools.carried import Carried

LOG_METHODS = ("_message_log", "_message_log_batch", "_message_create")


class TrackedChanges(Carried):
    """What changed on leads: gathered first, then logged.

    :ivar commands: ``{lead_id: commands}``: the tracked values of each
    :ivar is_gathering: false while it is logged
    """

    def __init__(self):
        self.commands = {}
        self.is_gathering = True


class CrmLead(models.Model):
    """What changed on many leads is logged on all of them by one ``create`` of messages.

    Message by message it is what Odoo logs for each; what notifies somebody, such as a new stage,
    is posted by Odoo, one by one. In place of ``_message_log``, which Odoo calls for each lead.
    """

    _inherit = "crm.lead"

    def _message_track(self, fields_iter, initial_values_dict):
        if len(self) < 2 or self._get_extended(LOG_METHODS, CrmLead):
            return super()._message_track(fields_iter, initial_values_dict)
        changes = TrackedChanges()
        leads = self.with_context(**changes.context())
        tracking = super(CrmLead, leads)._message_track(fields_iter, initial_values_dict)
        changes.is_gathering = False
        leads.browse(changes.commands)._message_log_batch({})
        return tracking

    def _message_log(self, **values):
        changes = TrackedChanges.of(self.env)
        is_plain = not values.get("body") and not values.get("author_id")
        if not changes or not changes.is_gathering or not is_plain:
            return super()._message_log(**values)
        changes.commands[self.id] = values["tracking_value_ids"]
        return self.env["mail.message"]

    def _message_create(self, values_list):
        changes = TrackedChanges.of(self.env)
        if changes and not changes.is_gathering:
            for values in values_list:
                # each is a message of its own; Odoo takes tracked values for one document only
                values["message_id"] = generate_tracking_message_id("message-notify")
                values["tracking_value_ids"] = changes.commands[values["res_id"]]
        return super()._message_create(values_list)
