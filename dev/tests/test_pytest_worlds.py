"""Which world is tested, and what is said of it."""

import re
import subprocess
import sys

import pytest

from dev.checkout import ROOT
from dev.worlds.catalog import WORLDS
from dev.worlds.command import choose

TESTS = """
import pytest

@pytest.mark.world("used")
def test_passes():
    pass

@pytest.mark.world("past")
@pytest.mark.xfail(strict=True, reason="issue 19")
def test_is_known():
    raise AssertionError

@pytest.mark.world("past")
@pytest.mark.xfail(strict=True, reason="issue 19")
def test_is_mended():
    pass

def test_of_no_world():
    raise AssertionError
"""


@pytest.fixture
def run(tmp_path):
    """Run the tests above with more of pytest's arguments → its exit code, and the table."""
    (tmp_path / "test_some.py").write_text(TESTS)

    def run(*words):
        command = [sys.executable, "-m", "pytest", "-p", "dev.pytest_worlds", *words]
        # none of the plugins by which Odoo's tests run
        command += ["-p", "no:odoo", "-p", "no:cacheprovider", "-c", "/dev/null", tmp_path]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        _before, _heading, table = done.stdout.partition(" worlds =")
        rows = [re.split(" {2,}", line) for line in table.splitlines()[1:] if "  " in line]
        return done.returncode, [row[:4] for row in rows], done.stderr

    return run


def test_the_table(run):
    code, table, _errors = run()
    assert table == [
        ["world", "passed", "known failures", "failed"],
        ["past", "0", "1 (issue 19)", "1"],
        ["used", "1", "0", "0"],
    ]
    assert code == 1, "a known failure that passes is one"


def test_some_worlds(run):
    code, table, _errors = run("--world=used")
    assert (code, table[1:]) == (0, [["used", "1", "0", "0"]])


def test_no_such_world(run):
    code, table, errors = run("--world=usde")
    assert code == 4 and not table
    assert "There is no world “usde”, but there are: nothing;" in errors


def test_each_gets_its_turn():
    names = [world.name for world in WORLDS if world.is_long]
    assert {choose(f"{number:040x}") for number in range(len(names))} == {*names}
