"""The past of a deal that is imported: which dates are possible, and what steps they tell. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .verdict import LOST, OPEN, State

#: what comes first; no business is imported from before
EARLIEST = datetime(1970, 1, 2)

#: A day without a time is its midnight: so much before another one, a date may be of the same day
SAME_DAY = timedelta(days=1)

#: what may be wrong with a date
TOO_LATE, TOO_EARLY, OUT_OF_ORDER = "too_late", "too_early", "out_of_order"


@dataclass(frozen=True)
class Past:
    """When a deal was created, converted and closed, in UTC; None: it does not say."""

    created: datetime | None = None
    converted: datetime | None = None
    closed: datetime | None = None

    @property
    def known(self):
        """The dates that are given, in the order in which they have to come: ``{name: date}``."""
        dates = {"created": self.created, "converted": self.converted, "closed": self.closed}
        return {name: date for name, date in dates.items() if date}

    @property
    def in_order(self):
        """The same, in which none is before the one before it (see ``SAME_DAY``)."""
        dates = {}
        for name, date in self.known.items():
            dates[name] = max(date, *dates.values()) if dates else date
        return Past(**dates)

    def of(self, after):
        """Return the same without what cannot be of a deal that is created so.

        Nothing has been closed that is open, nor converted that is a lead.

        >>> past = Past(converted=datetime(2024, 3, 1), closed=datetime(2024, 3, 4))
        >>> list(past.of(State(True, 2)).known), list(past.of(State(False, 2)).known)
        (['converted'], [])
        """
        return replace(
            self,
            converted=self.converted if after.is_opportunity else None,
            closed=None if after.status == OPEN else self.closed,
        )


@dataclass(frozen=True)
class PastStep:
    """A step that is told by the dates of a deal.

    :param before: :class:`State`, None: it began
    :param is_gap: whether it is not known where in the pipeline the deal was before
    """

    before: State | None
    after: State
    date: datetime
    is_gap: bool = False


def find_fault(past, now):
    """Return what is wrong with the dates: ``(fault, name, name of the one before it)``, or None.

    >>> day = datetime(2024, 3, 4)
    >>> find_fault(Past(day, closed=datetime(2024, 5, 1)), datetime(2025, 1, 1))
    >>> find_fault(Past(day, closed=datetime(2024, 2, 1)), datetime(2025, 1, 1))
    ('out_of_order', 'closed', 'created')
    >>> find_fault(Past(datetime(2024, 3, 4, 9), closed=day), datetime(2025, 1, 1))
    >>> find_fault(Past(converted=datetime(2026, 2, 1)), datetime(2025, 1, 1))
    ('too_late', 'converted', None)
    >>> find_fault(Past(datetime(1900, 1, 1)), datetime(2025, 1, 1))
    ('too_early', 'created', None)
    """
    earlier = None
    for name, date in past.known.items():
        if date > now:
            return TOO_LATE, name, None
        if date < EARLIEST:
            return TOO_EARLY, name, None
        if earlier and date <= past.known[earlier] - SAME_DAY:
            return OUT_OF_ORDER, name, earlier
        earlier = name
    return None


def is_closed_then(after, past):
    """Tell whether a deal that is created so had been won or lost on a date that is given."""
    return after.status != OPEN and past.closed is not None


def tell(after, past, start_id, now):
    """Return the steps by which a deal came to where it is created, in order.

    What began at a date that is not given began at the first one that is. A deal that is won
    began where its team starts, any other one where it is: so much is known.

    :param State after: where it is created
    :param Past past: what of its dates can be of it (see ``Past.of``), at least one
    :param start_id: the stage in which its team starts, 0: none
    :param now: when what is closed at no date given was closed

    >>> def told(after, **dates):
    ...     steps = tell(after, Past(**dates), 1, datetime(2025, 1, 1))
    ...     return [
    ...         (step.date.month, step.after.is_opportunity, step.after.stage_id, step.after.status)
    ...         for step in steps
    ...     ]
    >>> march, april, may = datetime(2024, 3, 1), datetime(2024, 4, 1), datetime(2024, 5, 1)
    >>> told(State(True, 4, status="won"), created=march, converted=april, closed=may)
    [(3, False, 1, 'open'), (4, True, 1, 'open'), (5, True, 4, 'won')]
    >>> told(State(True, 2, status="lost"), created=march, closed=may)
    [(3, True, 2, 'open'), (5, True, 2, 'lost')]
    >>> told(State(True, 2), created=march, converted=april), told(State(False, 2), created=march)
    ([(3, False, 1, 'open'), (4, True, 2, 'open')], [(3, False, 2, 'open')])
    >>> told(State(True, 4, status="won"), closed=may)
    [(5, True, 1, 'open'), (5, True, 4, 'won')]
    >>> told(State(True, 4, status="won"), created=may)
    [(5, True, 1, 'open'), (1, True, 4, 'won')]
    >>> told(State(True, 2), created=april, converted=april - timedelta(hours=9))
    [(4, False, 1, 'open'), (4, True, 2, 'open')]
    """
    past = past.in_order
    created = next(iter(past.known.values()))
    steps = []
    place = after
    if after.status != OPEN:
        stage_id = after.stage_id if after.status == LOST else start_id
        place = replace(after, status=OPEN, stage_id=stage_id)
    before, date = None, created
    if place.is_opportunity and past.converted:
        before = replace(place, is_opportunity=False, stage_id=start_id)
        steps.append(PastStep(None, before, created))
        date = past.converted
    steps.append(PastStep(before, place, date))
    if place != after:
        steps.append(PastStep(place, after, past.closed or now, is_gap=place.is_opportunity))
    return steps
