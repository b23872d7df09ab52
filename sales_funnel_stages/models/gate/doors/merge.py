from contextlib import contextmanager

from odoo import models

from ....tools.merged_hands import MergedHands
from ....tools.merging import Merging
from ....tools.reopening import Reopening
from ....tools.verdict import LOST, OPEN


class CrmLead(models.Model):
    """A merge, which goes by where it finds the leads, and is undone as a whole."""

    _inherit = "crm.lead"

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        self._forget_where_found(self.ids)
        merged = MergedHands.of(self.env)
        states = self._get_states() if merged and not (user_id or team_id) else {}
        leads = self
        if self._is_asked_why_lost():
            # what was lost without a reason stays so
            leads = self.with_context(**Merging().context())
        with self._undone_if_refused():
            kept = super(CrmLead, leads)._merge_opportunity(
                user_id=user_id, team_id=team_id, auto_unlink=auto_unlink, max_length=max_length
            )
            kept = kept.with_env(self.env)
        if states:
            merged.note(kept.id, states[kept.id].hands)
        return kept

    @contextmanager
    def _merged_and_reopened(self):
        """Give the context in which these are merged into one of them, and that one is opened.

        Where that one was lost, it is judged as what those do that come with it; a lead, by whose
        it was. Its probability is Odoo's prediction again, unless it was archived with one that
        somebody had set.
        """
        kept = self._sort_by_confidence_level(reverse=True)[:1]
        states = self._get_states()
        is_predicted = not kept.active and (
            states[kept.id].status == LOST or kept.is_automated_probability
        )
        reopening = self._get_reopening(kept, states)
        yield MergedHands().context() | (reopening.context() if reopening.origins else {})
        # sudo: whoever merges leads may hand over what is left at the same time
        kept = kept.sudo().exists()
        if is_predicted and kept.active and kept.won_status == "pending":
            kept.probability = kept.automated_probability

    def _get_reopening(self, kept, states):
        """Return the :class:`Reopening` of one of these, with which the others are merged.

        :param dict states: ``{id: State}``: where they all are
        """
        origins = [states[id_] for id_ in (self - kept)._ids if states[id_].status == OPEN]
        if states[kept.id].status != LOST or not origins:
            return Reopening()
        book = self._get_rulebook()
        furthest = max(
            origins,
            key=lambda state: (state.is_opportunity, book.position(state.stage_id) or 0),
        )
        return Reopening({kept.id: furthest})
