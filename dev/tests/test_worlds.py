"""What people do with the addon, in each world; the worlds are in ``dev/worlds/catalog.py``.

One journey: it is installed as people install it, shows every screen without an error, leads are
worked on by salespeople under a team that enforces and one that guides, it is updated, and goes
without a trace. The tests of a world share its database and run in the order of this file; each is
a check, by which its world lists the failures that are known. What a check is about it makes
itself, so that each can be selected alone.
"""

import re
from contextlib import contextmanager

import pytest

from odoo.addons.sales_funnel_stages.tools.completeness import find_violations

from dev.database import copied
from dev.worlds import apps, clicks, deals, figures, screens, visits
from dev.worlds.catalog import WORLDS
from dev.worlds.deals import Deal
from dev.worlds.people import People, Person
from dev.worlds.world import WITHOUT_DEMO, run_script

from .clients import Refused
from .processes import this_odoo
from .server import Server
from .whole_database import STAMPS, lost, query, rows, schema

POLICIES = ("enforce", "guide")
# A customer's addon may be called as ours are.
REMAINS = r"""
    SELECT * FROM ir_model_data
     WHERE module LIKE 'sales\_funnel\_stages%'
       AND module NOT IN (SELECT name FROM ir_module_module WHERE state = 'installed')
"""
# What Odoo notes of an update, whatever is updated; it makes some lines anew, and keeps old views.
# The rules are read anew, since the files of the frameworks have been.
OF_UPDATES = {
    *("orm_signaling_registry", "ir_attachment", "ir_cron_trigger", "ir_module_module"),
    "crm_rulebook",
}
STAMPS_OF_UPDATES = {*STAMPS, "id", "create_date", "create_uid", "arch_prev"}


BOUND_OF_NOBODY = """
    SELECT rule.id FROM crm_stage_rule AS rule
     WHERE rule.stage_id IS NOT NULL AND rule.framework_id NOT IN (
               SELECT qualification_framework_id FROM res_company
                WHERE qualification_framework_id IS NOT NULL
                UNION SELECT framework_id FROM crm_team WHERE framework_id IS NOT NULL)
"""


class Place:
    """A world with the addon, served over HTTP.

    :ivar world: the :class:`World`
    :ivar people: who works there
    :ivar schema: what the database was made of before the addon was installed
    :ivar complaints: of the browser in which it was installed
    :ivar violations: what was not as it must be once it was installed
    """

    def __init__(self, world, server, before):
        self.world = world
        self.server = server
        self.schema = before
        self.complaints = []

    @property
    def admin(self):
        return self.people.admin

    def install(self):
        """Install the addon from the list of apps, and let people come."""
        admin = Person(self.server, "admin")
        if self.world.in_browser:
            with clicks.clicking(admin) as browser:
                apps.activate(self.server, browser)
                self.complaints = [*browser.complaints]
        else:
            apps.press(admin, apps.INSTALL)
        self.violations = find_violations(self.server.rows)
        self.people = People(self.server, self.world.has_teams)
        if self.world.set_up:
            run_script(this_odoo(), self.server.database, self.world.set_up)


def pytest_generate_tests(metafunc):
    """Make of each check a test for each world; known failures are expected, and end with it."""
    if "place" in metafunc.fixturenames:
        check = metafunc.function.__name__.removeprefix("test_")
        # those where it is impossible, too: pytest goes by the places in this list, and with one
        # less, runs a check of the next world in the midst of another; see conftest.py
        worlds = [
            pytest.param(world, id=world.name, marks=_get_marks(world, check)) for world in WORLDS
        ]
        metafunc.parametrize("served", worlds, indirect=True, scope="module")


def _get_marks(world, check):
    marks = [pytest.mark.world(world.name)] if world.is_long else []
    if issue := world.known_failures.get(check):
        marks.append(pytest.mark.xfail(strict=True, reason=f"issue {issue}"))
    return marks


@pytest.fixture(scope="module")
def served(request, tmp_path_factory):
    """A world in which the addon was just installed."""
    world = request.param
    with world.hosted(), copied(this_odoo(), world.template) as database:
        before = schema(database)
        folder = tmp_path_factory.mktemp("world")
        with Server(this_odoo(), database, folder, words=[WITHOUT_DEMO]) as server:
            place = Place(world, server, before)
            place.install()
            yield place


@pytest.fixture
def place(served):
    """The same; a warning in its log fails the check: see ``pytest_pyfunc_call``."""
    return served


@pytest.fixture
def people(place):
    return place.people


def test_install(place):
    assert apps.state(place.server) == "installed"
    assert not place.complaints
    assert place.violations == {}


def test_templates(place):
    """A framework that nobody follows is bound to no stage."""
    assert place.server.rows(BOUND_OF_NOBODY) == []


def test_choose_framework(place, people):
    """One that somebody follows is bound to stages, for as long as that."""
    framework_id = place.admin.find("sales_funnel_stages.framework_meddpicc")
    bound = [("framework_id", "=", framework_id), ("stage_id", "!=", False)]
    team_id = place.admin.create("crm.team", {"name": "Champions", "framework_id": framework_id})
    is_bound = bool(place.admin.call("crm.stage.rule", "search_count", domain=bound))
    # where there is but one stage, there is no step between two
    assert is_bound == (place.admin.call("crm.stage", "search_count", domain=[]) > 1)
    place.admin.call("crm.team", "unlink", [team_id])
    assert place.server.rows(BOUND_OF_NOBODY) == []


def test_delete_stage(place, people):
    """What is in use is not deleted, and whoever tries it reads of all that holds it."""
    qualified(people, "guide")
    for stage_id in place.admin.call("crm.stage", "search", domain=[]):
        rules = place.admin.call(
            "crm.stage.rule",
            "search_read",
            domain=[("stage_id", "=", stage_id)],
            fields=["criterion_id"],
        )
        [(leads,)] = place.server.rows(
            "SELECT count(*) FROM crm_lead WHERE stage_id = %s", stage_id
        )
        if not rules and not leads:
            continue
        with refused(place) as caught:
            place.admin.call("crm.stage", "unlink", [stage_id])
        for rule in rules:
            assert rule["criterion_id"][1] in caught.value.text
        assert not leads or re.search(rf"\b{leads}\b", caught.value.text)


def test_delete_stage_with_its_rules(place, people):
    """The dialog that is offered then does away with the rules, and so with the stage."""
    stage_id = place.admin.create("crm.stage", {"name": "Spare", "sequence": 1000})
    rule_id = place.admin.create(
        "crm.stage.rule",
        {
            "framework_id": place.admin.find("sales_funnel_stages.framework_bant"),
            "criterion_id": place.admin.find("sales_funnel_stages.criterion_bant_need"),
            "stage_id": stage_id,
        },
    )
    with refused(place):
        place.admin.call("crm.stage", "unlink", [stage_id])
    values = {"stage_ids": [(6, 0, [stage_id])], "handling": "remove"}
    dialog_id = place.admin.create("crm.stage.delete", values)
    place.admin.press("crm.stage.delete", "action_confirm", [dialog_id])
    for model, id_ in (("crm.stage", stage_id), ("crm.stage.rule", rule_id)):
        assert not place.admin.call(model, "search_count", domain=[("id", "=", id_)])


# ----------------------------------------------------------------------
# What salespeople do
# ----------------------------------------------------------------------


@pytest.mark.parametrize("policy", POLICIES)
def test_qualify(place, people, policy):
    deal = Deal.new(people, policy)
    assert deal.read("is_qualified", "qualification_score") == [False, 0]
    deal.write(**deals.ALL_ANSWERS)
    is_qualified, score = deal.read("is_qualified", "qualification_score")
    assert is_qualified and score > 50


@pytest.mark.parametrize("policy", POLICIES)
def test_convert(place, people, policy):
    deal = Deal.new(people, policy)
    if policy == "enforce":
        with refused(place) as caught:
            deal.convert()
        [refusal] = caught.value.context["stage_rule_refusals"]
        assert refusal["lead_id"] == deal.id and len(refusal["criterion_ids"]) == 3
        assert deal.read("type") == ["lead"]
        deal.write(**deals.ALL_ANSWERS)
    deal.convert()
    type_, customer_id = deal.read("type", "partner_id")
    assert type_ == "opportunity" and customer_id
    verdicts = [row.verdict for row in deal.rows() if row.to_type == "opportunity"]
    assert verdicts[0] == {"enforce": "passed", "guide": "guided"}[policy]


@pytest.mark.parametrize("policy", POLICIES)
def test_advance(place, people, policy):
    """*Advance* goes through the stages that the kanban shows, up to the first one that is won."""
    deal = qualified(people, policy)
    shown = deals.kanban(deal.client, people.team_ids[policy])
    steps = [stage for stage in shown if not (stage.is_won or stage.is_outside)]
    steps += [stage for stage in shown if stage.is_won][:1]
    [here] = deal.read("stage_id")
    seen = [here] if here else []
    while deal.read("next_stage_id") != [False]:
        seen.append(deal.advance())
    assert seen == [stage.id for stage in steps]


@pytest.mark.parametrize("policy", POLICIES)
def test_today(place, people, policy):
    """What happened today, where the salesperson is, has happened."""
    client = people.rep(policy)
    today = deals.get_today(client)
    answers = {"first_contact_date": today, "engagement_date": today, "purchase_date": today}
    deal = qualified(people, policy, **answers)
    while deal.read("next_stage_id") != [False]:
        deal.advance()
    assert {row.verdict for row in deal.rows()} <= {"passed"}


@pytest.mark.parametrize("policy", POLICIES)
def test_win(place, people, policy):
    deal = qualified(people, policy)
    deal.win()
    assert deal.read("probability", "active") == [100, True]
    # as Odoo has it, nothing is won where no stage is
    can_win = any(stage.is_won for stage in deals.kanban(deal.client, people.team_ids[policy]))
    assert deal.rows()[-1].to_status == ("won" if can_win else "open")


@pytest.mark.parametrize("policy", POLICIES)
def test_lose_and_restore(place, people, policy):
    deal = qualified(people, policy)
    [stage_id] = deal.read("stage_id")
    deal.lose()
    assert deal.rows()[-1].to_status == "lost"
    deal.restore()
    assert deal.read("stage_id", "won_status") == [stage_id, "pending"]
    assert deal.rows()[-1].direction == "reopened"


@pytest.mark.parametrize("policy", POLICIES)
def test_return_to_lead(place, people, policy):
    deal = qualified(people, policy)
    deal.return_to_lead()
    assert deal.read("type", "won_status") == ["lead", "pending"]
    deal.convert()
    assert deal.read("type") == ["opportunity"]


@pytest.mark.parametrize("policy", POLICIES)
def test_revisit(place, people, policy):
    deal = qualified(people, policy)
    deal.lose(revisit_date=deals.LATER)
    # days go by
    with place.server.cursor() as cursor:
        statement = "UPDATE crm_lead SET revisit_date = current_date - 2 WHERE id = %s"
        cursor.execute(statement, [deal.id])
        cursor.connection.commit()
    visits.run_jobs(place.admin)
    assert deal.read("type", "won_status") == ["lead", "pending"]


@pytest.mark.parametrize("policy", POLICIES)
def test_merge(place, people, policy):
    """A lead and an opportunity: what is left is an opportunity."""
    lead, opportunity = Deal.new(people, policy), qualified(people, policy)
    kept_id = deals.merge(lead.client, [lead, opportunity])
    assert [deal.id for deal in (lead, opportunity) if deal.is_there()] == [kept_id]
    assert Deal(lead.client, kept_id).read("type") == ["opportunity"]


@pytest.mark.parametrize("policy", POLICIES)
def test_import(place, people, policy):
    client = people.rep(policy)
    ready = deals.prepare_row(people, policy, type="opportunity", **deals.ALL_ANSWERS)
    unready = {**ready, **deals.prepare_row(people, policy), "need_level": ""}
    unready["type"] = "opportunity"
    answer = deals.import_(client, [ready, unready])
    refused = [message for message in answer["messages"] if message.get("stage_rule")]
    if policy == "enforce":
        assert not answer["ids"] and [each["record"] for each in refused] == [1]
        answer = deals.import_(client, [ready])
    assert not answer["messages"], answer
    for id_ in answer["ids"]:
        assert Deal(client, id_).read("type") == ["opportunity"]


@pytest.mark.parametrize("policy", POLICIES)
def test_convert_selected(place, people, policy):
    ready = [Deal.new(people, policy, **deals.ALL_ANSWERS) for _ in range(2)]
    unready = Deal.new(people, policy)
    visits.convert_selected(ready[0].client, [deal.id for deal in [*ready, unready]])
    assert [deal.read("type") for deal in ready] == [["opportunity"]] * 2
    assert unready.read("type") == [{"enforce": "lead", "guide": "opportunity"}[policy]]


@pytest.mark.parametrize("policy", POLICIES)
def test_batch_and_undo(place, people, policy):
    """Many are converted in the background, and are leads again as they were."""
    customer_id = place.admin.create("res.partner", {"name": "Acme", "street": "Rue Haute 2"})
    chosen = [
        Deal.new(people, policy, **deals.ALL_ANSWERS, **values)
        for values in ({}, deals.DETAILS, {**deals.DETAILS, "partner_id": customer_id})
    ]
    before = deals.read_columns(place.admin, chosen)
    batch_id = deals.start_batch(place.admin, chosen)
    visits.run_jobs(place.admin)
    assert deals.read_batch(place.admin, batch_id, "state", "done_count") == ["done", 3]
    assert [deal.read("type") for deal in chosen] == [["opportunity"]] * 3
    deals.undo_batch(place.admin, batch_id)
    visits.run_jobs(place.admin)
    assert deals.read_batch(place.admin, batch_id, "state", "undone_count") == ["undone", 3]
    after = deals.read_columns(place.admin, chosen)
    assert {row["write_uid"] for row in after} == {place.admin.uid}
    changed = [
        (name, was.get(name), row.get(name))
        for was, row in zip(before, after, strict=True)
        for name in (was.keys() | row.keys()) - {*deals.NOT_GIVEN_BACK}
        if row.get(name) != was.get(name)
    ]
    assert not changed


def test_nobodys(place, people):
    """A lead without salesperson, team or company."""
    values = {"name": "Nobody's", "type": "lead", "user_id": False, "team_id": False}
    deal = Deal(place.admin, place.admin.create("crm.lead", values))
    deal.write(contact_name="Someone", company_id=False, **deals.ALL_ANSWERS)
    deal.convert()
    deal.advance()
    deal.lose()
    deal.restore()


@contextmanager
def refused(place):
    """In the ``with`` statement somebody is refused something, and Odoo logs nothing else."""
    with pytest.raises(Refused) as caught:
        yield caught
    [logged] = place.server.new_complaints().split("\n20")
    assert caught.value.text.splitlines()[0] in logged


def qualified(people, policy, **answers):
    """→ an opportunity that meets everything."""
    deal = Deal.new(people, policy, **{**deals.ALL_ANSWERS, **answers})
    deal.convert()
    return deal


# ----------------------------------------------------------------------
# What is so, after all that
# ----------------------------------------------------------------------


def test_history(place):
    """The ledger tells of all that there is, without a gap."""
    assert find_violations(place.server.rows) == {}


@pytest.mark.parametrize("model", ("crm.lead", "crm.stage.transition", "crm.funnel.report"))
def test_companies(place, people, model):
    """Nobody sees anything of a company in which they do not work."""
    for policy in POLICIES:
        Deal.new(people, policy)
    for client in people.everybody.values():
        [user] = client.call("res.users", "read", [client.uid], fields=["company_ids"])
        seen = client.call(model, "search_read", domain=[], fields=["company_id"])
        companies = {row["company_id"][0] for row in seen if row["company_id"]}
        assert seen and companies <= set(user["company_ids"])


@pytest.mark.parametrize("groupby", figures.GROUPINGS, ids="+".join)
def test_funnel(place, people, groupby):
    qualified(people, "guide")
    told, counted = figures.get_funnel(place.admin, groupby)
    assert counted and told == counted


@pytest.mark.parametrize("name", ("dashboard", "worth", "usual_and_stuck", "digest"))
def test_figures(place, name):
    told, counted = getattr(figures, f"get_{name}")(place.admin)
    assert told == counted


def test_what_else_there_is_to_see(place):
    for look in (visits.export_dashboard, visits.get_impact, visits.send_digest):
        assert look(place.admin)
    assert visits.run_jobs(place.admin) == visits.JOBS


@pytest.mark.parametrize("role", ("admin", "manager", "rep"))
def test_screens(place, people, role):
    assert len(screens.open_app(people.everybody[role])) > 5


# ----------------------------------------------------------------------
# And its end
# ----------------------------------------------------------------------


def test_update(place):
    """To update to what is there already changes nothing."""
    database = place.server.database
    schema_before, before = schema(database), comparable_rows(database)
    apps.press(place.admin, apps.UPGRADE)
    after = comparable_rows(database)
    assert schema(database) == schema_before
    for one, other in ((before, after), (after, before)):
        changed = lost(one, other, OF_UPDATES, STAMPS_OF_UPDATES)
        assert changed == {}, {table: found[:3] for table, found in changed.items()}


def comparable_rows(database):
    """→ what ``rows`` returns, but what any addon that extends ``mail.thread`` differs in.

    To Odoo it then brings the inheritance of those models that happen to be loaded with it.
    """
    found = rows(database)
    found["ir_model_data"] = [
        row for row in found["ir_model_data"] if row["model"] != "ir.model.inherit"
    ]
    return found


def test_leave(place):
    """It leaves nothing of it behind."""
    database = place.server.database
    apps.uninstall(place.admin)
    assert apps.state(place.server) == "uninstalled"
    assert schema(database) == place.schema
    assert query(database, REMAINS) == []


def test_screens_after(place):
    """Without it, people open the same screens."""
    for login in ("admin", "ann"):
        assert len(screens.open_app(Person(place.server, login))) > 5


def test_assignment_after(place):
    """Without it, the assignment of leads goes on."""
    admin = Person(place.server, "admin")
    team_ids = admin.call("crm.team", "search", domain=[])
    admin.press("crm.team", "action_assign_leads", team_ids)


@pytest.mark.parametrize("policy", POLICIES)
def test_life_after(place, policy):
    """Without it, people work on new leads and on those that there are."""
    client = Person(place.server, place.people.rep(policy).login)
    deal = Deal(client, client.create("crm.lead", {"name": "Afterwards", "type": "lead"}))
    deal.convert()
    deal.win()
    assert deal.read("type", "probability") == ["opportunity", 100]
    for id_ in client.call("crm.lead", "search", domain=[("name", "like", "Deal")]):
        Deal(client, id_).write(priority="1")
