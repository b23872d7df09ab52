"""Asks at the end of each test whether the ledger still tells of every lead how it came there.

Of each test on a database of Odoo's, ours all, and before its transaction is undone. A test that
makes up leads or rows says so: see ``sales_funnel_stages/tests/support/history_marks.py``.
"""

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    if case := _on_a_database(item):
        tear_down = case._callTearDown

        def ask_and_tear_down():
            try:
                if case._outcome.success:
                    ask(case)
            finally:
                tear_down()

        case._callTearDown = ask_and_tear_down
    return (yield)


def _on_a_database(item):
    """→ the instance of a ``TransactionCase`` that is about to run; None for any other test."""
    case = getattr(item, "instance", None)
    is_one = any(each.__name__ == "TransactionCase" for each in type(case).__mro__)
    return case if is_one else None


def ask(case):
    """Fail a test that is about to end, if its history is not as its mark says."""
    # Only where Odoo runs, these can be imported.
    from odoo.tools import SQL

    from odoo.addons.sales_funnel_stages.models.ledger.proof import checks
    from odoo.addons.sales_funnel_stages.tests.support import guard, history_marks
    from odoo.addons.sales_funnel_stages.tools import completeness

    unchanged = {
        "rows are as they were recorded": checks.BROKEN_CHAINS,
        "rows refer to what they always have": checks.OTHER_REFERENCES,
        "rows belong to their leads": checks.OTHER_LEADS,
    }

    mark = history_marks.get_mark(case)
    if mark and not mark[1]:
        return
    case.env.flush_all()
    violations = completeness.find_violations(
        lambda query: case.env.execute_query(SQL(query)),
        completeness.HISTORY | (unchanged if not mark and guard.is_guarded(case.env) else {}),
    )
    if mark:
        case.assertTrue(violations, f"The history is true now: take away the mark of {mark[0]}.")
    else:
        case.assertFalse(violations, completeness.describe(violations))
