"""What a client gives to a report, read so that whatever is none of it is said clearly."""

from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Date, Domain

# years that every calendar and PostgreSQL have, with some to spare around them
YEARS = range(1900, 3000)
MOST_MONTHS = 1200


def read_domain(model, domain):
    """Return a domain of a model.

    :param domain: whatever a client has sent
    :raise UserError: where it is none
    """
    try:
        read = Domain(domain)
        read.optimize_full(model)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise UserError(
            model.env._("These filters cannot be understood: %s", str(error)[:200])
        ) from None
    return read


def read_period(model, date_from, date_to):
    """Return the first and the last day of a period.

    :raise UserError: where these are no days, or none of a period that can be looked at
    """
    days = []
    for value in (date_from, date_to):
        try:
            day = value if type(value) is date else Date.to_date(value)
        except (TypeError, ValueError):
            day = None
        if type(day) is not date:
            raise UserError(
                model.env._("“%s” is no date: write it as in 2030-12-31.", str(value)[:50])
            )
        if day.year not in YEARS:
            raise UserError(model.env._("The period has to be after 1900 and before 3000."))
        days.append(day)
    first, last = days
    if last < first:
        raise UserError(model.env._("The period ends before it begins."))
    return first, last


def read_months(model, months):
    """Return how many months a period lies before another.

    :raise UserError: where it is no such number
    """
    if not months:
        return 0
    if type(months) is not int or not 0 <= months <= MOST_MONTHS:
        raise UserError(model.env._("“%s” is no number of months.", str(months)[:50]))
    return months
