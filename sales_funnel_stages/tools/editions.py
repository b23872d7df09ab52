"""Rules in force from a date on: one rulebook for each time between two such dates. Pure Python."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, time, timezone
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Editions:
    """The rulebooks that follow each other.

    :param starts: the moments, in UTC and in order, at which another one comes into force
    :param books: every :class:`Rulebook`, one more than there are starts
    """

    books: tuple
    starts: tuple = ()

    def at(self, now):
        """Return the rulebook in force at a moment.

        :param datetime now: in UTC, without a time zone
        """
        return self.books[bisect_right(self.starts, now)]


def make_editions(book, rules, faulty=()):
    """Return the :class:`Editions` of a rulebook.

    :param Rulebook book: all but the rules
    :param rules: ``(framework_id, Rule, start)`` of each rule, in order; ``start`` is the
        moment at which it comes into force, None: it always was
    :param faulty: the same of rules whose criterion cannot be evaluated

    >>> from .rulebook import Rule, Rulebook
    >>> noon, six = datetime(2030, 1, 1, 12), datetime(2030, 1, 1, 18)
    >>> rules = [(7, Rule(10, 0, "required"), None), (7, Rule(11, 0, "required"), noon)]
    >>> editions = make_editions(Rulebook(), rules)
    >>> [len(editions.at(now).rules[7]) for now in (datetime(2030, 1, 1, 11), noon, six)]
    [1, 2, 2]
    """
    starts = sorted({start for _framework_id, _rule, start in (*rules, *faulty) if start})
    books = [
        replace(book, rules=_in_force(rules, now), faulty=_in_force(faulty, now))
        for now in (datetime.min, *starts)
    ]
    return Editions(tuple(books), tuple(starts))


def _in_force(rules, now):
    in_force = defaultdict(tuple)
    for framework_id, rule, start in rules:
        if not start or start <= now:
            in_force[framework_id] += (rule,)
    return dict(in_force)


def start_of_day(day, time_zones):
    """Return the moment at which a day has begun in all of these time zones, in UTC.

    :param date day: the day
    :param time_zones: their names

    >>> from datetime import date
    >>> start_of_day(date(2030, 1, 1), ["UTC"])
    datetime.datetime(2030, 1, 1, 0, 0)
    >>> start_of_day(date(2030, 1, 1), ["Asia/Tokyo", "America/New_York"])
    datetime.datetime(2030, 1, 1, 5, 0)
    """
    midnights = [datetime.combine(day, time.min, ZoneInfo(name)) for name in time_zones]
    return max(midnights).astimezone(timezone.utc).replace(tzinfo=None)
