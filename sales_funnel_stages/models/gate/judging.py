from odoo import api, models

from ...tools import verdict as verdicts
from ...tools.move_note import MoveNote
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

    def _judge_moves(self, before, after, is_gated):
        """Return ``{id: Transition}``: what the rules say of changes.

        :param dict before: ``{id: State}``; without a state a lead was just created
        :param dict after: ``{id: State}``, of those that changed
        :param bool is_gated: whether the user can be refused
        """
        book = self._get_rulebook()
        user_company_id = self._get_user_company_id()
        note = self._get_move_note()
        # most leads of a batch do the same: each change is worked out once
        case_by_change = {}
        for id_, state in after.items():
            change = before.get(id_), state
            if change not in case_by_change:
                case_by_change[change] = verdicts.case(*change, book, user_company_id)
        unmet_by_lead = self.browse(after)._get_unmet_criteria(
            {id_ for case in case_by_change.values() for id_, _tier in case.in_force}
        )
        transition_by_outcome, transitions = {}, {}
        for id_, state in after.items():
            change = before.get(id_), state
            case = case_by_change[change]
            origin = change[0] and change[0].standing
            # what a draft stands for
            is_noted = note.speaks_for(id_ or id_.origin, origin, case.gates)
            outcome = (change, frozenset(unmet_by_lead[id_]), is_noted)
            if outcome not in transition_by_outcome:
                transition_by_outcome[outcome] = self._make_transition(
                    *change,
                    case,
                    unmet_by_lead[id_],
                    is_gated,
                    note if is_noted else MoveNote(),
                )
            transitions[id_] = transition_by_outcome[outcome]
        return transitions

    @api.model
    def _make_transition(self, before, after, case, unmet, is_gated, note):
        book = self._get_rulebook()
        verdict = verdicts.judge(
            case.demands, unmet, is_gated=is_gated, permission=note.permission, policy=case.policy
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
