from contextlib import contextmanager

from odoo import models
from odoo.exceptions import UserError

from ...tools.verdict import LOST
from .imported_past import NO_VERDICT

# how many leads are named one by one
NAMED = 10


class CrmLead(models.Model):
    """Whoever marks something as lost says why, where the company wants that.

    Asked where a move is judged, so at every door: what was lost before, or is imported as lost
    in the past, needs no reason. Queries: none, unless something is lost.
    """

    _inherit = "crm.lead"

    def _check_why_lost(self, transitions):
        """Check that those of these leads that a call has lost have a reason.

        :param dict transitions: ``{id: Transition}``: what the call did
        :raise UserError: names those that have none, and says what to do
        """
        if not self._is_asked_why_lost():
            return
        lost_ids = [
            id_
            for id_, each in transitions.items()
            if each.after.status == LOST
            and (not each.before or each.before.status != LOST)
            and each.verdict is not NO_VERDICT
        ]
        self.browse(lost_ids)._check_reason_given()

    @contextmanager
    def _keep_why_lost(self, vals):
        """Refuse to let those of these that are lost be so without a reason, as ``vals`` would.

        :param dict vals: what is written inside
        """
        is_blank = "lost_reason_id" in vals and not vals["lost_reason_id"]
        if not (is_blank and self._is_asked_why_lost()):
            yield
            return
        with self._undone_if_refused():
            yield
            states = self._get_states()
            lost = self.filtered(lambda lead: states[lead._ids[0]].status == LOST)
            lost._check_reason_given()

    def _check_reason_given(self):
        """Check that these leads have a lost reason, as far as their companies want one."""
        # sudo: who may lose a lead may know what it is called, and whether it has a reason
        lacking = self.sudo().filtered(lambda lead: not lead.lost_reason_id)
        lacking = lacking._filter_why_lost_asked()
        if not lacking:
            return
        names = [f"“{lead.name}”" for lead in lacking[:NAMED]]
        if len(lacking) > NAMED:
            names.append(self.env._("%s more", len(lacking) - NAMED))
        raise UserError(
            self.env._(
                "Nothing is marked as lost here without a reason. Choose a lost reason for "
                "%(leads)s: with the button Lost, or in the same step in the field Lost Reason.",
                leads=", ".join(names),
            )
        )

    def _filter_why_lost_asked(self):
        """Return those of these leads whose company wants a reason where they are lost."""
        book = self._get_rulebook()
        user_company_id = self._get_user_company_id()
        return self.browse(
            id_
            for id_, state in self._get_states().items()
            if book.company_of(state.team_id, state.company_id, user_company_id)
            in book.lost_reason_company_ids
        )
