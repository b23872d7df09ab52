"""What fails a run of the tests, beyond a test that fails by itself."""

import os
import subprocess
import sys

import pytest

from dev import history
from dev.checkout import ROOT

WARNS = "import logging\ndef test_it():\n    logging.getLogger('odoo.addons.x').warning('oops')"
EXPECTS = """
import logging, unittest
class TestIt(unittest.TestCase):
    def test_it(self):
        with self.assertLogs('odoo.addons.x', 'WARNING'):
            logging.getLogger('odoo.addons.x').warning('oops')
"""
SKIPS = "import pytest\ndef test_it():\n    pytest.skip('no browser')"
SKIPS_ALL = "import pytest\npytest.importorskip('no_such_module')"
PASSES = "def test_it():\n    pass"
NEEDS_HISTORY = "import pytest\n@pytest.mark.needs_history\ndef test_it():\n    {}"


def run(folder, text):
    (folder / "test_it.py").write_text(text)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", "-p", "no:odoo", "-p", "dev.pytest_plugin", folder],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("text", [PASSES, EXPECTS])
def test_passes(tmp_path, text):
    done = run(tmp_path, text)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [(WARNS, "WARNING odoo.addons.x: oops"), (SKIPS, "no browser"), (SKIPS_ALL, "no_such_module")],
)
def test_fails(tmp_path, text, said):
    done = run(tmp_path, text)
    assert done.returncode, done.stdout
    assert said in done.stdout
    assert "skipped" not in done.stdout.splitlines()[-1]


def test_without_git_history(tmp_path, monkeypatch):
    """A test that needs it says so and is skipped; in CI it fails."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))  # there is no git
    done = run(tmp_path, NEEDS_HISTORY.format("assert False"))
    assert done.returncode == 0, done.stdout
    assert "1 skipped" in done.stdout
    assert history.MISSING in done.stdout
    monkeypatch.setenv("CI", "true")
    done = run(tmp_path, NEEDS_HISTORY.format("pass"))
    assert done.returncode == 1
    assert history.MISSING in done.stdout


def test_that_excuse_is_for_nothing_else(tmp_path):
    done = run(tmp_path, NEEDS_HISTORY.format("pytest.skip('no browser')"))
    assert done.returncode == 1
    assert "no browser" in done.stdout
