"""Automation rules of each trigger move leads, set off as people, programs and time do it."""

from datetime import date, timedelta

import pytest
import requests

from odoo.addons.sales_funnel_stages.tools.completeness import find_violations

from dev.database import copied
from dev.worlds import deals
from dev.worlds.automation import IMPOSSIBLE, OTHER, RULES
from dev.worlds.catalog import AUTOMATION
from dev.worlds.deals import Deal
from dev.worlds.world import WITHOUT_DEMO

from .clients import PATIENCE
from .processes import ask, this_odoo
from .server import Server
from .test_worlds import Place
from .whole_database import schema

pytestmark = pytest.mark.parametrize(
    "served", [pytest.param(AUTOMATION, id=AUTOMATION.name)], indirect=True, scope="module"
)

BY_TIME = ("on a date", "after creation", "after the last update")
JOB = "base_automation.ir_cron_data_base_automation_check"
COMMENT = {"body": "We are interested", "subtype_xmlid": "mail.mt_comment"}
FORM = """
from odoo.tests import Form
user = env["res.users"].search([("login", "=", {login!r})])
with Form(env["crm.lead"].with_user(user).browse({id_})) as form:
    form.priority = "2"
    print("ANSWER", form.stage_id.name)
env.cr.commit()
"""


@pytest.fixture(scope="module")
def served(request, tmp_path_factory):
    world = request.param
    with world.hosted(), copied(this_odoo(), world.template) as database:
        folder = tmp_path_factory.mktemp("world")
        with Server(this_odoo(), database, folder, words=[WITHOUT_DEMO]) as server:
            place = Place(world, server, schema(database))
            place.install()
            yield place


@pytest.fixture
def place(served):
    """The world; a warning in its log fails the test, see ``pytest_pyfunc_call``."""
    return served


def wait(place, name, **values):
    """→ an opportunity that meets everything, for which a rule waits that was not set off yet."""
    values = {"type": "opportunity", **deals.ALL_ANSWERS, **values}
    deal = make(place, "Waiting", **values)
    assert get_stage(deal) == "New"
    deal.write(name=name)
    return deal


def make(place, name, **values):
    client = place.people.manager
    values = deals.prepare(place.people, "enforce", name=name, **values)
    return Deal(client, client.create("crm.lead", values))


def get_stage(deal):
    [stage] = deal.call("read", fields=["stage_id"])
    return stage["stage_id"][1]


def move(deal):
    qualified = deal.client.call("crm.stage", "search", domain=[("name", "=", "Qualified")])
    deal.write(stage_id=qualified[0])


def set_user(deal):
    deal.write(user_id=False)


def add_tag(deal):
    tag_id = deal.client.create("crm.tag", {"name": f"Tag {deal.id}"})
    deal.write(tag_ids=[(4, tag_id)])


def set_priority(deal):
    deal.write(priority="2")


def lose_and_restore(deal):
    deal.lose()
    deal.restore()


def change_in_form(deal):
    script = FORM.format(login=deal.client.login, id_=deal.id)
    assert ask(this_odoo(), deal.client.server.database, script) == ["Proposition"]


def receive(deal):
    customer = deal.client.create("res.partner", {"name": "Cy", "email": "cy@deal.example.com"})
    deal.call("message_post", author_id=customer, message_type="email", **COMMENT)


def send(deal):
    deal.call("message_post", message_type="comment", **COMMENT)


EVERYTHING = (move, set_user, add_tag, set_priority, Deal.win, move, send, lose_and_restore)
SET_OFF = {
    "on create and edit of a stage": move,
    "on a stage": move,
    "on a user": set_user,
    "on a tag": add_tag,
    "on a priority": set_priority,
    "on unarchived": lose_and_restore,
    "on a change in a form": change_in_form,
    "on an incoming message": receive,
    "on an outgoing message": send,
}


def test_each_trigger(place):
    """There is a rule for each that Odoo has, but for those that leads cannot set off."""
    found = place.admin.call("base.automation", "fields_get", ["trigger"], attributes=["selection"])
    known = {name for name, _label in found["trigger"]["selection"]}
    assert {values["trigger"] for values, _code in RULES.values()} == known - {IMPOSSIBLE}
    assert not place.admin.call("crm.lead", "fields_get", ["state", "x_studio_state"])


def test_on_create(place):
    deal = make(place, "on create", type="opportunity", **deals.ALL_ANSWERS)
    assert get_stage(deal) == "Proposition"


@pytest.mark.parametrize("name", ("on create and edit", "on update"))
def test_on_edit(place, name):
    assert get_stage(wait(place, name)) == "Proposition"


@pytest.mark.parametrize("name", SET_OFF)
def test_on_what_people_do(place, name):
    deal = wait(place, name)
    assert get_stage(deal) == "New"
    SET_OFF[name](deal)
    assert get_stage(deal) == "Proposition"


def test_on_archived(place):
    deal = wait(place, "on archived")
    deal.lose()
    assert deal.read("active", "won_status") == [True, "pending"]


def test_on_deletion(place):
    deal, other = wait(place, "on deletion"), wait(place, OTHER)
    deal.call("unlink")
    assert other.read("active", "won_status") == [False, "lost"]


def test_on_a_webhook(place):
    deal = wait(place, "on a webhook")
    domain = [("trigger", "=", "on_webhook")]
    [rule] = place.admin.call(
        "base.automation", "search_read", domain=domain, fields=["webhook_uuid"]
    )
    url = f"{place.server.url}/web/hook/{rule['webhook_uuid']}"
    called = {"_model": "crm.lead", "_id": deal.id}
    assert get_stage(deal) == "New"
    assert requests.post(url, json=called, timeout=PATIENCE).json() == {"status": "ok"}
    assert get_stage(deal) == "Proposition"


def test_on_time(place):
    """By Odoo's own job, once the time has come: of those for which it has not, it moves none."""
    late = str(date.today() - timedelta(days=3))
    due = {name: wait(place, name, date_deadline=late) for name in BY_TIME}
    later = [wait(place, name, date_deadline=deals.LATER) for name in BY_TIME]
    with place.server.cursor() as cursor:
        # time goes by
        cursor.execute(
            "UPDATE crm_lead SET create_date = create_date - interval '2 hours',"
            " write_date = write_date - interval '2 hours' WHERE id = ANY(%s)",
            [[deal.id for deal in due.values()]],
        )
        cursor.connection.commit()
    place.admin.call("ir.cron", "method_direct_trigger", [place.admin.find(JOB)])
    assert {name: get_stage(deal) for name, deal in due.items()} == dict.fromkeys(
        BY_TIME, "Proposition"
    )
    assert {get_stage(deal) for deal in later} == {"New"}
    # whoever runs the job by hand moves them, as an administrator does here
    assert {deal.rows()[-1].verdict for deal in due.values()} == {"passed"}


def test_history(place):
    """The ledger tells of each move, though one has set off another."""
    assert find_violations(place.server.rows) == {}


def test_history_of_all(place):
    """Also where all of it is done to one lead, up to *Won* and back."""
    customer_id = place.admin.create("res.partner", {"name": "Acme"})
    for name in RULES:
        values = {"type": "opportunity", "partner_id": customer_id, **deals.ALL_ANSWERS}
        deal = make(place, name, **values)
        for act in EVERYTHING:
            act(deal)
    assert find_violations(place.server.rows) == {}
