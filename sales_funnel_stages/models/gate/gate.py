from contextlib import contextmanager

from odoo import api, models

from ...tools import verdict as verdicts
from .call import calls_of


class CrmLead(models.Model):
    """The gate: the one place that decides whether a lead may move.

    Every way in which a lead moves ends in ``create`` or ``write``, but for the deletion of
    its team. They compare each lead before with the same lead after, since the values written
    do not tell: Odoo derives team and stage from other fields. Start at ``_pass_gate``: it
    judges the difference; one refusal undoes the whole batch, and the error names all that was
    refused; what passes is recorded, and then handled by whoever extends ``_handle_moves``.

    Queries: none on writes that cannot move a lead, nor where none has moved; else those
    that read what the criteria look at, those that record, and two for the savepoint where
    somebody can be refused. The number does not grow with the batch.
    """

    _inherit = "crm.lead"

    def _pass_gate(self, call):
        """Judge what a call has changed of these leads; let it pass and record it, or refuse all.

        What is read here may let Odoo compute a field, and that may move a lead (see
        ``nested_calls.py``): then they are looked at anew.

        :param Call call: the one that moves them
        :raise StageRuleError: names every lead refused, and every criterion it lacks
        """
        recordings = None
        while recordings != call.recordings:
            recordings = call.recordings
            transitions = self._judge_call(call)
            if not transitions:
                return
            rows = self._prepare_ledger_rows(transitions)
        self._record_transitions(rows)
        for each in calls_of(self.env.cr):
            each.note_recorded(transitions)
        self._log_overrides(transitions)
        self._handle_moves(transitions)

    def _judge_call(self, call):
        """Return ``{id: Transition}`` of those of these leads that a call has moved.

        :param Call call: the one that moves them
        :raise StageRuleError: see ``_pass_gate``
        """
        before, moved = self._get_moved_by(call)
        if not moved:
            return {}
        transitions = self._judge_moves(
            before,
            moved,
            call.is_refusable and self._is_user_gated(),
            frozenset(moved) if call.is_hand_derived else frozenset(),
            call.book,
        )
        transitions = self._leave_past_unjudged(transitions)
        refused = self._pick_verdicts(transitions, verdicts.REFUSED)
        if refused:
            created = refused.keys() - before.keys()
            # what stays with whom it was is no move that was held back
            moves = {id_: verdict for id_, verdict in refused.items() if not verdict.is_arrival}
            self._note_refusals(moves, created)
            ready_ids = transitions.keys() - refused.keys() - created
            raise call.leads._make_stage_rule_error(refused, created, ready_ids)
        if call.is_loss:
            self._check_why_lost(transitions)
        return transitions

    def _get_moved_by(self, call):
        """Return where these leads were, and where those are that a call has moved since.

        :return: ``{id: State}``, without those that were not there, and ``{id: State}``
        """
        leads, before = self, call.before
        if call.has_inner:
            # some may have been deleted
            leads = self.exists()
            recorded = leads.browse(call.recorded_ids.intersection(leads._ids))
            before = {id_: state for id_, state in before.items() if id_ not in recorded._ids}
            before.update(recorded._get_recorded_states())
        moved = {
            id_: state
            for id_, state in leads._get_states().items()
            if id_ not in before or before[id_].place != state.place
        }
        return before, moved

    @api.model
    def _handle_moves(self, transition_by_lead):
        """Do what else follows from moves that have passed and are recorded.

        For other packages to extend; a lower package's extension runs before a higher one's.

        :param dict transition_by_lead: ``{id: Transition}``
        """

    @contextmanager
    def _in_one_move(self):
        """Give these leads, for a call that may convert them, maybe by more than one write.

        For other packages to extend, with what is to be done once at the end of the call, also
        where calls are nested.
        """
        yield self
