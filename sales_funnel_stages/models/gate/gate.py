from contextlib import contextmanager, nullcontext
from itertools import islice

from odoo import SUPERUSER_ID, api, models, tools
from odoo.tools.constants import PREFETCH_MAX

from ...names import GATED_KEY
from ...tools import verdict as verdicts
from ...tools.move_note import MoveNote
from ...tools.transition import Transition, direction, is_laxer
from ..qualification.fields import TOGETHER
from .concurrency import DESTINATION_FIELDS

# what moves a lead, or makes Odoo move it: each such change is recorded
RECORDED_FIELDS = {"type", "stage_id", "team_id", "user_id", "active", "probability"}
# what a write must touch to be refused. A change of team or salesperson alone never is, nor
# is archiving or restoring; a probability wins what stands in a stage that became a won one
MOVING_FIELDS = {"type", "stage_id", "probability"}
# and these where a change of hands wins: a team has no stage of its own but Won
HAND_OVER_FIELDS = {"team_id", "user_id"}

OPEN_WON_LOST = {"won": verdicts.WON, "lost": verdicts.LOST}


class CrmLead(models.Model):
    """The gate: the one place that decides whether a lead may move.

    Every way in which a lead moves ends in ``create`` or ``write``. They compare each
    lead before with the same lead after, since the values written do not tell: Odoo
    derives team and stage from other fields. ``tools.verdict`` judges the difference;
    the first refusal undoes the whole batch and names all of it, and what passes is
    recorded (see ``_record_transitions``).

    Queries: none on writes that cannot move a lead, nor where none has moved; else those
    that read what the criteria look at, one that records, and two for the savepoint
    where somebody can be refused. The number does not grow with the batch.
    """

    _inherit = "crm.lead"

    # ------------------------------------------------------------------
    # Doors
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        with self._undone_if_refused():
            leads = super().create(vals_list)
            leads._pass_gate({})
        return leads

    def write(self, vals):
        if RECORDED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        self._fetch_to_move()
        before = self._get_states()
        if not DESTINATION_FIELDS.isdisjoint(vals):
            self._check_not_moved_meanwhile(before)
        is_refusable = self._is_move(vals) or self._is_any_left_open(before)
        with self._undone_if_refused() if is_refusable else nullcontext(), self._at_gate():
            # a copy: crm adds to the values it is given
            result = super().write(dict(vals))
            self._pass_gate(before, is_refusable)
        return result

    # These write more than once. What they wrote before a refusal has to go as well, even
    # where the caller swallows the error (as the links in crm's e-mails do).

    def convert_opportunity(self, partner, user_ids=False, team_id=False):
        with self._undone_if_refused():
            leads = self._filter_convertible()
            if len(leads) > 1 and self._can_be_refused():
                customer = partner or self.env["res.partner"]
                leads._check_conversion(
                    [lead._convert_opportunity_data(customer, team_id) for lead in leads]
                )
            return super().convert_opportunity(partner, user_ids=user_ids, team_id=team_id)

    def action_set_won(self):
        with self._undone_if_refused():
            return super().action_set_won()

    def action_set_lost(self, **additional_values):
        with self._undone_if_refused():
            return super().action_set_lost(**additional_values)

    def action_unarchive(self):
        with self._undone_if_refused():
            return super().action_unarchive()

    def action_set_automated_probability(self):
        with self._undone_if_refused():
            return super().action_set_automated_probability()

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        self._forget_where_found(self.ids)
        with self._undone_if_refused():
            return super()._merge_opportunity(
                user_id=user_id, team_id=team_id, auto_unlink=auto_unlink, max_length=max_length
            )

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    @api.model
    def _is_move(self, vals):
        """Tell whether writing these values can be refused."""
        if MOVING_FIELDS.isdisjoint(vals):
            return not HAND_OVER_FIELDS.isdisjoint(vals) and self._get_rulebook().is_start_won
        return True

    def _get_states(self):
        """Return ``{id: State}``: where each lead stands now."""
        # most leads of a batch are alike: each place is made once, and compared at a glance
        state_by_place, states = {}, {}
        # sudo: the rules hold for leads that somebody may move without reading them
        leads = self.sudo()
        places = zip(
            self._ids,
            leads.mapped("type"),
            *(leads._get_record_ids(name) for name in ("stage_id", "team_id", "company_id")),
            leads._get_open_won_lost(),
            strict=True,
        )
        for id_, type_, *place in places:
            place = type_ == "opportunity", *place
            state = state_by_place.get(place)
            if state is None:
                state = state_by_place[place] = verdicts.State(*place)
            states[id_] = state
        return states

    def _fetch_to_move(self):
        """Read at once what is looked at on the way, of all leads that are gone through."""
        ids = (id_ for id_ in self._prefetch_ids if isinstance(id_, int))
        leads = self.browse({*self.ids, *islice(ids, PREFETCH_MAX)})
        # sudo: see _get_states
        leads.sudo().fetch(self._get_fields_to_move())

    @api.model
    @tools.ormcache()
    def _get_fields_to_move(self):
        return [name for name, field in self._fields.items() if field.prefetch in (True, TOGETHER)]

    def _get_open_won_lost(self):
        """Return for each of these leads whether it is open, won or lost."""
        field = self._fields["won_status"]
        pending = set(self.env.records_to_compute(field)._ids)
        won_stage_ids = self._get_won_stage_ids()
        # Odoo would compute the predicted probability to find out what is plain
        return [
            verdicts.OPEN
            if lead._ids[0] in pending and lead.active and stage_id not in won_stage_ids
            else OPEN_WON_LOST.get(lead.won_status, verdicts.OPEN)
            for lead, stage_id in zip(self, self._get_record_ids("stage_id"), strict=True)
        ]

    def _pass_gate(self, before, is_refusable=True):
        """Judge what changed; let it pass and record it, or refuse all of it.

        :param dict before: ``{id: State}``; without a state a lead was just created
        :param bool is_refusable: whether the change can be refused at all
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
        transitions = self._judge_moves(before, moved, is_refusable and self._is_user_gated())
        refused = self._pick_verdicts(transitions, verdicts.REFUSED)
        if refused:
            raise self._make_stage_rule_error(refused, created=refused.keys() - before.keys())
        self._record_transitions(transitions)
        for permission in (verdicts.OVERRIDDEN, verdicts.APPROVED):
            self._log_permission(permission, self._pick_verdicts(transitions, permission))

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
            is_noted = note.speaks_for(id_, case.demands[0].gate if case.demands else None)
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
        )

    def _judge_conversion(self, vals_list):
        """Return ``{id: Verdict}`` of those leads whose conversion would be refused now.

        :param list[dict] vals_list: for each lead, what is written on it on the way
        """
        return self._judge_vals([{**vals, "type": "opportunity"} for vals in vals_list])

    def _judge_vals(self, vals_list):
        """Return ``{id: Verdict}`` of those leads that may not be given some values now.

        :param list[dict] vals_list: for each lead, what would be written on it
        """
        if not self._can_be_refused():
            return {}
        before = self._get_states()
        with self._as_drafts(vals_list) as drafts:
            # Odoo derives both from the type
            for name in ("team_id", "stage_id"):
                derived = drafts.browse(
                    draft._ids[0]
                    for draft, vals in zip(drafts, vals_list, strict=True)
                    if "type" in vals and name not in vals
                )
                self._fields[name].compute_value(derived)
            transitions = drafts._judge_moves(
                {draft._ids[0]: before[draft._origin.id] for draft in drafts},
                drafts._get_states(),
                self._is_user_gated(),
            )
            refused = self._pick_verdicts(transitions, verdicts.REFUSED)
        return {id_.origin: verdict for id_, verdict in refused.items()}

    @contextmanager
    def _as_drafts(self, vals_list):
        """Give these leads as they would be with other values, unsaved.

        :param list[dict] vals_list: the values, for each lead
        """
        drafts = self.browse()
        for lead, vals in zip(self, vals_list, strict=True):
            drafts += lead.new(vals, origin=lead)
        yield drafts
        # all drafts of one lead share their values: leave none to the next
        drafts.invalidate_recordset(flush=False)

    def _check_conversion(self, vals_list):
        """Check at once that leads may be converted, since Odoo converts them one by one.

        :param list[dict] vals_list: see ``_judge_conversion``
        :raise StageRuleError: names all that may not
        """
        refused = self._judge_conversion(vals_list)
        if refused:
            raise self._make_stage_rule_error(refused)

    def _filter_convertible(self):
        """Return those leads that Odoo converts when asked to."""
        places = zip(self, self._get_open_won_lost(), strict=True)
        return self.browse(
            lead._ids[0] for lead, status in places if lead.active and status != verdicts.WON
        )

    @api.model
    def _can_be_refused(self):
        """Tell whether there is anything that the user may be refused."""
        return self._get_rulebook().is_enforced and self._is_user_gated()

    @api.model
    def _is_user_gated(self):
        """Tell whether the user can be refused: every internal user, ``sudo()`` or not.

        OdooBot (scheduled jobs, mail gateway, installation), portal users and visitors are not,
        unless one who is acts in their name.
        """
        if self.env.context.get(GATED_KEY):
            return True
        return self.env.uid != SUPERUSER_ID and self.env.user._is_internal()

    @contextmanager
    def _undone_if_refused(self):
        """Undo everything done inside where it fails, also if the error is swallowed.

        A plain savepoint would send the tracking messages of the transaction at every
        write; this one leaves them for the end, and costs nothing where nothing is enforced.
        """
        if self._is_undone_with_others() or not self._can_be_refused():
            yield
            return
        self.env.flush_all()
        savepoint = self.env.cr.savepoint(flush=False)
        is_done = False
        try:
            yield
            is_done = True
        finally:
            if not is_done:
                # what is cached but not in the database goes too; what was pending
                # before is in the database since the flush above
                self.env.transaction.clear()
            savepoint.close(rollback=not is_done)
