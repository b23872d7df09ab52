"""The dashboard in plain loops over plain tuples, from the definitions in ``readme/FUNNEL.md``.

Of the stays and rows of ``funnel_reference``, and without a look at its SQL. Pure Python.
"""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from statistics import mean, median
from typing import NamedTuple

from .funnel_reference import OUTCOMES


class Period(NamedTuple):
    """A period from ``start`` on, before ``stop``, told as it was at the moment ``as_of``."""

    start: datetime
    stop: datetime
    as_of: datetime


def figures(rows, stays, period):
    """Return what is told of one period.

    :return: a dictionary of

        - ``steps``: ``{(step type, stage id): figures}``, no stage for leads and customers
        - ``drop_off``: ``{(outcome, lost reason, or its name where it is gone): how often}``
        - ``velocity``: its parts, and its value
    """
    inside = in_period(stays, period)
    row_by_id = {row.id: row for row in rows}
    places = defaultdict(list)
    for stay in inside:
        has_stage = stay.step_type in ("opportunity", "outside")
        places[stay.step_type, stay.funnel_stage_id if has_stage else None].append(stay)
    return {
        "steps": {
            place: _step(members, row_by_id, _begun_in(rows, period))
            for place, members in places.items()
        },
        "drop_off": Counter(
            (stay.outcome, stay.lost_reason_id or stay.lost_reason_name)
            for stay in inside
            if not stay.is_skipped and stay.outcome not in ("advanced", "here")
        ),
        "velocity": _velocity(rows, stays, period),
    }


def in_period(stays, period):
    """Return the stays that began in a period, without what happened to them later."""
    return [
        stay._replace(
            left_date=None, outcome="here", days=None, lost_reason_id=None, lost_reason_name=None
        )
        if stay.left_date and stay.left_date > period.as_of
        else stay
        for stay in stays
        if period.start <= stay.date < period.stop
    ]


def _step(stays, row_by_id, begun):
    been_in = [stay for stay in stays if not stay.is_skipped]
    skipped = [stay for stay in stays if stay.is_skipped]
    direct = [stay for stay in been_in if row_by_id[stay.id].from_type is None]
    reached = _leads(stays)
    converting = [stay for stay in stays if stay.outcome == "advanced"]
    converted = _leads(converting)
    return {
        "reached": len(reached),
        "reached_rows": len(stays),
        "begun": len(reached & begun),
        "converted": len(converted),
        "converted_rows": len(converting),
        "rate": len(converted) / len(reached),
        "direct": len(_leads(direct)),
        "skipped": len(_leads(skipped)),
        "skipped_rows": len(skipped),
        "finished": sum(stay.days is not None for stay in been_in),
        "median_days": _median([stay.days for stay in been_in if stay.days is not None]),
        "value": _value(been_in),
        "entered": len(been_in),
        **_outcomes(been_in),
    }


def _median(days):
    return median(days) if days else None


def _outcomes(stays):
    counts = Counter(stay.outcome for stay in stays)
    return {outcome: counts[outcome] for outcome in OUTCOMES}


def _value(stays):
    """Return what leads are worth: each what it was worth when it was worth most."""
    values = defaultdict(float)
    for stay in stays:
        values[stay.lead_ref] = max(values[stay.lead_ref], float(stay.expected_revenue or 0))
    return sum(values.values())


def _leads(some):
    """Return whose stays or rows these are."""
    return {each.lead_ref for each in some}


def _begun_in(rows, period):
    return _leads(filter(_is_begun, _in_time(rows, period)))


def _in_time(rows, period):
    return [row for row in rows if period.start <= row.date < period.stop]


def _velocity(rows, stays, period):
    in_time = _in_time(rows, period)
    beginning = list(filter(_is_begun, in_time))
    begun = _leads(beginning)
    lost = _leads(filter(_is_lost, in_time))
    customers = [stay for stay in in_period(stays, period) if stay.step_type == "customer"]
    decided = {stay.id for stay in [*customers, *_losses(stays, period)]}
    wins = {stay.lead_ref: stay for stay in sorted(customers, key=lambda stay: stay.date)}
    parts = {
        "opportunities": len(begun),
        "won": len(wins),
        "lost": len(lost),
        "opportunities_rows": len(beginning),
        "won_rows": len(customers),
        "decided_rows": len(decided),
        "win_rate": None,
        "average_value": None,
        "cycle_days": None,
        "value": None,
    }
    if wins or lost:
        parts["win_rate"] = len(wins) / (len(wins) + len(lost))
    if wins:
        parts["average_value"] = mean(float(stay.expected_revenue) for stay in wins.values())
        first = _first_dates(rows)
        parts["cycle_days"] = mean(
            (stay.date - first[ref]) / timedelta(days=1) for ref, stay in wins.items()
        )
        # what is won as it is created takes no days: what it earns a day cannot be said
        if parts["cycle_days"]:
            parts["value"] = (
                len(begun) * parts["win_rate"] * parts["average_value"] / parts["cycle_days"]
            )
    return parts


def _losses(stays, period):
    return [
        stay
        for stay in stays
        if stay.outcome == "lost"
        and stay.step_type != "lead"
        and period.start <= stay.left_date < period.stop
    ]


def _first_dates(rows):
    """Return ``{lead: when it first was an opportunity}``."""
    found = {}
    for row in rows:
        if row.to_type == "opportunity":
            found[row.lead_ref] = min(row.date, found.get(row.lead_ref, row.date))
    return found


def trend(rows, period, unit):
    """Return ``{first day: (leads, opportunities, customers)}`` of weeks or months."""
    found = defaultdict(lambda: (set(), set(), set()))
    for row in rows:
        is_lost = row.to_status == "lost" and row.from_type is not None
        if not period.start <= row.date < period.stop or is_lost:
            continue
        kinds = (
            row.to_type == "lead" and (row.from_type != "lead" or row.from_status != "open"),
            _is_begun(row),
            row.to_status == "won" != row.from_status,
        )
        day = row.date.date()
        first = day.replace(day=1) if unit == "month" else day - timedelta(days=day.weekday())
        for refs, is_one in zip(found[first], kinds, strict=True):
            if is_one:
                refs.add(row.lead_ref)
    return {
        first: tuple(map(len, refs)) for first, refs in sorted(found.items()) if any(map(len, refs))
    }


def _is_begun(row):
    """Tell whether a lead became an opportunity by a row, or was created as one."""
    return row.to_type == "opportunity" != row.from_type


def _is_lost(row):
    is_created_so = row.direction == "created" and row.to_status == "lost"
    return (row.direction == "lost" and row.from_type == "opportunity") or (
        is_created_so and row.to_type == "opportunity"
    )


def contacts(partners, partner_ids_of_leads, period):
    """Return how many contacts were created in a period, and how many of them have leads.

    :param partners: ``(id, its company's id, when it was created)`` of those that count
    :param partner_ids_of_leads: of all leads
    """
    company_by_id = {id_: company for id_, company, _date in partners}
    with_leads = {company_by_id.get(id_) for id_ in partner_ids_of_leads}
    created = [company for _id, company, date in partners if period.start <= date < period.stop]
    has_leads = sum(company in with_leads for company in created)
    return {
        "reached": len(created),
        "converted": has_leads,
        "rate": has_leads / len(created) if created else None,
    }
