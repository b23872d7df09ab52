from odoo import api, models

from ...names import MANAGER_GROUP
from ...tools import verdict as verdicts
from ...tools.merged_hands import MergedHands
from ...tools.move_note import MoveNote
from ...tools.reopening import Reopening
from ...tools.rulebook import ALWAYS, FROM_LEADER
from ...tools.transition import Transition, direction, is_laxer


class CrmLead(models.Model):
    """What the rules say of changes: ``tools.verdict``, asked for a batch.

    Queries: those that read what the criteria look at, whatever the number of leads.
    """

    _inherit = "crm.lead"

    @api.model
    def _pick_verdicts(self, transitions, name):
        """Return ``{id: Verdict}`` of those transitions that were judged so."""
        return {id_: t.verdict for id_, t in transitions.items() if t.verdict.name == name}

    def _judge_moves(
        self, before, after, is_gated, derived_ids=frozenset(), book=None, is_receipt=True
    ):
        """Return ``{id: Transition}``: what the rules say of changes.

        :param dict before: ``{id: State}``; without a state a lead was just created
        :param dict after: ``{id: State}``, of those that changed
        :param bool is_gated: whether the user can be refused
        :param derived_ids: ids of those of which nobody has said in whose hands they are to be
        :param Rulebook book: by which to judge, by default the one in force
        :param bool is_receipt: whether it is told of all that is in force if it is met, and not
            only of what the verdict depends on
        """
        book = book or self._get_rulebook()
        user_company_id = self._get_user_company_id()
        note = self._get_move_note()
        origins = self._get_origins(before, after)
        # most leads of a batch do the same: each change is worked out once
        case_by_change, changes = {}, {}
        for id_, state in after.items():
            changes[id_] = change = before.get(id_), state, id_ in derived_ids, origins[id_]
            if change not in case_by_change:
                case_by_change[change] = verdicts.case(
                    origins[id_], state, book, user_company_id, change[2]
                )
        unmet_by_lead = self.browse(after)._get_unmet_criteria(
            {
                id_
                for case in case_by_change.values()
                for id_ in (dict(case.in_force) if is_receipt else case.judging_ids)
            }
        )
        transition_by_outcome, transitions = {}, {}
        for id_, change in changes.items():
            case = case_by_change[change]
            origin = change[0] and change[0].standing
            # what a draft stands for
            is_noted = note.speaks_for(id_ or id_.origin, origin, case.gates)
            outcome = (change, frozenset(unmet_by_lead[id_]), is_noted)
            if outcome not in transition_by_outcome:
                transition_by_outcome[outcome] = self._make_transition(
                    *change[:2],
                    case,
                    unmet_by_lead[id_],
                    is_gated,
                    note if is_noted else MoveNote(),
                    book,
                )
            transitions[id_] = transition_by_outcome[outcome]
        return transitions

    @api.model
    def _get_origins(self, before, after):
        """Return ``{id: State}``: from where changes are judged, which a merge has its say in.

        :param dict before: as for ``_judge_moves``, and so is ``after``
        """
        reopening = Reopening.of(self.env) or Reopening()
        merged = MergedHands.of(self.env) or MergedHands()
        origins = {}
        for id_, state in after.items():
            # what a draft stands for
            origin = merged.judged_from(id_ or id_.origin, before.get(id_), state)
            origins[id_] = reopening.judged_from(id_, origin, state)
        return origins

    @api.model
    def _make_transition(self, before, after, case, unmet, is_gated, note, book):
        verdict = verdicts.judge(
            case.demands, unmet, is_gated=is_gated, permission=note.permission, policy=case.policy
        )
        if owed := case.owed & unmet:
            verdict = verdicts.judge_arrival(
                verdict,
                owed,
                is_welcome=not is_gated or self._is_welcome(after),
                permission=note.permission,
            )
        is_to_laxer_team = bool(before) and is_laxer(
            before, after, book, self._get_user_company_id()
        )
        return Transition(
            before,
            after,
            direction(before, after, book),
            verdict,
            case.in_force,
            frozenset(unmet),
            note,
            is_to_laxer_team,
            case.unjudged,
        )

    @api.model
    def _is_welcome(self, state):
        """Tell whether the user may hand over a lead that owes something, to where it comes."""
        policy = self._get_arrival_policy(state)
        if policy != FROM_LEADER:
            return policy == ALWAYS
        user = self._get_real_user()
        # sudo: who leads a team is no secret
        leader = self.env["crm.team"].sudo().browse(state.team_id or ()).user_id
        return user == leader if leader else user.has_group(MANAGER_GROUP)

    @api.model
    def _get_arrival_policy(self, state):
        """Return what the company to which a lead comes makes of leads that owe something."""
        book = self._get_rulebook()
        company_id = book.company_of(*state.hands, self._get_user_company_id())
        return book.arrivals.get(company_id, ALWAYS)
