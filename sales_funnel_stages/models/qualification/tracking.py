from itertools import filterfalse

from odoo import api, models, tools
from odoo.exceptions import MissingError
from odoo.tools.mail import generate_tracking_message_id

from odoo.addons.mail.models.mail_thread import MailThread

from ...tools.carried import Carried
from ...tools.extended import extended
from .fields import NOTED_WHERE_WRITTEN

# what Odoo calls for each lead that has changed
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
    """What is tracked of leads, and how it is logged.

    Odoo notes what all tracked fields are at every write, since another field may change them.
    Nothing but writing them changes those of the qualification, unless another addon computes
    one: they are noted where that happens.
    """

    _inherit = "crm.lead"

    def _track_prepare(self, fields_iter):  # pylint: disable=missing-return
        noted = self._get_noted_where_written()
        super()._track_prepare(filterfalse(noted.__contains__, fields_iter))

    @api.model
    @tools.ormcache()
    def _get_noted_where_written(self):
        """Return the names of those that nothing but writing them changes: of others, too."""
        return frozenset(name for name in NOTED_WHERE_WRITTEN if not self._fields[name].compute)

    def _message_track(self, fields_iter, initial_values_dict):
        changed = self._pick_changed(fields_iter, initial_values_dict)
        if len(self) < 2 or self._is_logged_one_by_one():
            return super()._message_track(changed, initial_values_dict)
        changes = TrackedChanges()
        leads = self.with_context(**changes.context())
        tracking = super(CrmLead, leads)._message_track(changed, initial_values_dict)
        changes.is_gathering = False
        if changes.commands:
            leads.browse(changes.commands)._message_log_batch({})
        return tracking

    def _pick_changed(self, names, before_by_id):
        """Return those of these tracked fields that have changed on any of these leads.

        Most writes change none, and Odoo reads the labels of all that it is to look at.
        """
        changed = set()
        for lead in self:
            before = before_by_id[lead.id]
            try:
                changed.update(
                    name
                    for name in names
                    if name not in changed
                    and name in before
                    and (lead[name] or before[name])
                    and lead[name] != before[name]
                )
            except MissingError:
                # deleted meanwhile: nothing is tracked, as in Odoo
                continue
        return changed

    def _note_answers_before(self, vals):  # pylint: disable=missing-return
        """Note what these fields are before values are written, to be tracked."""
        written = self._get_noted_where_written().intersection(vals)
        if written and not (
            self.env.context.get("tracking_disable") or self.env.context.get("mail_notrack")
        ):
            super()._track_prepare(written)  # pylint: disable=super-method-mismatch

    # ------------------------------------------------------------------
    # What changed on many leads is logged by one create of messages
    # ------------------------------------------------------------------
    # Message by message it is what Odoo logs for each; what notifies somebody, such as a new
    # stage, is posted by Odoo, one by one.

    @api.model
    def _is_logged_one_by_one(self):
        """Tell whether another addon has a say in what is logged of each lead."""
        return bool(extended(type(self), LOG_METHODS, {MailThread, CrmLead}))

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
