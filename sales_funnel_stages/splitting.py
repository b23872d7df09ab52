"""Runs something with many records at once, and with each of them alone where that fails."""

from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

# another transaction was faster: all is to be done again, on what is there then
CONFLICTS = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)


def run_split(records, run):
    """Run something with records; one with which it fails keeps no other from it.

    What fails is undone.

    :param run: called with all of them, and where that fails with each alone
    :return: pairs of a record and the error with which it failed
    :raise: what is in ``CONFLICTS``, for the caller to run the whole transaction again
    """
    try:
        with records.env.cr.savepoint():
            run(records)
    except CONFLICTS:
        raise
    except Exception as error:
        if len(records) == 1:
            return [(records, error)]
        return [failed for record in records for failed in run_split(record, run)]
    return []
