from odoo import models
from odoo.tools.mail import generate_tracking_message_id
from odoo.tools.misc import clean_context

from ....tools.carried import Carried
from .alike import Alike
from .hooks import LOG_HOOKS


class TrackedChanges(Carried):
    """What changed on leads, as it is gathered to be logged.

    :ivar commands: ``{lead_id: commands}``
    :ivar is_complete: nothing is gathered any more
    """

    def __init__(self):
        self.commands = {}
        self.is_complete = False


class LoggedChanges(Carried):
    """What changed on leads, while it is logged: ``{lead_id: commands}``."""

    def __init__(self, commands):
        self.commands = commands


class CrmLead(models.Model):
    """What changed on many leads is logged at once, at the end of the transaction.

    Message by message it is what Odoo logs for each lead, after what templates post; what
    notifies somebody, such as a new stage, is posted by Odoo, one by one.
    """

    _inherit = "crm.lead"

    def _track_finalize(self):
        noted = self.env.cr.precommit.data.get(f"mail.tracking.{self._name}", {})
        if len(list(filter(None, noted.values()))) < 2 or self._get_hooks_of_others(LOG_HOOKS):
            return super()._track_finalize()
        changes = TrackedChanges()
        leads = self.with_context(**changes.context())
        super(CrmLead, leads)._track_finalize()
        changes.is_complete = True
        if not changes.commands:
            return
        # sudo: as Odoo, what has changed is logged whoever may read it
        logged = {**Alike().context(), **LoggedChanges(changes.commands).context()}
        leads = self.sudo().with_context(clean_context(self.env.context), **logged)
        leads.browse(changes.commands)._message_log_batch({})

    def _message_log(self, **values):
        changes = TrackedChanges.of(self.env)
        is_gathered = changes and not changes.is_complete
        if not is_gathered or values.get("body") or values.get("author_id"):
            return super()._message_log(**values)
        changes.commands[self.id] = values["tracking_value_ids"]
        return self.env["mail.message"]

    def _message_create(self, values_list):
        changes = LoggedChanges.of(self.env)
        if not changes:
            return super()._message_create(values_list)
        for values in values_list:
            # each is a message of its own, though they are alike
            values["message_id"] = generate_tracking_message_id("message-notify")
        messages = super()._message_create(values_list)
        # sudo: as Odoo, for nobody may note it by hand: what has changed, and nothing else
        self.env["mail.tracking.value"].sudo()._create_together(
            [
                {**tracked, "mail_message_id": message.id}
                for message, values in zip(messages, values_list, strict=True)
                for _code, _id, tracked in changes.commands[values["res_id"]]
            ]
        )
        return messages
