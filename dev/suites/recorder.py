"""A plugin of pytest: how each test ended, as a line of JSON in the file named by RECORD.

A test of Odoo's that counts more queries than it asks for goes on as if it had not; the counts
are recorded, so that the two databases can be compared, and what the test checks after that is
checked.
"""

import json
import os
import re
from contextlib import contextmanager

import pytest

from .command import RECORD

OVER = re.compile(r"Query count more than expected .*?: (\d+) > (\d+)")
counts = []


def pytest_configure():
    from odoo.tests import BaseCase

    BaseCase.assertQueryCount = recording(BaseCase.assertQueryCount, counts)


def recording(assert_query_count, counts):
    """Odoo's method → one that notes (counted, asked) in place of failing."""

    @contextmanager
    def noted(self, *args, **kwargs):
        done = False
        try:
            with assert_query_count(self, *args, **kwargs):
                yield
                done = True
        except AssertionError as error:
            over = OVER.search(str(error))
            if not (done and over):
                raise
            counts.append([int(number) for number in over.groups()])

    return noted


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    counts.clear()
    return (yield)


def pytest_runtest_logreport(report):
    if report.when == "call" or not report.passed:
        _record(report)


def pytest_collectreport(report):
    if not report.passed:
        _record(report)


def _record(report):
    line = {
        "test": report.nodeid,
        "outcome": report.outcome,
        "text": report.longreprtext,
        "counts": list(counts),
    }
    with open(os.environ[RECORD], "a") as file:
        file.write(json.dumps(line) + "\n")
