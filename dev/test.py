"""The test suite, against fresh databases."""

import os
import subprocess

from .checkout import ROOT, addons, plain_addons
from .child import call
from .database import fresh
from .odoo import running

# Variable for the plugin, with what Odoo complained of while it installed the addons.
INSTALL_LOG = "INSTALL_LOG"
STRICT = ["-p", "dev.pytest_plugin", "--odoo-log-level", "warn", "--odoo-http"]
# What takes long is left out, unless whoever calls says otherwise by another "-m".
STRICT += ["-m", "not long"]
# Tests of the glue that need more than a database.
GLUE_TESTS = ROOT / "dev" / "tests" / "glue"
# pytest's exit codes
INTERRUPTED, NOTHING_SELECTED = 2, 5


def test(*arguments):
    """Run pytest with the given arguments added → its exit code.

    On Odoo's plain CRM, then, where it has a test that is selected, the glue with what it glues.
    """
    codes = []
    with running(browser=True) as odoo:
        for folders, selection in _suites():
            words = [*STRICT, *selection, *arguments]
            if codes and not _is_any_selected(odoo, words):
                continue
            with fresh(odoo, folders) as (database, complaints):
                command, options = _pytest(odoo, database, words, log=complaints)
                codes.append(call(command, **options))
            if codes[-1] == INTERRUPTED or codes[-1] < 0:
                break
    return outcome(codes)


def outcome(codes):
    """Exit codes of pytest → the one that speaks for all.

    >>> outcome([0, 0]), outcome([5, 0]), outcome([0, 5]), outcome([5])
    (0, 0, 0, 5)
    >>> outcome([1, 0]), outcome([0, 1]), outcome([5, 1]), outcome([-15])
    (1, 1, 1, -15)
    """
    selected = [code for code in codes if code != NOTHING_SELECTED]
    return next(filter(None, selected), 0) if selected else NOTHING_SELECTED


def _suites():
    """→ pairs of the folders of addons to install, and what tells pytest which tests to run."""
    plain = plain_addons()
    glue = [folder for folder in addons() if folder not in plain]
    yield None, _without(*glue, GLUE_TESTS)
    if glue:
        paths = [_name(folder / "tests") for folder in glue] + [_name(GLUE_TESTS)]
        yield addons(), ["-o", f"testpaths={' '.join(paths)}", *_without(*plain, *_beside_glue())]


def _beside_glue():
    """→ all in dev but the tests of the glue."""
    tests = GLUE_TESTS.parent
    kept = {tests, GLUE_TESTS}
    return [
        path for folder in (tests.parent, tests) for path in folder.iterdir() if path not in kept
    ]


def _without(*paths):
    # Deselected rather than ignored: what an argument names is not ignored.
    return [f"--deselect={_name(path)}{'/' if path.is_dir() else ''}" for path in paths]


def _name(path):
    return path.relative_to(ROOT).as_posix()


def _is_any_selected(odoo, words):
    # Odoo wants to be told of a database, but the tests are collected without it.
    command, options = _pytest(odoo, "none", [*words, "--collect-only"])
    return call(command, stdout=subprocess.DEVNULL, **options) != NOTHING_SELECTED


def _pytest(odoo, database, words, log=""):
    """→ the command that runs pytest, and the options for ``call``."""
    path = os.pathsep.join([str(ROOT), odoo.environment["PYTHONPATH"]])
    environment = {**odoo.environment, "PYTHONPATH": path, INSTALL_LOG: log}
    command = [odoo.python, "-m", "pytest", "--odoo-database", database, *words]
    return command, {"cwd": ROOT, "env": environment}
