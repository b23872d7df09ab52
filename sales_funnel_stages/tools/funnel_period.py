"""The period that a dashboard tells of, and the one before it. Pure Python."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta


@dataclass(frozen=True)
class Period:
    """The days from ``first`` on, to the one before ``stop``.

    >>> str(Period(date(2026, 11, 1), date(2026, 12, 1)))
    '2026-11-01/2026-11-30'
    """

    first: date
    stop: date

    def __str__(self):
        return f"{self.first}/{self.last}"

    @property
    def last(self):
        return self.stop - timedelta(days=1)

    def before(self, months=0):
        """Return the period to compare with.

        :param months: how many months it lies earlier; 0 for as many days, right before

        So what is not over yet is compared with as much of what it is compared with:

        >>> str(Period(date(2026, 11, 1), date(2026, 11, 25)).before(1))
        '2026-10-01/2026-10-24'

        and what is over with all of it:

        >>> str(Period(date(2026, 11, 1), date(2026, 12, 1)).before(1))
        '2026-10-01/2026-10-31'
        >>> str(Period(date(2026, 11, 3), date(2026, 11, 10)).before())
        '2026-10-27/2026-11-02'
        """
        if not months:
            return Period(self.first - (self.stop - self.first), self.first)
        shift = relativedelta(months=months)
        return Period(self.first - shift, self.stop - shift)

    def moments(self, timezone):
        """Return where it begins and stops, as UTC without a time zone.

        :param timezone: of pytz
        """
        return tuple(_midnight(day, timezone) for day in (self.first, self.stop))


def _midnight(day, timezone):
    moment = timezone.localize(datetime.combine(day, time.min))
    return (moment - moment.utcoffset()).replace(tzinfo=None)
