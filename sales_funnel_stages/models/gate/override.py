from dataclasses import replace
from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...names import OVERRIDE_GROUP
from ...tools.move_note import MOST_CHARACTERS, MoveNote, is_reason
from ...tools.rulebook import CONVERSION
from ...tools.verdict import OVERRIDDEN


class CrmLead(models.Model):
    """Permission by the user's own right: why, and by when what is unmet is made good."""

    _inherit = "crm.lead"

    @api.model
    def _get_move_note(self):
        """Return the :class:`MoveNote` that goes with the moves of this call."""
        return MoveNote.of(self.env) or MoveNote()

    def _with_override(self, reason, make_good_date=False, gates=()):
        """Return these leads so that their next move may override the stage rules.

        :param gates: into which it leads (see ``tools.rulebook``); empty: whichever
        """
        reason = self._check_override(reason)
        origins = [None]
        if self:
            # a lead becomes an opportunity once, wherever merging it leaves it before
            states = self._get_states().values() if CONVERSION not in gates else ()
            origins = [state.standing for state in states]
        note = MoveNote(
            reason,
            permission=OVERRIDDEN,
            make_good_date=self._read_make_good_date(make_good_date),
            lead_ids=frozenset(self.ids),
            origins=frozenset(origins),
            gates=frozenset(gates),
        )
        return self.with_context(**note.context())

    def _as_heirs(self):
        """Return these leads, into which others have been merged, with the note of those."""
        note = MoveNote.of(self.env)
        if not note or not note.lead_ids:
            return self
        return self.with_context(**replace(note, lead_ids=note.lead_ids | {*self.ids}).context())

    @api.model
    def _check_override(self, reason):
        """Return the reason, ready to be kept.

        :raise AccessError: where the user may not override the stage rules
        :raise UserError: where it is none
        """
        if not self._may_override():
            raise AccessError(self.env._("You do not have the right to override the stage rules."))
        return self._read_reason(
            reason, self.env._("Give a reason for overriding the stage rules.")
        )

    @api.model
    def _read_reason(self, reason, missing):
        """Return a reason, ready to be kept.

        :param str missing: what to say where it is none
        :raise UserError: where it is none, or too long to be read by anybody
        """
        if not is_reason(reason):
            raise UserError(missing)
        if len(reason) > MOST_CHARACTERS:
            raise UserError(
                self.env._("A reason has %s characters at most.", f"{MOST_CHARACTERS:n}")
            )
        return reason.strip()

    @api.model
    def _may_override(self):
        """Tell whether the user may override the stage rules."""
        user = self._get_real_user()
        return user.active and user.has_group(OVERRIDE_GROUP)

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
