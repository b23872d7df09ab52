"""What is recorded of Odoo's own tests: real counts of queries, and a run of pytest."""

import json
import os
import subprocess
import sys

from odoo.tests import BaseCase, TransactionCase, tagged

from dev.checkout import ROOT
from dev.suites.command import PYTEST, RECORD
from dev.suites.recorder import recording
from dev.suites.verdict import differences, read

ENDINGS = """
import unittest

class TestEndings(unittest.TestCase):
    def test_passes(self):
        pass

    def test_fails(self):
        self.assertEqual(1, 2)

    def test_skips(self):
        self.skipTest("no browser")

    def test_fails_afterwards(self):
        self.addCleanup(self.fail, "not cleaned up")
"""


@tagged("post_install", "-at_install")
class TestRecordedCounts(TransactionCase):
    """``assertQueryCount`` of Odoo, as the plugin replaces it."""

    warm = True
    # Odoo sets these on the tests of addons only.
    test_tags = frozenset()
    test_module = "dev"

    def setUp(self):
        super().setUp()
        self.counts = []
        self.count = recording(BaseCase.assertQueryCount, self.counts)

    def query(self, times):
        for _time in range(times):
            self.env.cr.execute("SELECT 1")

    def test_more_than_asked(self):
        with self.count(self, 3):
            self.query(5)
        with self.count(self, 1):
            self.query(2)
        self.assertEqual(self.counts, [[5, 3], [2, 1]])

    def test_as_many_as_asked_or_fewer(self):
        for asked in (2, 3):
            with self.count(self, asked):
                self.query(2)
        self.assertEqual(self.counts, [])

    def test_other_failures_stay_failures(self):
        text = "Query count more than expected for user x: 5 > 3"
        with self.assertRaisesRegex(AssertionError, text), self.count(self, 3):
            self.fail(text)
        self.assertEqual(self.counts, [])


def test_record(tmp_path):
    (tmp_path / "test_endings.py").write_text(ENDINGS)
    (tmp_path / "test_broken.py").write_text("import no_such_module")
    record = tmp_path / "record"
    done = subprocess.run(
        [sys.executable, *PYTEST, "-p", "no:odoo", "--rootdir", tmp_path, tmp_path],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
            RECORD: str(record),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    endings = read(record.read_text().splitlines())
    name = "test_endings.py::TestEndings::test_"
    assert {test: ending.outcome for test, ending in endings.items()} == {
        "test_broken.py": "failed",
        f"{name}passes": "passed",
        f"{name}fails": "failed",
        f"{name}skips": "skipped",
        f"{name}fails_afterwards": "failed",
    }
    assert endings[f"{name}fails"].last_line == "AssertionError: 1 != 2"
    assert all(json.loads(line)["counts"] == [] for line in record.read_text().splitlines())
    passed = {test: ending for test, ending in endings.items() if ending.outcome == "passed"}
    assert set(differences(passed, endings, {})) == {*endings} - {*passed}
