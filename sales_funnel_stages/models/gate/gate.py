from contextlib import contextmanager, nullcontext

from odoo import api, models

from ...exceptions import StageRuleError
from ...names import HAND_FIELDS, MOVING_FIELDS, RECORDED_FIELDS, STATUS_FIELDS
from ...tools import verdict as verdicts
from .concurrency import DESTINATION_FIELDS


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

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        try:
            return self._create_at_gate(vals_list)
        except StageRuleError as error:
            lacking = self._get_intake_refusals(vals_list, error)
            if not lacking:
                raise
            leads = self._create_at_gate(
                [
                    self._as_plain_lead(vals) if index in lacking else vals
                    for index, vals in enumerate(vals_list)
                ]
            )
            leads._note_what_they_lack({leads[index].id: each for index, each in lacking.items()})
            return leads

    @api.model
    def _create_at_gate(self, vals_list):
        # copies: what is derived is taken out, and crm adds to the values it is given
        vals_list = [dict(vals) for vals in vals_list]
        derived_list = [self._take_derived(vals) for vals in vals_list]
        self._admit_past(vals_list)
        with self._undone_if_refused():
            leads = super().create(vals_list)  # pylint: disable=super-method-mismatch
            leads._pass_gate({})
            leads._check_derived(derived_list)
        return leads

    def write(self, vals):
        vals = self._without_dates_kept(vals)
        if not self._get_derived_names().isdisjoint(vals):
            vals = dict(vals)
            derived = self._take_derived(vals)
            with self._undone_if_refused():
                self.write(vals)
                self._check_derived([derived] * len(self))
            return True
        if RECORDED_FIELDS.isdisjoint(vals):
            self._note_answers_before(vals)
            return super().write(vals)
        self._fetch_to_move()
        self._note_answers_before(vals)
        before = self._get_states()
        if not DESTINATION_FIELDS.isdisjoint(vals):
            self._check_not_moved_meanwhile(before)
        # Odoo scores nothing anew for another company or customer
        is_scored = not STATUS_FIELDS.isdisjoint(vals)
        is_refusable = self._is_move(vals) or (is_scored and self._is_any_left_open(before))
        # other writes convert nothing, and need no environment of their own
        is_conversion = vals.get("type") == "opportunity"
        with self._in_one_move() if is_conversion else nullcontext(self) as leads:
            undone = leads._undone_if_refused() if is_refusable else nullcontext()
            with undone, leads._at_gate() if is_scored else nullcontext():
                # a copy: crm adds to the values it is given
                result = super(CrmLead, leads).write(dict(vals))
                is_hand_derived = HAND_FIELDS.isdisjoint(vals)
                leads._pass_gate(before, is_refusable, is_hand_derived=is_hand_derived)
        return result

    @api.model
    def _is_move(self, vals):
        """Tell whether writing these values can be refused."""
        if not MOVING_FIELDS.isdisjoint(vals):
            return True
        # a change of hands wins where a team has no stage of its own but Won
        book = self._get_rulebook()
        may_be_refused = book.is_start_won or book.arrivals
        return bool(may_be_refused) and not (HAND_FIELDS | {"partner_id"}).isdisjoint(vals)

    # ------------------------------------------------------------------
    # What follows from a move
    # ------------------------------------------------------------------

    def _pass_gate(self, before, is_refusable=True, is_hand_derived=False, book=None):
        """Judge what changed; let it pass and record it, or refuse all of it.

        :param dict before: ``{id: State}``; without a state a lead was just created
        :param bool is_refusable: whether the change can be refused at all
        :param bool is_hand_derived: whether nobody has said in whose hands the leads are to be
        :param Rulebook book: by which to judge, by default the one in force
        :raise StageRuleError: names every lead refused, and every criterion it lacks
        """
        after = self._get_states()
        moved = {
            id_: state
            for id_, state in after.items()
            if id_ not in before or before[id_].place != state.place
        }
        if not moved:
            return
        transitions = self._judge_moves(
            before,
            moved,
            is_refusable and self._is_user_gated(),
            frozenset(moved) if is_hand_derived else frozenset(),
            book,
        )
        transitions = self._leave_past_unjudged(transitions)
        refused = self._pick_verdicts(transitions, verdicts.REFUSED)
        if refused:
            created = refused.keys() - before.keys()
            # what stays with whom it was is no move that was held back
            moves = {id_: verdict for id_, verdict in refused.items() if not verdict.is_arrival}
            self._note_refusals(moves, created)
            raise self._make_stage_rule_error(refused, created)
        self._record_transitions(transitions)
        self._log_overrides(transitions)
        self._handle_moves(transitions)

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
