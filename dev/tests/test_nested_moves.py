"""Calls that move leads within calls that move leads, against what the database has seen.

Another addon's part is played by functions put where such addons have theirs: below ours, as an
override that was loaded before, and above, where automation rules hook into computed fields.
"""

from contextlib import ExitStack, closing
from itertools import groupby
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, event, example, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.crm.models.crm_lead import CrmLead
from odoo.addons.sales_funnel_stages.names import RECORDED_FIELDS

from .reference import LEAD, OPPORTUNITY
from .sequence_common import SequenceCommon

DEEPEST = 5
BEFORE, AFTER, COMPUTED = "before", "after", "computed"
# The status of those of which Odoo is just computing it follows from the rest: it stores it later.
PLACES = """
    SELECT lead.id, type, stage_id, team_id, company_id,
           CASE WHEN lead.id != ALL(%s)
                THEN CASE won_status WHEN 'pending' THEN 'open' ELSE won_status END
                WHEN probability = 100 AND is_won THEN 'won'
                WHEN NOT active AND COALESCE(probability, 0) = 0 THEN 'lost'
                ELSE 'open' END
      FROM crm_lead AS lead
      LEFT JOIN crm_stage AS stage ON stage.id = stage_id
"""
ROWS = """
    SELECT lead_ref, to_type, to_stage_id, team_id, company_id, to_status, direction
      FROM crm_stage_transition
     WHERE id > %s
  ORDER BY id
"""

index = st.integers(0, 6)
values = st.one_of(
    st.fixed_dictionaries({"stage_id": index}),
    st.fixed_dictionaries({"stage_id": index}, optional={"team_id": index, "type": st.just(LEAD)}),
    st.fixed_dictionaries({"type": st.sampled_from([LEAD, OPPORTUNITY])}),
    st.fixed_dictionaries({"team_id": index}),
    st.fixed_dictionaries({"user_id": index}),
    st.fixed_dictionaries({"active": st.booleans()}),
    st.fixed_dictionaries({"priority": st.sampled_from("0123")}),
    st.fixed_dictionaries({"email_from": st.sampled_from(["a@example.com", False])}),
)
numbers = st.lists(index, min_size=1, max_size=3)
acts = st.one_of(
    *[st.tuples(st.just("write"), numbers, values)] * 4,
    st.tuples(st.just("create"), numbers, values),
    st.tuples(
        st.sampled_from(
            ["action_set_lost", "action_set_won", "convert", "unlink", "there_and_back", "undone"]
        ),
        numbers,
        st.just({}),
    ),
)


def nested(depth):
    """What is called, with what is called within it, and when: ``(act, [(when, call), …])``."""
    if not depth:
        return st.tuples(acts, st.just([]))
    inner = st.tuples(st.sampled_from([BEFORE, AFTER, COMPUTED]), nested(depth - 1))
    return st.tuples(acts, st.lists(inner, max_size=2))


calls = st.lists(nested(DEEPEST), min_size=1, max_size=3)
WRITTEN = (("write", [0, 6], {"stage_id": 2}), [])
WRITTEN_BACK = (("write", [0], {"stage_id": 0}), [])
# The status is computed where it is lost, and an e-mail is what has Odoo compute it once more.
LOST_WITHIN = (("write", [1], {"active": True}), [(COMPUTED, (("action_set_lost", [1], {}), []))])
WON_WITHIN = (
    ("write", [0], {"stage_id": 0}),
    [(COMPUTED, (("action_set_won", [0], {}), [(AFTER, (("write", [0], {"stage_id": 1}), []))]))],
)
E_MAILED = (("write", [1], {"email_from": "a@example.com"}), [])
SETTINGS = settings(
    deadline=None,
    print_blob=True,
    phases=set(Phase) - {Phase.explain},
    suppress_health_check=list(HealthCheck),
)


@tagged("post_install", "-at_install")
class TestNestedMoves(SequenceCommon):
    """The history has each place in which the database has seen a lead, in that order, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.env["crm.team"].search([]) + cls.teams).stage_rule_policy = "off"
        cls.env.company.stage_rule_policy = "off"

    @settings(SETTINGS, max_examples=40)
    @given(calls)
    @example([(("write", [0], {"stage_id": 1}), [(COMPUTED, WRITTEN)])])
    @example([(("create", [0], {"stage_id": 1}), [(AFTER, WRITTEN)])])
    @example([(("create", [0, 1], {"stage_id": 3}), [(COMPUTED, WRITTEN)])])
    @example([(("write", [0], {"stage_id": 1}), [(AFTER, WRITTEN_BACK)])])
    @example([(("write", [0], {"stage_id": 0}), [(COMPUTED, (("action_set_won", [0], {}), []))])])
    @example([WON_WITHIN])
    @example([LOST_WITHIN, E_MAILED, (("write", [1], {"stage_id": 0}), [])])
    def test_nested(self, calls_):
        self._check(calls_)

    @pytest.mark.long
    @settings(SETTINGS, max_examples=1000)
    @given(calls)
    def test_nested_long(self, calls_):
        self._check(calls_)

    @mute_logger("odoo.models.unlink", "odoo.sql_db")
    def _check(self, calls_):
        with closing(self.env.cr.savepoint()), ExitStack() as hooks:
            self.env.invalidate_all()
            self._begin(hooks)
            for call in calls_:
                self._try(lambda call=call: self._call(call))
            self._compare()
        self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Calls
    # ------------------------------------------------------------------

    def _begin(self, hooks):
        self.open = []
        self.is_looking = False
        self.seen = []
        [[self.last]] = self.env.execute_query(SQL("SELECT max(id) FROM crm_stage_transition"))
        for name in ("create", "write", "unlink"):
            hooks.enter_context(patch.object(CrmLead, name, self._as_override(name)))
        model = self.env.registry["crm.lead"]
        hooks.enter_context(
            patch.object(
                model, "_compute_field_value", self._as_automation(model._compute_field_value)
            )
        )
        self.places = self._read_places()

    def _as_override(self, name):
        original, test = getattr(CrmLead, name), self

        def override(leads, *args):
            call = test._enter()
            moves = name != "write" or not RECORDED_FIELDS.isdisjoint(args[0])
            test._look(leads, moves)
            test._run(call, BEFORE)
            result = original(leads, *args)
            test._look(result if name == "create" else leads, moves)
            test._run(call, AFTER)
            return result

        # what says that it takes a list of values
        override.__dict__.update(original.__dict__)
        return override

    def _as_automation(self, original):
        test = self

        def automation(leads, field):
            original(leads, field)
            # not before what is created is there
            if field.store and all(leads.mapped("id")) and test.open and not test.is_looking:
                test._run(test.open[-1], COMPUTED)

        return automation

    def _enter(self):
        """Return the call that comes here first; None where it has been here."""
        if not self.open or self.open[-1]["is_entered"]:
            return None
        self.open[-1]["is_entered"] = True
        return self.open[-1]

    def _run(self, call, when):
        """Call once what is to be called within a call."""
        for inner in call.pop_inner(when) if call else ():
            event(f"{when} at depth {len(self.open)}")
            self._call(inner)

    def _call(self, call):
        (name, numbers_, values_), inner = call
        everybody = self.env["crm.lead"].with_context(active_test=False).search([], order="id")
        leads = everybody.browse({everybody[n % len(everybody)].id for n in numbers_})
        self.open.append(OpenCall(is_entered=False, inner=list(inner)))
        try:
            self._act(name, leads, self._to_vals(values_))
        finally:
            self.open.pop()

    def _act(self, name, leads, vals):
        if name == "create":
            self.env["crm.lead"].create([{"name": "Another", **vals}] * len(leads))
        elif name == "write":
            leads.write(vals)
        elif name == "convert":
            leads.convert_opportunity(False)
        elif name == "there_and_back":
            before = leads[:1].stage_id
            leads[:1].stage_id = self.stage_legal
            leads[:1].stage_id = before
        elif name == "undone":
            self._try(lambda: self._move_and_fail(leads))
        elif name != "unlink":
            getattr(leads, name)()
        elif len(self.open) == 1:
            # what an outer call still works on is nothing that Odoo could go on with
            leads.unlink()

    def _try(self, act):
        """Do something and swallow the error that it may end with: it is as if it had not been."""
        known = None
        try:
            # what waited for being computed is computed before
            with self.env.cr.savepoint():
                known = len(self.seen)
                act()
        except (UserError, ValidationError) as error:
            event(f"undone: {type(error).__name__}")
            self.env.invalidate_all(flush=False)
            del self.seen[known:]

    def _move_and_fail(self, leads):
        leads.write({"stage_id": self.stage_proposition.id})
        raise UserError("Never mind")

    def _to_vals(self, values_):
        vals = dict(values_)
        for name, records in (
            ("stage_id", self.stages),
            ("team_id", self.teams),
            ("user_id", self.users),
        ):
            if name in vals:
                vals[name] = records.ids[vals[name] % len(records)]
        return vals

    # ------------------------------------------------------------------
    # What the database has seen
    # ------------------------------------------------------------------

    def _look(self, leads, moves=True):
        """Note where leads are.

        :param bool moves: whether a call begins or ends that may move them. What moves nothing may
            come while Odoo is half done with what it computes; so may what moves other leads
        """
        if not moves:
            return
        self.is_looking = True
        places = self._read_places()
        self.is_looking = False
        self.seen.append({id_: places.get(id_) for id_ in leads._ids})

    def _read_places(self):
        """Return ``{id: [type, stage, team, company, status]}`` of all leads in the database."""
        self.env.flush_all()
        field = self.env["crm.lead"]._fields["won_status"]
        computed = [*self.env.protected(field)._ids]
        return {id_: place for id_, *place in self.env.execute_query(SQL(PLACES, computed))}

    def _compare(self):
        told, seen = {}, {id_: [place] for id_, place in self.places.items()}
        for id_, *place, direction in self.env.execute_query(SQL(ROWS, self.last)):
            told.setdefault(id_, []).append(None if direction == "deleted" else place)
        for places in self.seen:
            for id_, place in places.items():
                seen.setdefault(id_, [None]).append(place)
        for id_, places in seen.items():
            expected = [place for place, _same in groupby(places)][1:]
            self.assertEqual(told.get(id_, []), expected, f"lead {id_}")


class OpenCall(dict):
    """A call that has not ended, and what is still to be called within it."""

    def pop_inner(self, when):
        """→ what is called then, which is called once."""
        found = [call for each, call in self["inner"] if each == when]
        self["inner"] = [(each, call) for each, call in self["inner"] if each != when]
        return found
