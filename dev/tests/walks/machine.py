"""Random walks: people call whatever they find, one after the other and at the same time.

What is known of the leads beside the database is a dictionary; what is asked of each step, the
pure verdict.
"""

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from odoo.addons.sales_funnel_stages.names import HAND_FIELDS
from odoo.addons.sales_funnel_stages.tools.completeness import (
    HISTORY,
    describe,
    find_violations,
)

from ..clear_errors import get_fault
from . import doors
from .contexts import whispers
from .place import ASKED, POLICIES, ROLES, SELLING
from .rows import LEADS, ROWS, Rows
from .transaction import CONFLICTS, Call, both
from .values import Values

#: how often what was done, over all walks
DONE = Counter()
# of leads, with less of which there is little to do
FEWEST = 3
# those who work with leads more often than others
role = st.one_of(st.sampled_from([*ROLES]), *[st.sampled_from(SELLING)] * 2)
# what changes before a step, if anything: a team's policy, or what is known of a lead
change = st.sampled_from([*[None] * 9, *POLICIES, *(field for field, _stage in ASKED)])
FOUND_OUT = {"need_level": "strong", "budget_status": "confirmed"}


class Walk(RuleBasedStateMachine):
    """A walk. Of whom it is in, see ``walking_in``."""

    place = None
    door = None
    whispers = None

    @initialize()
    def begin(self):
        self.leads = self.place.prepare()
        self.known, self.last_row, _rows = self._look(0)
        DONE["walks"] += 1

    @rule(data=st.data(), login=role, change=change, number=doors.index)
    def somebody_does_something(self, data, login, change, number):
        if change in POLICIES:
            team = self.place.teams[number % 2]
            self._alone_as_manager("crm.team", team, {"stage_rule_policy": change})
        elif change and self.leads:
            lead = self.leads[number % len(self.leads)]
            self._alone_as_manager(doors.LEAD, lead, {change: FOUND_OUT.get(change, "signed")})
        call = self._call(data, login)
        call.alone()
        self._check([call])

    @rule(data=st.data(), one=role, other=role, is_first_last=st.booleans())
    def two_do_something_at_once(self, data, one, other, is_first_last):
        calls = [self._call(data, login) for login in (one, other)]
        both(*calls, is_first_last)
        self._check(calls)

    def _alone_as_manager(self, model, id_, values):
        call = Call(
            self.place.registry,
            self.place.users["walk_manager"],
            lambda _env: (model, "write", [[id_], values], {}),
        )
        call.said = f"walk_manager {model}.write({values})"
        call.alone()
        self._check([call])

    # ------------------------------------------------------------------
    # Calling
    # ------------------------------------------------------------------

    def _call(self, data, login):
        if len(self.leads) < FEWEST:
            self._let_some_come_in()
        model, method, numbers, pairs = data.draw(self.door)
        context = data.draw(st.sampled_from([{}, {}, {}, self.whispers]))
        call = Call(
            self.place.registry,
            self.place.users[login],
            lambda env: self._make(env, call, model, method, numbers, pairs, context),
        )
        call.said = f"{login} {model}.{method}: nothing to call"
        call.login = login
        return call

    def _let_some_come_in(self):
        DONE["came in"] += 1
        self.place.add_leads()
        self.known, self.last_row, _rows = self._look(self.last_row)
        self.leads = sorted(self.known)

    def _make(self, env, call, model, method, numbers, pairs, context):
        known = {doors.LEAD: self._sort_leads(env, call.uid), **self.place.known}
        values = Values(env, known)
        arguments, on_records = values.arguments(model, method, numbers, pairs)
        leads = values.chosen(doors.LEAD, numbers)
        args = []
        if on_records:
            if env[model]._transient and leads:
                ids = self._make_wizard(
                    env, call, model, values.of_wizard(model, leads, pairs), leads, context
                )
            else:
                ids = values.chosen(model, numbers)
            args = [ids]
        call.said = f"{call.login} {model}.{method}({args}, {arguments})"
        # a wizard converts first, and assigns by another write
        call.is_of_hands = model == doors.LEAD and any(
            repr(name) in call.said for name in HAND_FIELDS
        )
        call.is_of_many = "lead2opportunity" in model or self.place.has_rules
        return model, method, args, {**arguments, "context": context}

    def _sort_leads(self, env, uid):
        """→ the ids of all leads: those first that somebody sees, and twice."""
        theirs = env[doors.LEAD].with_user(uid).with_context(active_test=False)
        seen = theirs.search([]).ids if theirs.has_access("read") else []
        return [*seen, *seen, *(id_ for id_ in self.leads if id_ not in seen)]

    def _make_wizard(self, env, call, model, values, leads, context):
        active = {"active_model": doors.LEAD, "active_ids": leads, "active_id": leads[0]}
        context = {**context, **active}
        try:
            with env.cr.savepoint():
                mine = env[model].with_user(call.uid).with_context(**context)
                return mine.create(values).ids
        except CONFLICTS:
            raise
        except Exception as error:
            assert not get_fault(error), get_fault(error)
            return []

    # ------------------------------------------------------------------
    # Checking
    # ------------------------------------------------------------------

    def _look(self, since):
        """→ where every lead is, ``{id: (…)}``; the number of the last row; and the new rows."""
        with self.place.registry.cursor() as cr:
            cr.execute(LEADS)
            leads = {id_: rest for id_, *rest in cr.fetchall()}
            cr.execute(ROWS, [since])
            rows = cr.dictfetchall()
            cr.execute("SELECT COALESCE(max(id), 0) FROM crm_stage_transition")
            [[last]] = cr.fetchall()
            return leads, last, rows

    def _check(self, calls):
        said = "\n".join(f"{call.said} → {call.error!r}"[:2000] for call in calls)
        DONE["steps"] += len(calls)
        DONE["at once"] += len(calls) == 2
        for call in calls:
            DONE["failed" if call.error else "done"] += 1
            if call.error and not call.is_conflict:
                fault = get_fault(call.error)
                assert not fault, f"{fault}\n{said}"
        with self.place.registry.cursor() as cr:

            def ask(query):
                cr.execute(query)
                return cr.fetchall()

            violations = find_violations(ask, HISTORY)
            assert not violations, f"{describe(violations)}\n{said}"
        leads, self.last_row, rows = self._look(self.last_row)
        DONE["moves"] += bool(rows)
        DONE["let pass"] += Rows(self.place, calls, self.known, leads, rows, said).check()
        self.known = leads
        self.leads = sorted(leads)


def walking_in(where):
    """→ the class of walks in a :class:`place.Place`."""
    where.prepare()
    with where.registry.cursor() as cr:
        strategy = doors.doors(where.env(cr))
    own = {"place": where, "door": strategy, "whispers": whispers()}
    return type("Walk", (Walk,), own)
