"""What makes a run of the tests strict: no skipped test, and no warning in Odoo's log.

``assertLogs`` and ``mute_logger`` keep what they expect from this plugin, as from the log. A test
that is marked ``needs_history`` is skipped where there is no git history, but never where CI runs.
"""

import logging
import os

import pytest

from . import history


class Complaints(logging.Handler):
    """Keeps what is logged at WARNING or worse until it is taken."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))

    def take(self):
        lines, self.lines = self.lines, []
        return "\n".join(lines)


COMPLAINTS = Complaints()


def pytest_configure():
    logging.getLogger("odoo").addHandler(COMPLAINTS)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if item.get_closest_marker("needs_history") and not history.is_complete():
        if os.environ.get("CI") == "true":
            pytest.fail(history.MISSING, pytrace=False)
        pytest.skip(history.MISSING)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    complaints = COMPLAINTS.take()
    if complaints:
        report.sections.append(("Odoo's log", complaints))
    if report.passed and complaints:
        _fail(report, f"Odoo's log, during the {report.when} of this test:\n{complaints}")
    elif report.skipped and not (hasattr(report, "wasxfail") or _lacks_history(report)):
        _fail(report, f"No test may be skipped, and this one was: {report.longrepr[2]}")
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    if report.skipped:
        _fail(report, f"No test may be skipped, and these were: {report.longrepr[2]}")
    return report


def _lacks_history(report):
    return report.longrepr[2] == f"Skipped: {history.MISSING}"


def _fail(report, text):
    report.outcome = "failed"
    report.longrepr = text
