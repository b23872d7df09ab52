"""The addon where Odoo's CRM has just been installed: without demo data, without any lead.

Most companies meet it there. It is installed as they do it, shows nothing without an error, tells
of the first lead all there is to tell, and goes without a trace.
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
from .whole_database import query, schema

LEDGER = "SELECT direction, to_type, to_status FROM crm_stage_transition ORDER BY id"
REMAINS = r"SELECT * FROM ir_model_data WHERE module LIKE 'sales\_funnel\_stages%'"
FRAMEWORK = "crm.qualification.framework"
FRAMEWORKS = "SELECT name->>'en_US' FROM crm_qualification_framework"


class Served:
    """The world with the addon, over HTTP.

    :ivar admin: a :class:`WebClient` of the administrator
    :ivar schema: what the database was made of before the addon was installed
    :ivar complaints: of the browser in which it was installed
    """

    def __init__(self, server, schema_, complaints):
        self.server = server
        self.admin = WebClient(server, "admin")
        self.schema = schema_
        self.complaints = complaints


@pytest.fixture(scope="module")
def activated(tmp_path_factory):
    """The world in which *Activate* was pressed in the list of apps."""
    odoo = this_odoo()
    with copied(odoo, NOTHING.template) as database:
        before = schema(database)
        folder = tmp_path_factory.mktemp(NOTHING.name)
        with Server(odoo, database, folder, words=[WITHOUT_DEMO]) as server:
            with clicks.clicking(WebClient(server, "admin")) as browser:
                apps.activate(server, browser)
                complaints = [*browser.complaints]
            yield Served(server, before, complaints)


@pytest.fixture
def world(activated):
    """The same; a warning in its log fails the test."""
    yield activated
    complaints = activated.server.new_complaints()
    assert not complaints, complaints


def test_the_list_of_apps(world):
    assert apps.state(world.server) == "installed"
    assert not world.complaints
    assert query(world.server.database, LEDGER) == []


def test_every_menu_view_and_filter(world):
    world.admin.call("res.users", "write", [world.admin.uid], vals={"tour_enabled": False})
    # as the company does that is going to qualify leads
    visits.save_settings(world.admin, group_use_lead=True)
    with clicks.clicking(world.admin) as browser:
        menus = clicks.click_everywhere(world.admin, browser)
    assert {"crm.menu_crm_opportunities", "crm.crm_menu_leads"}.issubset(menus)
    assert {
        f"{apps.ADDON}.crm_lead_menu_stuck",
        f"{apps.ADDON}.crm_funnel_dashboard_menu",
    }.issubset(menus)


def test_the_dashboard_of_nothing(world):
    told = visits.get_dashboard(world.admin)
    assert {
        each["reached"] for step in told["steps"] for each in (step["now"], step["before"])
    } == {0}
    assert {step["now"]["rate"] for step in told["steps"]} == {None}
    assert told["contacts"]["now"]["converted"] == 0
    assert told["velocity"]["now"]["value"] is None
    assert not told["drop_off"] and not told["trend"]["rows"]
    header, *lines = visits.export_dashboard(world.admin)
    assert len(lines) > len(told["steps"]) and len(header) == 4


def test_there_is_nothing_to_tell(world):
    assert visits.get_worth(world.admin) == []
    for impacts in visits.get_impact(world.admin).values():
        assert {(each["open"], each["held_back"], each["wins"]) for each in impacts} == {(0, 0, 0)}
    assert set(visits.get_usual_stays(world.admin)) == {0}
    assert visits.find_stuck(world.admin) == ([], [])
    assert visits.take_first_steps(world.admin) == {
        "framework": True,
        "impact": True,
        "team": False,
    }
    [mail] = visits.send_digest(world.admin)
    assert "Lead Conversion Rate" in mail


def test_there_is_nothing_to_do(world):
    assert visits.run_jobs(world.admin) == 2
    assert visits.convert_selected(world.admin, []) == {"type": "ir.actions.act_window_close"}


def test_the_first_lead(world):
    """Of one, everything is told: all of it and nothing of it, and no other to compare with."""
    admin = world.admin
    values = {"name": "First", "type": "lead", "contact_name": "Ann", "expected_revenue": 100}
    lead_id = admin.create("crm.lead", values)
    look_at_everything(admin)
    visits.convert(admin, lead_id)
    look_at_everything(admin)
    admin.call("crm.lead", "action_set_won_rainbowman", [lead_id])
    steps = {step["type"]: step["now"] for step in look_at_everything(admin)["steps"]}
    assert (steps["lead"]["reached"], steps["lead"]["rate"]) == (1, 1)
    assert (steps["customer"]["reached"], steps["customer"]["value"]) == (1, 100)
    assert query(world.server.database, LEDGER) == [
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


def test_it_leaves(world):
    apps.uninstall(world.admin)
    assert apps.state(world.server) == "uninstalled"
    database = world.server.database
    assert schema(database) == world.schema
    assert query(database, REMAINS) == []
    screens.open_app(WebClient(world.server, "admin"))


def test_the_command_line_and_what_somebody_deletes(tmp_path):
    """An update brings back what the addon cannot do without, and nothing else."""
    odoo = this_odoo()
    with copied(odoo, NOTHING.template) as database:
        assert not odoo.load(database, "-i", addon_names(), WITHOUT_DEMO)
        assert query(database, LEDGER) == []
        with Server(odoo, database, tmp_path, words=[WITHOUT_DEMO]) as server:
            admin = WebClient(server, "admin")
            assert visits.delete(admin) == {FRAMEWORK}
            # the one that the company follows
            assert "“My Company” follows" in server.new_complaints()
            visits.save_settings(admin)
            look_at_everything(admin)
            assert not server.new_complaints()
        assert not odoo.load(database, "-u", addon_names(), WITHOUT_DEMO)
        assert query(database, FRAMEWORKS) == [("BANT",)]
