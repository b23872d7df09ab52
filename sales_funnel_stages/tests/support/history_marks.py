"""What a test, or a class of tests, says of the history that it leaves behind.

At the end of each test the database is asked whether the ledger tells of every lead how it came
to where it is (``HISTORY`` in ``tools/completeness.py``, asked by ``dev/pytest_history.py``).
"""

ATTRIBUTE = "_history_mark"


def made_up_history(reason):
    """Mark a test that writes leads or rows past the addon: nothing is asked of them.

    :param str reason: what it does to them, and why
    """
    return _mark(reason, is_fault=False)


def broken_history(issue):
    """Mark a test that ends with a history that is not true: that is to be mended.

    The test fails as soon as it is mended, so that the mark goes with it.

    :param issue: the number of the issue that mends it, and what is wrong
    """
    return _mark(f"issue {issue}", is_fault=True)


def get_mark(case):
    """Return ``(reason, is_fault)`` for a test that is about to run, None if it has no mark."""
    method = getattr(case, case._testMethodName)
    return getattr(method, ATTRIBUTE, None) or getattr(case, ATTRIBUTE, None)


def _mark(reason, is_fault):
    def mark(test):
        setattr(test, ATTRIBUTE, (reason, is_fault))
        return test

    return mark
