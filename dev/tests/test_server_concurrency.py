"""Two people who move one lead at the same time, each with a real connection."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from .batches import WIZARD
from .clients import Json2Client, OdooRpcClient, Refused, WebClient, XmlRpcClient
from .sales import CONVERT_ANSWERS, QUALIFIED_ANSWERS, WON_ANSWERS
from .server import PATIENCE

# Holds up the first transaction that changes a lead, before it does, while somebody has lock 1;
# those that come after it pass.
HOLD_UP = """
    CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF pg_try_advisory_xact_lock(2) THEN
            PERFORM pg_advisory_xact_lock_shared(1);
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER hold_up BEFORE UPDATE ON crm_lead
        FOR EACH STATEMENT EXECUTE FUNCTION hold_up();
"""
WAITING = """
    SELECT count(*)
      FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def outcome(call):
    """→ the result of a call, or the :class:`Refused` that it raised."""
    try:
        return call()
    except Refused as refused:
        return refused


def overtaken(server, slow, fast):
    """Have a call stop before it writes on a lead until another is through → their outcomes.

    The slow one has read the database before the fast one has changed it.
    """
    with server.cursor() as holder, ThreadPoolExecutor(1) as pool:
        holder.execute("SELECT pg_advisory_xact_lock(1)")
        try:
            future = pool.submit(outcome, slow)
            wait_until_waiting(server, future)
            fast_outcome = outcome(fast)
        finally:
            holder.connection.rollback()
        return future.result(), fast_outcome


def together(server, lead_id, *calls):
    """Have calls stop where they write on one lead, then let all go on → their outcomes."""
    with server.cursor() as holder, ThreadPoolExecutor(len(calls)) as pool:
        holder.execute("SELECT FROM crm_lead WHERE id = %s FOR NO KEY UPDATE", [lead_id])
        try:
            futures = [pool.submit(outcome, call) for call in calls]
            wait_until_waiting(server, *futures)
        finally:
            holder.connection.rollback()
        return [future.result() for future in futures]


def wait_until_waiting(server, *futures):
    end = time.monotonic() + PATIENCE
    while server.rows(WAITING) != [(len(futures),)]:
        for future in futures:
            assert not future.done(), f"did not wait: {future.result()}"
        assert time.monotonic() < end, "does not wait"
        time.sleep(0.01)


@pytest.fixture(scope="module", autouse=True)
def _hold_up(running_server):
    with running_server.cursor() as cursor:
        cursor.execute(HOLD_UP)
        cursor.connection.commit()


@pytest.fixture
def people(sales):
    """The clients of two people who are called Ann and Bob."""
    return lambda ann_has, bob_has: (sales.client(ann_has, "ann"), sales.client(bob_has, "bob"))


# ------------------------------------------------------------------
# Doors: (sales, client, lead) → a call without arguments
# ------------------------------------------------------------------


def write_stage(name):
    def door(sales, client, lead_id):
        values = {"stage_id": sales.stages[name]}
        return lambda: client.call("crm.lead", "write", [lead_id], vals=values)

    return door


def drag(name):
    def door(sales, client, lead_id):
        values = {"stage_id": sales.stages[name]}
        return lambda: client.call(
            "crm.lead", "web_save", [lead_id], vals=values, specification={"stage_id": {}}
        )

    return door


def method(name, **arguments):
    def door(_sales, client, lead_id):
        return lambda: client.call("crm.lead", name, [lead_id], **arguments)

    return door


def wizard(sales, client, lead_id):
    id_, context = sales.make_wizard(client, [lead_id])
    return lambda: client.call(
        "crm.lead2opportunity.partner", "action_apply", [id_], context=context
    )


convert = method("convert_opportunity", partner=False)
write_type = method("write", vals={"type": "opportunity"})


CONVERTED, QUALIFIED = "converted by Ann.", "moved by Ann, to Qualified."


@pytest.mark.parametrize(
    ("ann_has", "first", "bob_has", "second", "told"),
    [
        (WebClient, wizard, WebClient, wizard, CONVERTED),
        (WebClient, wizard, XmlRpcClient, convert, CONVERTED),
        (Json2Client, convert, WebClient, wizard, CONVERTED),
        (OdooRpcClient, write_type, Json2Client, convert, CONVERTED),
        (WebClient, method("action_set_lost"), WebClient, wizard, "marked as lost by Ann."),
    ],
)
def test_who_converts_is_told(server, sales, people, ann_has, first, bob_has, second, told):
    lead_id = sales.make_lead(**CONVERT_ANSWERS)
    ann, bob = people(ann_has, bob_has)
    refused, done = overtaken(server, second(sales, bob, lead_id), first(sales, ann, lead_id))
    assert not isinstance(done, Refused), done
    assert isinstance(refused, Refused), refused
    assert f"has just been {told}" in refused.text
    [step] = sales.steps(lead_id)
    assert step["by_user_name"] == "Ann"
    assert sales.count_customers(lead_id) == (first is wizard)


@pytest.mark.parametrize(
    ("ann_has", "first", "bob_has", "second", "told"),
    [
        (WebClient, drag("Qualified"), WebClient, drag("Qualified"), QUALIFIED),
        (WebClient, drag("Qualified"), OdooRpcClient, write_stage("New"), QUALIFIED),
        (XmlRpcClient, write_stage("Qualified"), XmlRpcClient, drag("Proposition"), QUALIFIED),
        (Json2Client, write_stage("Qualified"), WebClient, method("action_set_lost"), QUALIFIED),
        (
            WebClient,
            method("action_set_lost"),
            WebClient,
            method("action_set_won_rainbowman"),
            "marked as lost by Ann.",
        ),
        (
            WebClient,
            method("action_set_won_rainbowman"),
            Json2Client,
            drag("Proposition"),
            "moved by Ann, to Won.",
        ),
    ],
)
def test_who_moves_is_told(server, sales, people, ann_has, first, bob_has, second, told):
    lead_id = sales.make_opportunity(**WON_ANSWERS, partner_id=sales.customer_id)
    ann, bob = people(ann_has, bob_has)
    refused, done = overtaken(server, second(sales, bob, lead_id), first(sales, ann, lead_id))
    assert not isinstance(done, Refused), done
    assert isinstance(refused, Refused), refused
    assert f"has just been {told}" in refused.text
    [step] = sales.steps(lead_id)
    assert step["by_user_name"] == "Ann"


@pytest.mark.parametrize("round_", range(2))
@pytest.mark.parametrize("door", [wizard, convert, write_type])
def test_one_of_two_converts(server, sales, people, door, round_):
    lead_id = sales.make_lead(**CONVERT_ANSWERS)
    calls = [door(sales, client, lead_id) for client in people(WebClient, WebClient)]
    [refused] = [each for each in together(server, lead_id, *calls) if isinstance(each, Refused)]
    [step] = sales.steps(lead_id)
    assert f"has just been converted by {step['by_user_name']}." in refused.text
    assert sales.count_customers(lead_id) == (door is wizard)


@pytest.mark.parametrize("stage", ["Qualified", "Proposition"])
def test_one_of_two_moves(server, sales, people, stage):
    lead_id = sales.make_opportunity(**WON_ANSWERS)
    calls = [
        door(sales, client, lead_id)
        for door, client in zip(
            [drag("Qualified"), drag(stage)], people(WebClient, WebClient), strict=True
        )
    ]
    [refused] = [each for each in together(server, lead_id, *calls) if isinstance(each, Refused)]
    [step] = sales.steps(lead_id)
    assert f"has just been moved by {step['by_user_name']}, to" in refused.text


def test_without_an_overlap(server, sales, people):
    """A wizard that is open while somebody else converts the lead says so."""
    lead_id = sales.make_lead(**CONVERT_ANSWERS)
    ann, bob = (wizard(sales, client, lead_id) for client in people(WebClient, WebClient))
    ann()
    with pytest.raises(Refused, match="“Deal .*” has just been converted by Ann."):
        bob()
    assert len(sales.steps(lead_id)) == sales.count_customers(lead_id) == 1


# ------------------------------------------------------------------
# What goes on
# ------------------------------------------------------------------


def test_who_does_not_move_is_not_told(server, sales, people):
    lead_id = sales.make_opportunity(**QUALIFIED_ANSWERS)
    ann, bob = people(WebClient, WebClient)
    hand_over = method("write", vals={"user_id": bob.uid, "team_id": False})
    done = overtaken(server, hand_over(sales, bob, lead_id), drag("Qualified")(sales, ann, lead_id))
    assert not any(isinstance(each, Refused) for each in done), done
    assert [step["direction"] for step in sales.steps(lead_id)] == ["forward", "handed_over"]


@pytest.mark.parametrize(
    "vals", [{"need_summary": "They said so"}, {"user_id": 2, "team_id": False}]
)
def test_who_was_not_overtaken_moves(server, sales, people, vals):
    """Whatever else has changed meanwhile, also where a move is several writes."""
    lead_id = sales.make_opportunity(**WON_ANSWERS, partner_id=sales.customer_id)
    sales.admin.call("crm.lead", "action_set_lost", [lead_id])
    ann, bob = people(WebClient, WebClient)
    done = overtaken(
        server,
        method("action_set_won")(sales, bob, lead_id),
        method("write", vals=vals)(sales, ann, lead_id),
    )
    assert not any(isinstance(each, Refused) for each in done), done
    assert sales.place(lead_id) == ("opportunity", sales.stages["Won"], True)


def mass_conversion(sales, client, lead_ids):
    """Open the wizard of mass conversion → its id, and what converts."""
    id_, context = sales.make_wizard(
        client, lead_ids, WIZARD, action="each_exist_or_create", deduplicate=False
    )
    return id_, lambda: client.call(WIZARD, "action_mass_convert", [id_], context=context)


def test_a_mass_conversion_goes_on(server, sales, people):
    """A lead that somebody moves meanwhile is left as it is, and named."""
    lead_ids = [sales.make_lead(**CONVERT_ANSWERS) for _index in range(3)]
    ann, bob = people(WebClient, WebClient)
    id_, convert = mass_conversion(sales, bob, lead_ids)
    result, done = overtaken(
        server,
        convert,
        wizard(sales, ann, lead_ids[1]),
    )
    assert not isinstance(done, Refused), done
    assert not isinstance(result, Refused), result
    assert result["name"] == "Not converted"
    [held_back] = bob.call(
        "crm.lead2opportunity.skipped",
        "search_read",
        domain=[("wizard_id", "=", id_)],
        fields=["lead_id", "reason"],
    )
    assert held_back["lead_id"][0] == lead_ids[1]
    assert "has just been converted by Ann." in held_back["reason"]
    for lead_id, name in zip(lead_ids, ["Bob", "Ann", "Bob"], strict=True):
        [step] = sales.steps(lead_id)
        assert step["by_user_name"] == name
        assert sales.count_customers(lead_id) == 1


def test_a_merge_goes_on(server, sales, people):
    """It merges what there is by then."""
    lead_ids = [sales.make_opportunity(**QUALIFIED_ANSWERS) for _index in range(2)]
    ann, bob = people(WebClient, WebClient)
    done = overtaken(
        server,
        lambda: bob.call("crm.lead", "merge_opportunity", lead_ids),
        drag("Qualified")(sales, ann, lead_ids[0]),
    )
    assert not any(isinstance(each, Refused) for each in done), done
    [survivor] = [id_ for id_ in lead_ids if sales.exists(id_)]
    assert sales.place(survivor) == ("opportunity", sales.stages["Qualified"], True)


def test_what_is_run_again_was_not_held_back(server, sales, people):
    """A refusal that Odoo undid since somebody else came first was told to nobody."""
    lead_ids = [sales.make_lead(), sales.make_lead(**CONVERT_ANSWERS)]
    ann, bob = people(WebClient, WebClient)
    _id, convert = mass_conversion(sales, bob, lead_ids)
    result, done = overtaken(
        server,
        convert,
        lambda: ann.call("crm.lead", "write", lead_ids, vals=CONVERT_ANSWERS),
    )
    assert not any(isinstance(each, Refused) for each in (result, done)), (result, done)
    assert [sales.place(lead_id)[0] for lead_id in lead_ids] == ["opportunity"] * 2
    assert not server.rows("SELECT FROM crm_stage_refusal WHERE lead_ref = ANY(%s)", lead_ids)
