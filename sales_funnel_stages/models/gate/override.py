from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...names import MAKE_GOOD_KEY, OVERRIDE_GROUP, OVERRIDE_KEY
from ...tools.move_note import MoveNote, is_reason
from ...tools.verdict import OVERRIDDEN


class CrmLead(models.Model):
    """What comes with a move: why, by whose permission, and by when it is to be made good."""

    _inherit = "crm.lead"

    @api.model
    def _get_move_note(self):
        """Return the :class:`MoveNote` that goes with the moves of this call.

        It was put into the context by our own code, or is made of the reason to override
        that came with the call.
        """
        note = MoveNote.of(self.env)
        if note:
            return note
        reason = self._get_override_reason()
        if not reason:
            return MoveNote()
        return MoveNote(
            reason,
            permission=OVERRIDDEN,
            make_good_date=self._read_make_good_date(self.env.context.get(MAKE_GOOD_KEY)),
        )

    @api.model
    def _get_override_reason(self):
        """Return the reason that came with the call, if its author may override the rules.

        :return: the reason, or an empty string
        """
        reason = self.env.context.get(OVERRIDE_KEY)
        if is_reason(reason) and self.env.user.has_group(OVERRIDE_GROUP):
            return reason.strip()
        return ""

    @api.model
    def _read_make_good_date(self, value):
        """Return the date by which what is unmet is to be made good.

        :param value: a date, or a text such as "2030-12-31"; empty where there is none
        :return: the date, or None
        :raise UserError: where it is none, or in the past
        """
        if not value:
            return None
        try:
            day = value if type(value) is date else datetime.strptime(value, "%Y-%m-%d").date()
        except (TypeError, ValueError):
            raise UserError(
                self.env._("“%s” is no date: write it as in 2030-12-31.", value)
            ) from None
        if day < fields.Date.context_today(self):
            raise UserError(
                self.env._("The completion date is in the past: choose today or a later day.")
            )
        return day
