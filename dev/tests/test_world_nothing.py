"""The addon where Odoo's CRM has just been installed: without demo data, without any lead.

Most companies meet it there. It shows nothing without an error, and tells of the first lead all
there is to tell. What it does there as in any other world is in ``test_worlds.py``.
"""

import pytest

from dev.checkout import addon_names
from dev.database import copied
from dev.worlds import apps, clicks, screens, visits
from dev.worlds.catalog import NOTHING
from dev.worlds.world import WITHOUT_DEMO

from .clients import WebClient
from .processes import this_odoo
from .server import Server

LEDGER = "SELECT direction, to_type, to_status FROM crm_stage_transition ORDER BY id"
FRAMEWORK = "crm.qualification.framework"
FRAMEWORKS = "SELECT name->>'en_US' FROM crm_qualification_framework"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The world, with the addon installed from the command line."""
    odoo = this_odoo()
    with copied(odoo, NOTHING.template) as database:
        complaints = odoo.load(database, "-i", addon_names(), WITHOUT_DEMO)
        folder = tmp_path_factory.mktemp(NOTHING.name)
        with Server(odoo, database, folder, words=[WITHOUT_DEMO]) as server:
            yield server, complaints


@pytest.fixture
def server(served):
    """The same; a warning in its log fails the test."""
    server, _complaints = served
    yield server
    complaints = server.new_complaints()
    assert not complaints, complaints


@pytest.fixture
def admin(server):
    return WebClient(server, "admin")


def test_the_command_line(served):
    server, complaints = served
    assert not complaints
    assert server.rows(LEDGER) == []


def test_every_menu_view_and_filter(admin):
    admin.call("res.users", "write", [admin.uid], vals={"tour_enabled": False})
    # as the company does that is going to qualify leads
    visits.save_settings(admin, group_use_lead=True)
    with clicks.clicking(admin) as browser:
        menus = clicks.click_everywhere(admin, browser)
    assert {"crm.menu_crm_opportunities", "crm.crm_menu_leads"}.issubset(menus)
    assert {
        f"{apps.ADDON}.crm_lead_menu_stuck",
        f"{apps.ADDON}.crm_funnel_dashboard_menu",
    }.issubset(menus)


def test_the_dashboard_of_nothing(admin):
    told = visits.get_dashboard(admin)
    assert {
        each["reached"] for step in told["steps"] for each in (step["now"], step["before"])
    } == {0}
    assert {step["now"]["rate"] for step in told["steps"]} == {None}
    assert told["contacts"]["now"]["converted"] == 0
    assert told["velocity"]["now"]["value"] is None
    assert not told["drop_off"] and not told["trend"]["rows"]
    header, *lines = visits.export_dashboard(admin)
    assert len(lines) > len(told["steps"]) and len(header) == 4


def test_there_is_nothing_to_tell(admin):
    assert visits.get_worth(admin) == []
    for impacts in visits.get_impact(admin).values():
        assert {(each["open"], each["held_back"], each["wins"]) for each in impacts} == {(0, 0, 0)}
    assert set(visits.get_usual_stays(admin)) == {0}
    assert visits.find_stuck(admin) == ([], [])
    assert visits.take_first_steps(admin) == {
        "framework": True,
        "impact": True,
        "team": False,
    }
    assert "Lead Conversion Rate" in visits.send_digest(admin)


def test_there_is_nothing_to_do(admin):
    assert visits.run_jobs(admin) == visits.JOBS
    assert visits.convert_selected(admin, []) == {"type": "ir.actions.act_window_close"}


def test_the_first_lead(admin):
    """Of one, everything is told: all of it and nothing of it, and no other to compare with."""
    values = {"name": "First", "type": "lead", "contact_name": "Ann", "expected_revenue": 100}
    lead_id = admin.create("crm.lead", values)
    look_at_everything(admin)
    visits.convert(admin, lead_id)
    look_at_everything(admin)
    admin.call("crm.lead", "action_set_won_rainbowman", [lead_id])
    steps = {step["type"]: step["now"] for step in look_at_everything(admin)["steps"]}
    assert (steps["lead"]["reached"], steps["lead"]["rate"]) == (1, 1)
    assert (steps["customer"]["reached"], steps["customer"]["value"]) == (1, 100)
    assert admin.server.rows(LEDGER) == [
        ("created", "lead", "open"),
        ("forward", "opportunity", "open"),
        ("skipped", "opportunity", "won"),
    ]


def look_at_everything(admin):
    """→ what the dashboard tells, after all else was looked at."""
    screens.open_app(admin)
    for look in (
        visits.run_jobs,
        visits.export_dashboard,
        visits.get_worth,
        visits.get_impact,
        visits.get_usual_stays,
        visits.find_stuck,
        visits.send_digest,
    ):
        look(admin)
    return visits.get_dashboard(admin)


def test_what_somebody_deletes(server, admin):
    """An update brings back what the addon cannot do without, and nothing else."""
    assert visits.delete(admin) == {FRAMEWORK}
    # the one that the company follows
    assert "“My Company” follows" in server.new_complaints()
    visits.save_settings(admin)
    look_at_everything(admin)
    assert not this_odoo().load(server.database, "-u", addon_names(), WITHOUT_DEMO)
    assert server.rows(FRAMEWORKS) == [("BANT",)]
