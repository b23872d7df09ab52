"""Which process runs which tests, and on which database."""

import os
import subprocess
import sys

import pytest

from dev import pytest_processes
from dev.checkout import ROOT, addon_names
from dev.database import exists
from dev.progress import Missing
from dev.pytest_processes import (
    DATABASES,
    Databases,
    Installation,
    is_glue,
    pytest_xdist_auto_num_workers,
)
from dev.tests.processes import installed_addons, this_odoo

RECORDS = """
import os, pathlib
class TestIt:
    def test_one(self): record()
    def test_two(self): record()
def test_function(): record()
def record():
    with open(os.environ["RECORD"], "a") as file:
        print({kind!r}, os.getpid(), file=file)
"""
OF_WORLDS = """
import os, pytest
@pytest.mark.parametrize("role", ["rep", "manager"])
@pytest.mark.parametrize("world", ["plain", "glue"])
def test_one(world, role): record(world)
@pytest.mark.parametrize("world", ["plain", "glue"])
def test_two(world): record(world)
def record(world):
    with open(os.environ["RECORD"], "a") as file:
        print(world, os.getpid(), file=file)
"""
FAILS = "def test_it():\n    assert 'this' == 'that'"
PLAIN = ("sales_funnel_stages/tests/test_a.py", "dev/tests/test_b.py", "dev/test_c.py")
GLUE = ("sales_funnel_stages_sale_crm/tests/test_d.py", "dev/tests/glue/test_e.py")


@pytest.fixture
def folder(tmp_path):
    """A folder with files of tests of both kinds, three tests each."""
    for kind, paths in (("plain", PLAIN), ("glue", GLUE)):
        for path in paths:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(RECORDS.format(kind=kind))
    return tmp_path


@pytest.fixture
def databases(request):
    return request.config.stash[DATABASES]


def run(folder, *words):
    """Run pytest → how it ended, and ``{kind: [process of a test, …]}``."""
    (folder / "record").touch()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:odoo", "-p", "dev.pytest_processes"]
        + ["--rootdir", str(folder), "--import-mode=importlib", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), "RECORD": str(folder / "record")},
        cwd=folder,
        capture_output=True,
        text=True,
    )
    found = {"plain": [], "glue": []}
    for line in (folder / "record").read_text().splitlines():
        kind, process = line.split()
        found[kind].append(process)
    return done, found


def test_a_world_has_one_process(tmp_path):
    (tmp_path / "dev" / "tests").mkdir(parents=True)
    (tmp_path / "dev" / "tests" / "test_worlds.py").write_text(OF_WORLDS)
    done, found = run(tmp_path, "-n", "2")
    assert done.returncode == 0, done.stdout
    assert {len(processes) for processes in found.values()} == {3}
    assert {len(set(processes)) for processes in found.values()} == {1}
    assert set(found["plain"]).isdisjoint(found["glue"])


@pytest.mark.parametrize("processes", [2, 3])
def test_the_glue_has_a_process_of_its_own(folder, processes):
    done, found = run(folder, "-n", str(processes))
    assert done.returncode == 0, done.stdout
    assert "15 passed" in done.stdout.splitlines()[-1]
    assert (len(found["plain"]), len(found["glue"])) == (9, 6)
    assert len(set(found["glue"])) == 1
    assert len(set(found["plain"])) == processes - 1
    assert set(found["plain"]).isdisjoint(found["glue"])


@pytest.mark.parametrize(("paths", "count"), [(PLAIN, 9), (GLUE, 6)])
def test_tests_of_one_kind(folder, paths, count):
    done, found = run(folder, "-n", "2", *paths)
    assert f"{count} passed" in done.stdout.splitlines()[-1]
    assert len(found["plain"] + found["glue"]) == count


@pytest.mark.parametrize("processes", ["0", "1"])
def test_one_process_is_handed_all(folder, processes):
    done, found = run(folder, "-n", processes)
    assert "15 passed" in done.stdout.splitlines()[-1]
    assert len(set(found["plain"] + found["glue"])) == 1


@pytest.mark.parametrize(("processors", "processes"), [(1, 2), (2, 3), (64, 5)])
def test_as_many_processes_as_help(monkeypatch, processors, processes):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(processors)))
    assert pytest_xdist_auto_num_workers() == processes


def test_a_failure(folder):
    (folder / "test_fails.py").write_text(FAILS)
    done, _found = run(folder, "-n", "3")
    assert done.returncode == 1
    assert "AssertionError: assert 'this' == 'that'" in done.stdout
    assert "1 failed, 15 passed" in done.stdout.splitlines()[-1]


def test_a_failure_that_ends_the_run(folder):
    (folder / "test_fails.py").write_text(FAILS)
    done, _found = run(folder, "-n", "2", "-x", "test_fails.py")
    assert done.returncode
    assert "stopping after 1 failures" in done.stdout
    assert "1 failed" in done.stdout.splitlines()[-1]


def test_a_file_that_cannot_be_imported(folder):
    (folder / "test_broken.py").write_text("import no_such_module")
    done, _found = run(folder, "-n", "2")
    assert done.returncode == 1
    assert "No module named 'no_such_module'" in done.stdout
    assert "1 error" in done.stdout.splitlines()[-1]


def test_collect_only(folder):
    done, found = run(folder, "-n", "2", "--collect-only", "-q")
    assert "15 tests collected" in done.stdout.splitlines()[-1]
    assert found == {"plain": [], "glue": []}


def test_kinds():
    assert is_glue("sales_funnel_stages_sale_crm/tests/test_it.py::TestIt::test_it")
    assert is_glue("test_sales_funnel_stages/tests/test_it.py")
    assert is_glue("dev/tests/glue/test_it.py::test_it[a::b]")
    assert not is_glue("sales_funnel_stages/tests/test_it.py::TestIt")
    assert not is_glue("sales_funnel_stages_base_import/tests/test_it.py::TestIt")
    assert not is_glue("dev/tests/test_it.py::test_it[dev/tests/glue]")
    assert not is_glue("")


def test_another_database(databases):
    with databases.another("spare") as name:
        assert installed_addons(name) == addon_names()
    assert not exists(this_odoo(), name)


def test_a_database_for_other_tests(databases):
    with pytest.raises(Missing, match="select the tests of the glue alone"):
        databases.prepare(is_glue=True)


def test_a_database_that_cannot_be_made(monkeypatch):
    tried = []

    def fail(*_arguments):
        tried.append(1)
        raise Missing("Odoo could not load it.")

    monkeypatch.setattr(pytest_processes, "pristine", fail)
    databases = Databases("run", "process")
    for said in ("Odoo could not load it", "see the first such error"):
        with pytest.raises(Missing, match=said):
            databases.prepare(is_glue=True)
    assert len(tried) == 1


def test_every_run_asks_what_odoo_said_at_the_installation(request, databases, monkeypatch):
    item = next(item for item in request.session.items if type(item) is Installation)
    item.runtest()
    monkeypatch.setattr(databases, "installation_log", lambda: "WARNING db odoo.registry: hm")
    with pytest.raises(AssertionError) as caught:
        item.runtest()
    assert "WARNING db odoo.registry: hm" in item.repr_failure(caught)
