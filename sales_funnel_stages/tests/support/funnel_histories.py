"""Histories of leads, made up: rows of the ledger past the ORM, with the dates that they need."""

from dataclasses import replace
from datetime import timedelta

from odoo.tools import SQL

from ...tools.transition import DELETED, direction
from ...tools.verdict import LOST, OPEN, WON, State
from .guard import let_history_change

COLUMNS = (
    "lead_id",
    "lead_ref",
    "lead_name",
    "date",
    "direction",
    "from_type",
    "from_stage_id",
    "from_status",
    "to_type",
    "to_stage_id",
    "to_status",
    "seconds_in_previous",
    "team_id",
    "user_id",
    "company_id",
    "expected_revenue",
    "is_gap",
    "is_reconstructed",
    "lost_reason_id",
)


class FunnelHistories:
    """Replaces what the ledger tells of leads.

    :ivar rulebook: by which directions are told
    """

    def __init__(self, env):
        self.env = env
        self.rulebook = env["crm.qualification.framework"]._get_rulebook()

    def replace(self, histories):
        """:param histories: ``{lead: [(date, State, or None where it is deleted)]}``"""
        rows = [row for lead, steps in histories.items() for row in self._rows(lead, steps)]
        self.env.flush_all()
        let_history_change(self.env)
        self.env.cr.execute(
            "DELETE FROM crm_stage_transition WHERE lead_ref = ANY(%s)",
            [[lead.id for lead in histories]],
        )
        columns = SQL(", ").join(map(SQL.identifier, COLUMNS))
        self.env.cr.execute_values(
            self.env.cr.mogrify(SQL("INSERT INTO crm_stage_transition (%s) VALUES", columns))
            + b" %s",
            [tuple(row[name] for name in COLUMNS) for row in rows],
        )
        self.env.invalidate_all()

    def _rows(self, lead, steps):
        before, left = None, None
        reasons = {"lost": lead.lost_reason_id.id or None}
        for date, after in steps:
            way = DELETED if after is None else direction(before, after, self.rulebook)
            is_step = before is not None and way != "handed_over"
            yield {
                "lead_id": lead.id if steps[-1][1] else None,
                "lead_ref": lead.id,
                "lead_name": lead.name,
                "date": date,
                "direction": way,
                **_place("from", before),
                **_place("to", after),
                "seconds_in_previous": int((date - left).total_seconds()) if is_step else None,
                "team_id": lead.team_id.id or None,
                "user_id": lead.user_id.id or None,
                "company_id": lead.company_id.id or None,
                "expected_revenue": lead.expected_revenue,
                "is_gap": False,
                "is_reconstructed": False,
                "lost_reason_id": reasons.get(way),
            }
            if is_step or before is None:
                left = date
            before = after


def random_history(random, start, stop, stages, outside, won):
    """Return a history as people make them: ``[(date, State)]``.

    :param stages: ids of the pipeline, :param outside: and of one outside of it, :param won: and
        of one that is won
    """
    moment = start + random.random() * (stop - start)
    state = State(False, stages[0])
    if random.random() < 0.3:
        state = State(True, random.choice([*stages, won]))
        state = replace(state, status=WON if state.stage_id == won else OPEN)
    steps = [(moment, state)]
    while True:
        moment += timedelta(days=random.expovariate(1 / 20), seconds=1)
        if moment >= stop or random.random() < 0.1:
            return steps
        state = _next(random, state, stages, outside, won)
        steps.append((moment, state))
        if state is None:
            return steps


def _next(random, state, stages, outside, won):
    if random.random() < 0.04:
        return None
    if state.status == LOST:
        return replace(state, status=OPEN)
    if random.random() < 0.25:
        return replace(state, status=LOST)
    if not state.is_opportunity:
        return State(True, random.choice(stages[:2]))
    if random.random() < 0.06:
        return State(False, state.stage_id)
    others = [id_ for id_ in [*stages, outside, won, won] if id_ != state.stage_id]
    stage_id = random.choice(others)
    return State(True, stage_id, status=WON if stage_id == won else OPEN)


def _place(prefix, state):
    return {
        f"{prefix}_type": state and ("opportunity" if state.is_opportunity else "lead"),
        f"{prefix}_stage_id": state and state.stage_id,
        f"{prefix}_status": state and state.status,
    }
