"""Random walks: people call whatever they find, one after the other and at the same time.

What is known of the leads beside the database is a dictionary; what is asked of each step, the
pure verdict.
"""

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from odoo.addons.sales_funnel_stages.names import HAND_FIELDS
from odoo.addons.sales_funnel_stages.tests.support.invariants import (
    HISTORY,
    describe,
    find_violations,
)
from odoo.addons.sales_funnel_stages.tools.verdict import REFUSED, State, demands, judge

from ..clear_errors import get_fault
from . import doors
from .place import ASKED, MAY_OVERRIDE, POLICIES, ROLES, SELLING
from .transaction import CONFLICTS, Call, both
from .values import Values

#: how often what was done, over all walks
DONE = Counter()
ROWS = """
    SELECT row.lead_ref, row.from_type, row.from_stage_id, row.from_status,
           row.to_type, row.to_stage_id, row.to_status, row.team_id, row.company_id,
           row.verdict, row.by_user_id, row.reason, row.approver_id, row.direction,
           row.from_company_id AS company_before,
           (SELECT before.team_id FROM crm_stage_transition AS before
             WHERE before.lead_ref = row.lead_ref AND before.id < row.id
          ORDER BY before.id DESC LIMIT 1) AS team_before
      FROM crm_stage_transition AS row
     WHERE row.id > %s
  ORDER BY row.id
"""
LEADS = """
    SELECT id, type, stage_id, CASE won_status WHEN 'pending' THEN 'open' ELSE won_status END,
           team_id, company_id, need_level, budget_status, contract_status
      FROM crm_lead
"""
# those who work with leads more often than others
role = st.one_of(st.sampled_from([*ROLES]), st.sampled_from(SELLING))


class Walk(RuleBasedStateMachine):
    """A walk. Of whom it is in, see ``walking_in``."""

    place = None
    door = None

    @initialize()
    def begin(self):
        self.leads = self.place.prepare()
        self.known, self.last_row, _rows = self._look(0)
        DONE["walks"] += 1

    @rule(data=st.data(), login=role)
    def somebody_does_something(self, data, login):
        call = self._call(data, login)
        call.alone()
        self._check([call])

    @rule(data=st.data(), one=role, other=role, is_first_last=st.booleans())
    def two_do_something_at_once(self, data, one, other, is_first_last):
        calls = [self._call(data, login) for login in (one, other)]
        both(*calls, is_first_last)
        self._check(calls)

    @rule(number=st.integers(0, 1), policy=st.sampled_from(POLICIES))
    def a_policy_changes(self, number, policy):
        self._alone_as_manager("crm.team", self.place.teams[number], {"stage_rule_policy": policy})

    @rule(number=doors.index, field=st.sampled_from([f for f, _stage in ASKED]))
    def something_is_found_out(self, number, field):
        value = {"need_level": "strong", "budget_status": "confirmed"}.get(field, "signed")
        if self.leads:
            lead = self.leads[number % len(self.leads)]
            self._alone_as_manager("crm.lead", lead, {field: value})

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
        model, method, numbers, pairs = data.draw(self.door)
        call = Call(
            self.place.registry,
            self.place.users[login],
            lambda env: self._make(env, call, model, method, numbers, pairs),
        )
        call.said = f"{login} {model}.{method}: nothing to call"
        call.login = login
        return call

    def _make(self, env, call, model, method, numbers, pairs):
        values = Values(env, self.leads)
        arguments, on_records = values.arguments(model, method, numbers, pairs)
        leads = values.chosen(doors.LEAD, numbers)
        args = []
        if on_records:
            if env[model]._transient and leads:
                ids = self._make_wizard(
                    env, call, model, values.of_wizard(model, leads, pairs), leads
                )
            else:
                ids = values.chosen(model, numbers)
            args = [ids]
        call.said = f"{call.login} {model}.{method}({args}, {arguments})"
        # a wizard converts first, and assigns by another write
        call.is_of_hands = model == doors.LEAD and any(
            repr(name) in call.said for name in HAND_FIELDS
        )
        return model, method, args, arguments

    def _make_wizard(self, env, call, model, values, leads):
        context = {"active_model": doors.LEAD, "active_ids": leads, "active_id": leads[0]}
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
        self._check_rows(calls, leads, rows, said)
        self.known = leads
        self.leads = sorted(leads)

    def _check_rows(self, calls, leads, rows, said):
        people = {call.uid for call in calls}
        seen = set()
        for row in rows:
            lead = row["lead_ref"]
            assert row["by_user_id"] in people, f"by somebody else: {row}\n{said}"
            if lead not in seen:
                here = self.known.get(lead, [None] * 3)[:3]
                there = [row["from_type"], row["from_stage_id"], row["from_status"]]
                assert here == there, f"it was at {here}: {row}\n{said}"
            seen.add(lead)
        last = {row["lead_ref"]: row for row in rows}
        for lead, row in last.items():
            if lead in leads and row["direction"] not in ("merged", "deleted"):
                is_hand_derived = not any(call.is_of_hands for call in calls)
                self._check_verdict(row, leads[lead], is_hand_derived, said)

    def _check_verdict(self, row, facts, is_hand_derived, said):
        """A move through a gate that enforces has what it takes, or a permission of somebody."""
        login = next(name for name, id_ in self.place.users.items() if id_ == row["by_user_id"])
        if login == "walk_portal":
            return
        unmet = {
            id_
            for id_, field in self.place.criteria.items()
            if not facts[5 + [f for f, _stage in ASKED].index(field)]
        }
        before, after = _states(row)
        with self.place.registry.cursor() as cr:
            env = self.place.env(cr)
            book = env["crm.qualification.framework"]._get_rulebook()
            company = env["res.users"].browse(row["by_user_id"]).company_id.id
            asked = demands(before, after, book, company, is_hand_derived)
            verdict = judge(asked, unmet, is_gated=True)
        if verdict.name != REFUSED:
            return
        DONE["let pass"] += 1
        allowed = row["verdict"] == "approved" and row["approver_id"]
        if row["verdict"] == "overridden":
            allowed = login in MAY_OVERRIDE and row["reason"].strip()
        assert allowed, f"let pass without {unmet}: {row}\n{said}"


def _states(row):
    after = _state(row, "to", row["team_id"], row["company_id"])
    if not row["from_type"]:
        return None, after
    return _state(row, "from", row["team_before"], row["company_before"]), after


def _state(row, prefix, team_id, company_id):
    return State(
        row[f"{prefix}_type"] == "opportunity",
        row[f"{prefix}_stage_id"] or 0,
        team_id or 0,
        company_id or 0,
        row[f"{prefix}_status"],
    )


def walking_in(where):
    """→ the class of walks in a :class:`place.Place`."""
    where.prepare()
    with where.registry.cursor() as cr:
        strategy = doors.doors(where.env(cr))
    return type("Walk", (Walk,), {"place": where, "door": strategy})
