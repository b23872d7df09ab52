"""The funnel in plain loops over plain tuples, from the definitions in ``readme/FUNNEL.md``.

What the report is compared with: written without a look at its SQL, and no faster than it has
to be. Pure Python.
"""

from collections import Counter, defaultdict
from statistics import mean, median
from typing import NamedTuple

OUTCOMES = ("advanced", "lost", "returned", "set_aside", "merged", "deleted", "here")


class Row(NamedTuple):
    """A row of the ledger; an id of None means none."""

    id: int
    lead_ref: int
    lead_id: int
    date: object
    direction: str
    from_type: str
    from_stage_id: int
    from_past_stage_id: int
    from_status: str
    to_type: str
    to_stage_id: int
    to_past_stage_id: int
    to_status: str
    #: None where it left no step
    seconds_in_previous: int
    is_gap: bool
    is_reconstructed: bool
    team_id: int
    user_id: int
    company_id: int
    verdict: str
    expected_revenue: float
    lost_reason_id: int
    lost_reason_name: str
    #: of a conversion that was undone, or its undo
    is_undone: bool
    unmet: tuple

    @property
    def came_from(self):
        """The number of the stage: below zero of one that was deleted, None of none."""
        return _number(self.from_stage_id, self.from_past_stage_id)

    @property
    def came_to(self):
        return _number(self.to_stage_id, self.to_past_stage_id)


def counted(rows):
    """Return the rows that figures count: what was undone is as if it had not been."""
    return [row for row in rows if not row.is_undone]


def _number(stage_id, past_stage_id):
    return stage_id or (-past_stage_id if past_stage_id else None)


class Stage(NamedTuple):
    """One that is there, or (with a number below zero) one that was deleted."""

    id: int
    sequence: int
    is_won: bool
    is_outside: bool
    team_ids: tuple
    #: the number that it had
    ref: int = None
    #: the last row that was there when it was deleted
    last_step_ref: int = None
    #: whether it is known where in the pipeline it was
    is_placed: bool = True


class Lead(NamedTuple):
    """A lead as it is now."""

    id: int
    source_id: int
    medium_id: int
    campaign_id: int
    country_id: int


NO_LEAD = Lead(None, None, None, None, None)


class Stay(NamedTuple):
    """A row that the report is to have."""

    id: int
    lead_ref: int
    lead_id: int
    step_type: str
    stage_id: int
    funnel_stage_id: int
    is_skipped: bool
    date: object
    left_date: object
    outcome: str
    created_date: object
    days: float
    team_id: int
    user_id: int
    company_id: int
    source_id: int
    medium_id: int
    campaign_id: int
    country_id: int
    lost_reason_id: int
    lost_reason_name: str
    verdict: str
    is_reconstructed: bool
    expected_revenue: float
    unmet: tuple


def stays(rows, stages, leads):
    """Return every :class:`Stay`, from all rows of the ledger, stages and leads."""
    stage_by_id = {stage.id: stage for stage in stages}
    lead_by_id = {lead.id: lead for lead in leads}
    history_by_lead = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.date, row.id)):
        history_by_lead[row.lead_ref].append(row)
    return [
        stay
        for history in history_by_lead.values()
        for stay in _stays_of_one(history, stage_by_id, lead_by_id)
    ]


def _stays_of_one(history, stage_by_id, lead_by_id):
    """Yield the stays of one lead.

    :param history: its rows, in order
    """
    steps = [row for row in history if _is_step(row)]
    for row, ending in zip(steps, [*steps[1:], None], strict=True):
        if row.to_type is None or (row.to_status == "lost" and row.from_type is not None):
            continue
        if row.to_status == "lost":
            # created so: it ends as it begins, and nobody knows for how long it was there
            ending = row
        lead = lead_by_id.get(row.lead_id, NO_LEAD)
        stay = _stay(row, ending, lead, stage_by_id)._replace(created_date=history[0].date)
        yield stay
        past = history[: history.index(row)]
        for stage in _passed_over(row, past, stage_by_id):
            yield _skipped(stay, stage)


def _is_step(row):
    """Tell whether a lead goes from one step to another, or begins, or ends."""
    if row.seconds_in_previous is None and row.from_type is not None:
        return False
    if row.from_status == "won" and row.to_status == "won":
        return False
    is_unconverted = row.from_type == "lead" and row.to_type == "lead"
    is_open = row.from_status == "open" and row.to_status == "open"
    return not is_unconverted or not is_open or row.is_gap


def _stay(row, ending, lead, stage_by_id):
    step_type = _step_type(row, stage_by_id.get(row.came_to))
    outcome = _outcome(ending)
    days = None
    if ending and ending is not row and not ending.is_gap:
        days = (ending.date - row.date).total_seconds() / 86400
    return Stay(
        id=row.id,
        lead_ref=row.lead_ref,
        lead_id=row.lead_id,
        step_type=step_type,
        stage_id=None if step_type == "lead" else row.to_stage_id,
        funnel_stage_id=None if step_type == "lead" else row.came_to,
        is_skipped=False,
        date=row.date,
        left_date=ending and ending.date,
        outcome=outcome,
        created_date=None,
        days=days,
        team_id=row.team_id,
        user_id=row.user_id,
        company_id=row.company_id,
        source_id=lead.source_id,
        medium_id=lead.medium_id,
        campaign_id=lead.campaign_id,
        country_id=lead.country_id,
        lost_reason_id=ending.lost_reason_id if outcome == "lost" else None,
        lost_reason_name=ending.lost_reason_name if outcome == "lost" else None,
        verdict=row.verdict,
        is_reconstructed=bool(row.is_reconstructed),
        expected_revenue=row.expected_revenue,
        unmet=row.unmet,
    )


def _step_type(row, stage):
    if row.to_status == "won":
        return "customer"
    if row.to_type == "lead":
        return "lead"
    return "outside" if stage and stage.is_outside else "opportunity"


def _outcome(ending):
    if ending is None:
        return "here"
    if ending.direction in ("merged", "deleted"):
        return ending.direction
    if "lost" in (ending.direction, ending.from_status) or ending.direction == "created":
        return "lost"
    if ending.direction in ("forward", "skipped"):
        return "advanced"
    return "returned" if ending.direction == "backward" else "set_aside"


def _passed_over(row, past, stage_by_id):
    """Return the stages that a row went past.

    :param past: the rows of the same lead before it
    """
    if not _may_pass(row):
        return []
    own = _pipeline(stage_by_id.values(), row.team_id)
    there = _that_lie_before(row, own, stage_by_id)
    left = stage_by_id.get(_origin(row, past))
    if left in own:
        return [stage for stage in there if _place(stage) > _place(left)]
    behind = {each.came_to for each in past if each.to_type == "opportunity"}
    behind |= _before_it_began(row, past, stage_by_id)
    return [stage for stage in there if stage.id not in behind]


def _that_lie_before(row, pipeline, stage_by_id):
    """Return the open stages of a pipeline that lie before what a row has reached."""
    there = [
        stage
        for stage in pipeline
        if not stage.is_won and (not stage.last_step_ref or row.id <= stage.last_step_ref)
    ]
    if row.to_status == "won":
        return there
    reached = stage_by_id.get(row.came_to)
    return [stage for stage in there if _is_before(stage, reached)]


def _may_pass(row):
    """Tell whether a row leads further in the pipeline, or to a customer, from somewhere."""
    is_entry = row.to_type == "opportunity" or row.to_status == "won"
    was_won = row.from_status == "won" and not row.is_gap
    return row.from_type is not None and is_entry and not was_won


def _is_before(stage, reached):
    """Tell whether a stage lies before one that is reached, if that is of the pipeline."""
    is_known = reached and reached.is_placed and not reached.is_outside
    return is_known and _place(stage) < _place(reached)


def _origin(row, past):
    """Return the stage of the pipeline that an opportunity came from, None where it is unknown.

    A lead that was lost comes from where it was lost.
    """
    if row.is_gap or row.from_type == "lead":
        return None
    if row.from_status != "lost":
        return row.came_from
    losses = [each for each in past if each.to_status == "lost" != each.from_status]
    if not losses or losses[-1].is_gap or losses[-1].from_type != "opportunity":
        return None
    return losses[-1].came_from


def _before_it_began(row, past, stage_by_id):
    """Return the ids of the stages up to the one that a lead was created in as an opportunity."""
    first = past[0] if past else None
    if row.from_type == "lead" or not first or first.to_type != "opportunity":
        return set()
    began = stage_by_id.get(first.came_to)
    if not began or began.is_outside or not began.is_placed:
        return set()
    return {
        stage.id for stage in stage_by_id.values() if began.is_won or _place(stage) <= _place(began)
    }


def _pipeline(stages, team_id):
    """Return the stages that leads of a team go through, or went."""
    return [
        stage
        for stage in stages
        if stage.is_placed
        and not stage.is_outside
        and (not stage.team_ids or team_id in stage.team_ids)
    ]


def _place(stage):
    return stage.sequence, stage.ref or stage.id


def _skipped(stay, stage):
    return stay._replace(
        id=-(stay.id * 1_000_000 + (stage.id if stage.id > 0 else 500_000 - stage.id)),
        step_type="opportunity",
        stage_id=stage.id if stage.id > 0 else None,
        funnel_stage_id=stage.id,
        is_skipped=True,
        left_date=stay.date,
        outcome="advanced",
        days=None,
        lost_reason_id=None,
        lost_reason_name=None,
        verdict=None,
        expected_revenue=None,
        unmet=(),
    )


def figures(some):
    """Return every measure of some stays, by its name."""
    entered = [stay for stay in some if not stay.is_skipped]
    overridden = [stay for stay in entered if stay.verdict in ("overridden", "approved")]
    outcomes = Counter(stay.outcome for stay in entered)
    return {
        **_conversion(some),
        **_days(some),
        "entered": len(entered),
        **{name: outcomes[name] for name in OUTCOMES if name != "here"},
        "still_here": outcomes["here"],
        "skipped": len(some) - len(entered),
        "overridden": len(overridden),
        "expected_revenue": sum(stay.expected_revenue or 0 for stay in entered),
    }


def _conversion(some):
    """Return how many leads these are of, how many went on, and how many in a hundred that is."""
    reached = {stay.lead_ref for stay in some}
    converted = {stay.lead_ref for stay in some if stay.outcome == "advanced"}
    return {
        "reached": len(reached),
        "converted": len(converted),
        "conversion_rate": 100 * len(converted) / len(reached) if reached else False,
    }


def _days(some):
    days = [stay.days for stay in some if stay.days is not None]
    return {
        "days_in_step": mean(days) if days else False,
        "median_days_in_step": median(days) if days else False,
    }


def by(some, *keys):
    """Group stays.

    :param keys: functions of a stay that return its values: some, or one
    :return: ``{(value, …): [Stay, …]}``
    """
    groups = {(): list(some)}
    for key in keys:
        finer = defaultdict(list)
        for values, members in groups.items():
            for stay in members:
                found = key(stay)
                for value in found if isinstance(found, tuple) else (found,):
                    finer[(*values, value)].append(stay)
        groups = finer
    return dict(groups)
