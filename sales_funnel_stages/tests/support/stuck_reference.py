"""What is stuck, in plain loops, from the definitions in ``readme/FUNNEL.md``. Pure Python."""

from collections import defaultdict
from datetime import timedelta
from math import ceil

DAY = timedelta(days=1)


def usual_days(rows, stages, since):
    """Return ``{stage id: days within which at least 80 % had left}``, 0 where too few have.

    :param rows: those of ``funnel_reference``, :param stages: and its stages
    :param since: the beginning of the last 12 months
    """
    stays = defaultdict(list)
    for row in rows:
        has_left = row.from_type == "opportunity" and row.from_status == "open" and row.to_type
        is_known = row.seconds_in_previous is not None and not row.is_gap
        if has_left and is_known and row.date >= since:
            stays[row.from_stage_id].append(max(1, ceil(row.seconds_in_previous / 86400)))
    return {
        stage.id: 0
        if stage.is_won or stage.is_outside or len(stays[stage.id]) < 20
        else _within(sorted(stays[stage.id]))
        for stage in stages
    }


def _within(days):
    """Return the least of sorted days within which 80 % are."""
    return next(each for number, each in enumerate(days, 1) if 5 * number >= 4 * len(days))


def starts(rows):
    """Return ``{lead: when it came to where it is}``."""
    found = {}
    for row in sorted(rows, key=lambda row: (row.date, row.id)):
        if row.from_type is None or row.seconds_in_previous is not None:
            found[row.lead_ref] = row.date
    return found


def stuck(leads, start_by_lead, usual, now):
    """Return ``{lead: (days in its step, whether it is stuck)}``.

    :param leads: ``(id, type, won status, stage id)`` of those that there are
    """
    return {
        id_: (
            (now - start_by_lead[id_]) // DAY,
            type_ == "opportunity"
            and status == "pending"
            and usual.get(stage_id, 0) > 0
            and now - start_by_lead[id_] > usual[stage_id] * DAY,
        )
        for id_, type_, status, stage_id in leads
    }
