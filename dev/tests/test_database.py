"""When a database is made anew, and when it is dropped."""

from contextlib import ExitStack, closing

import psycopg2
import pytest
from freezegun import freeze_time

from dev import checkout
from dev.checkout import addon_hash
from dev.database import RUN, claimed, copy_template, exists, installed
from dev.pytest_processes import DATABASES
from dev.tests.processes import this_odoo


@pytest.fixture
def addon(tmp_path, monkeypatch):
    """The only addon of a checkout."""
    monkeypatch.setattr(checkout, "ROOT", tmp_path)
    addon = tmp_path / "addon"
    for name in ("__manifest__.py", "models/lead.py", "tests/test_lead.py"):
        (addon / name).parent.mkdir(parents=True, exist_ok=True)
        (addon / name).touch()
    (addon / "__manifest__.py").write_text("{'depends': ['crm']}")
    return addon


def test_a_changed_test_changes_nothing_that_is_installed(addon):
    before, all_before = addon_hash(ignored=["tests"]), addon_hash()
    (addon / "tests" / "test_lead.py").write_text("1")
    assert addon_hash(ignored=["tests"]) == before
    assert addon_hash() != all_before
    (addon / "models" / "lead.py").write_text("1")
    assert addon_hash(ignored=["tests"]) != before


def test_it_is_installed_anew_when_it_has_changed_and_each_day(addon):
    with freeze_time("2030-01-01 08:00"):
        before = installed().inputs
    with freeze_time("2030-01-01 20:00"):
        assert installed().inputs == before
        (addon / "models" / "lead.py").write_text("1")
        assert installed().inputs != before
    (addon / "models" / "lead.py").write_text("")
    with freeze_time("2030-01-02 08:00"):
        assert installed().inputs != before


def test_databases_of_a_run_end_with_it():
    odoo = this_odoo()
    with ExitStack() as stack:
        with claimed(odoo) as run:
            name = f"{run}_more"
            copy_template(odoo, name)
            assert exists(odoo, name)
            stack.enter_context(closing(psycopg2.connect(dbname=name)))
        assert not exists(odoo, name), "somebody is still connected"
    assert not (odoo.data_folder / "filestore" / name).exists()


def test_databases_of_a_run_that_was_killed_end_with_the_next(request):
    odoo = this_odoo()
    killed = f"{RUN}1_000000_more"
    copy_template(odoo, killed)
    with claimed(odoo):
        assert not exists(odoo, killed)
        assert exists(odoo, request.config.stash[DATABASES].name), "that of a run that goes on"
