"""What the gate has had to say, in plain loops, from the definitions in ``readme/FUNNEL.md``.

Pure Python.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from statistics import median
from typing import NamedTuple

LET_THROUGH = ("guided", "overridden", "approved")


class Refusal(NamedTuple):
    """A move that was held back; an id of None means none."""

    id: int
    lead_ref: int
    lead_id: int
    date: datetime
    stage_id: int
    is_conversion: bool
    team_id: int
    unmet: tuple


class Step(NamedTuple):
    """A row of the ledger."""

    id: int
    lead_ref: int
    lead_id: int
    date: datetime
    from_type: str
    from_stage_id: int
    from_status: str
    to_type: str
    to_stage_id: int
    to_status: str
    verdict: str
    make_good_date: date
    team_id: int
    unmet: tuple


class Move(NamedTuple):
    """A move and one criterion that it lacked, None of none."""

    ref: int
    date: datetime
    criterion_id: int
    outcome: str
    stage_id: int
    team_id: int
    result: str
    days: float


def moves(refusals, steps, stages, status_by_lead, owes, today):
    """Return every :class:`Move`.

    :param stages: the :class:`funnel_reference.Stage` tuples
    :param status_by_lead: ``{id: won, lost or pending}`` of the leads that there are
    :param owes: ``(lead id, criterion id)`` → whether that is not met, and still required
    :param today: the day by which what was promised may be late
    """
    held_back = [
        Move(
            ref=2 * refusal.id,
            date=refusal.date,
            criterion_id=id_,
            outcome="held_back",
            stage_id=refusal.stage_id,
            team_id=refusal.team_id,
            result=result,
            days=days,
        )
        for refusal, result, days in _results(refusals, steps, stages, status_by_lead)
        for id_ in refusal.unmet or (None,)
    ]
    let_through = [
        Move(
            ref=2 * step.id + 1,
            date=step.date,
            criterion_id=id_,
            outcome=step.verdict,
            stage_id=step.to_stage_id,
            team_id=step.team_id,
            result=_result(step, id_, status_by_lead, owes, today),
            days=None,
        )
        for step in steps
        if step.verdict in LET_THROUGH
        for id_ in step.unmet or (None,)
    ]
    return held_back + let_through


def _results(refusals, steps, stages, status_by_lead):
    """Yield each refusal, what became of it, and how many days later it was passed, if at all."""
    pipeline = [
        stage.id
        for stage in sorted(stages, key=lambda each: (bool(each.is_won), each.sequence, each.id))
        if not stage.is_outside
    ]
    steps_by_ref, steps_by_id = defaultdict(set), defaultdict(set)
    for step in steps:
        steps_by_ref[step.lead_ref].add(step)
        steps_by_id[step.lead_id].add(step)
    for refusal in refusals:
        of_lead = steps_by_ref[refusal.lead_ref]
        if refusal.lead_id:
            of_lead = of_lead | steps_by_id[refusal.lead_id]
        dates = [step.date for step in of_lead if _is_passing(step, refusal, pipeline)]
        if dates:
            yield refusal, "passed", (min(dates) - refusal.date) / timedelta(days=1)
        elif status_by_lead.get(refusal.lead_id, "lost") == "lost":
            yield refusal, "dropped", None
        else:
            yield refusal, "waiting", None


def _is_passing(step, refusal, pipeline):
    """Tell whether a step took a lead past the gate that had held it back."""
    if step.date < refusal.date:
        return False
    if step.to_status == "won" != step.from_status:
        return True
    if step.to_type != "opportunity":
        return False
    if refusal.is_conversion:
        return step.from_type != "opportunity"
    if step.from_type == "opportunity" and step.from_stage_id == step.to_stage_id:
        return False
    if step.to_stage_id not in pipeline or refusal.stage_id not in pipeline:
        return False
    return pipeline.index(step.to_stage_id) >= pipeline.index(refusal.stage_id)


def _result(step, criterion_id, status_by_lead, owes, today):
    """Return what became of what was promised when a step was let through."""
    if not step.make_good_date:
        return None
    if status_by_lead.get(step.lead_id, "lost") == "lost":
        return "dropped"
    if not owes(step.lead_id, criterion_id):
        return "made_good"
    return "overdue" if step.make_good_date < today else "owing"


def figures(some):
    """Return the measures of some moves, each of which counts once."""
    days = {move.ref: move.days for move in some if move.days is not None}

    def count(*results):
        return len({move.ref for move in some if move.result in results})

    return (
        len({move.ref for move in some}),
        count("passed"),
        count("waiting"),
        count("owing", "overdue"),
        median(days.values()) if days else None,
    )
