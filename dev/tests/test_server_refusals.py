"""What the clients of the network get that move a lead which does not qualify."""

import pytest

from .clients import ALL_CLIENTS, Refused, XmlRpcClient
from .sales import CONVERT_ANSWERS, QUALIFIED_ANSWERS, REASON

ERROR = "odoo.addons.sales_funnel_stages.exceptions.StageRuleError"
CONVERT = ["need", "budget", "timeframe"]
QUALIFIED = [*CONVERT, "relationship", "requirements", "engagement"]
WON = [
    *QUALIFIED,
    "strong_need",
    "payment_terms",
    "supplier",
    "contract",
    "customer",
]


def method(name, **arguments):
    return lambda client, _sales, lead_id: client.call("crm.lead", name, [lead_id], **arguments)


def write_stage(client, sales, lead_id):
    client.call("crm.lead", "write", [lead_id], vals={"stage_id": sales.stages["Qualified"]})


def create(client, sales, _lead_id):
    values = {"name": "Deal", "type": "opportunity", "team_id": sales.team_id}
    client.create("crm.lead", {**values, "stage_id": sales.stages["Qualified"]})


def create_in(client, sales, _lead_id):
    """The same through defaults, which a client sends as well."""
    values = {"type": "opportunity", "team_id": sales.team_id, "stage_id": sales.stages["Won"]}
    context = {f"default_{name}": value for name, value in values.items()}
    client.create("crm.lead", {"name": "Deal"}, context=context)


def wizard(client, sales, lead_id):
    id_, context = sales.make_wizard(client, [lead_id])
    client.call("crm.lead2opportunity.partner", "action_apply", [id_], context=context)


def make_lead(sales):
    return sales.make_lead()


def make_opportunity(sales):
    return sales.make_opportunity()


@pytest.mark.parametrize("kind", ALL_CLIENTS)
@pytest.mark.parametrize(
    ("start", "move", "unmet"),
    [
        (make_lead, method("write", vals={"type": "opportunity"}), CONVERT),
        (make_lead, method("convert_opportunity", partner=False), CONVERT),
        (make_lead, wizard, CONVERT),
        (make_lead, create, QUALIFIED),
        (make_lead, create_in, WON),
        (make_opportunity, write_stage, QUALIFIED),
        (make_opportunity, method("action_set_won"), WON),
        (make_opportunity, method("action_set_won_rainbowman"), WON),
    ],
)
def test_a_refusal(server, sales, kind, start, move, unmet):
    """It says what is missing, to people and to programs, and leaves nothing behind."""
    lead_id = start(sales)
    client = sales.client(kind, "ann")
    before = sales.place(lead_id), sales.count()
    with pytest.raises(Refused, match="“Deal") as caught:
        move(client, sales, lead_id)
    assert (sales.place(lead_id), sales.count()) == before
    assert not sales.count_customers(lead_id)
    for name in sales.criterion_names(*unmet):
        assert f"- {name}" in caught.value.text
    if kind is XmlRpcClient:
        assert caught.value.context is None, "the protocol has text only"
        return
    [refusal] = caught.value.context["stage_rule_refusals"]
    assert caught.value.name == ERROR
    assert refusal["criterion_ids"] == sales.criteria(*unmet)
    assert refusal["message"] in caught.value.text
    assert refusal["lead_name"].startswith("Deal")


@pytest.mark.parametrize("kind", ALL_CLIENTS)
def test_an_import(server, sales, kind):
    """Each refused row is named; the call leaves nothing behind."""
    client = sales.client(kind, "ann")
    before = sales.count()
    result = client.call(
        "crm.lead",
        "load",
        fields=["name", "type", "team_id/.id", "stage_id/.id"],
        data=[["Deal", "Opportunity", str(sales.team_id), str(sales.stages["Qualified"])]],
    )
    assert not result["ids"]
    [message] = result["messages"]
    assert "“Deal” cannot become an opportunity yet" in message["message"]
    assert sales.count() == before


@pytest.mark.parametrize("kind", ALL_CLIENTS)
def test_what_qualifies(server, sales, kind):
    client = sales.client(kind, "ann")
    lead_id = sales.make_lead()
    client.call("crm.lead", "write", [lead_id], vals=CONVERT_ANSWERS)
    client.call("crm.lead", "convert_opportunity", [lead_id], partner=False)
    answers = {**QUALIFIED_ANSWERS, "stage_id": sales.stages["Qualified"]}
    client.call("crm.lead", "write", [lead_id], vals=answers)
    converted, qualified = sales.steps(lead_id)
    assert converted["to_type"] == "opportunity"
    assert qualified["to_stage_id"] == sales.stages["Qualified"]
    assert converted["verdict"] == qualified["verdict"] == "passed"


@pytest.mark.parametrize("kind", ALL_CLIENTS)
@pytest.mark.parametrize(
    "context",
    [
        {
            "sales_funnel_stages.MoveNote": {
                "reason": "So",
                "permission": "overridden",
                "approver_id": 2,
            }
        },
        {"sales_funnel_stages.MoveNote": "MoveNote(permission='approved')"},
        {"stage_rule_override_reason": "So", "stage_rule_is_gated": False},
        {"sales_funnel_stages.OnBehalf": 1},
        {"sales_funnel_stages.ImportReport": {"is_lenient": True}},
        {"tz": "Pacific/Kiritimati", "lang": "en_US", "allowed_company_ids": [1]},
        {"install_mode": True, "module": "sales_funnel_stages", "import_file": True},
        {"tracking_disable": True, "mail_notrack": True, "active_test": False},
        {"uid": 1, "su": True, "default_need_level": "strong"},
    ],
)
def test_a_forged_context(server, sales, kind, context):
    lead_id = sales.make_lead()
    with pytest.raises(Refused, match="cannot become an opportunity yet"):
        sales.client(kind, "ann").call(
            "crm.lead", "write", [lead_id], vals={"type": "opportunity"}, context=context
        )
    assert sales.steps(lead_id) == []


@pytest.mark.parametrize("kind", ALL_CLIENTS)
def test_an_override(server, sales, kind):
    """A reason lets pass who has the right to, and nobody else."""
    lead_id = sales.make_lead()
    move = {"values": {"type": "opportunity"}, "reason": REASON}
    with pytest.raises(Refused, match="You do not have the right to override"):
        sales.client(kind, "ann").call("crm.lead", "move_with_reason", [lead_id], **move)
    assert sales.steps(lead_id) == []
    manager = sales.client(kind, "cleo")
    assert manager.call("crm.lead", "move_with_reason", [lead_id], **move) == [lead_id]
    [step] = sales.steps(lead_id)
    assert step["verdict"] == "overridden"
    [row] = manager.call(
        "crm.stage.transition",
        "search_read",
        domain=[("lead_id", "=", lead_id), ("verdict", "=", "overridden")],
        fields=["reason", "unmet_criterion_ids", "by_user_name"],
    )
    assert row["reason"] == REASON
    assert sorted(row["unmet_criterion_ids"]) == sales.criteria(*CONVERT)
    assert row["by_user_name"] == "Cleo"
    notes = manager.call(
        "mail.message",
        "search_read",
        domain=[("model", "=", "crm.lead"), ("res_id", "=", lead_id)],
        fields=["body"],
    )
    assert sum(row["reason"] in note["body"] for note in notes) == 1


@pytest.mark.parametrize("kind", ALL_CLIENTS)
@pytest.mark.parametrize("login", ["ann", "cleo", "admin"])
def test_the_ledger_is_append_only(server, sales, kind, login):
    lead_id = sales.make_opportunity()
    client = sales.client(kind, login)
    model, domain = "crm.stage.transition", [("lead_id", "=", lead_id)]
    [row] = client.call(model, "search_read", domain=domain, fields=["to_stage_id", "verdict"])
    before = sales.count()
    for name, arguments in [
        ("write", {"vals": {"reason": "Never mind"}}),
        ("unlink", {}),
        ("copy", {}),
        ("web_save", {"vals": {"verdict": "passed"}, "specification": {}}),
    ]:
        with pytest.raises(Refused):
            client.call(model, name, [row["id"]], **arguments)
    values = {"lead_ref": lead_id, "date": "2020-01-01 00:00:00", "direction": "forward"}
    with pytest.raises(Refused):
        client.create(model, values)
    with pytest.raises(Refused):
        client.call("crm.lead", "write", [lead_id], vals={"transition_ids": [(2, row["id"], 0)]})
    assert sales.count() == before
    assert client.call(model, "read", [row["id"]], fields=list(row)) == [row]


@pytest.mark.parametrize("kind", ALL_CLIENTS)
def test_private_methods(server, sales, kind):
    """Nobody records, erases or judges moves from outside."""
    lead_id = sales.make_lead()
    for name in (
        "_record_transitions",
        "_prepare_ledger_rows",
        "_erase_from_ledger",
        "_pass_gate",
        "_check_not_moved_meanwhile",
        "_forget_where_found",
        "_undone_if_refused",
    ):
        with pytest.raises(Refused, match="rivate"):
            sales.client(kind, "admin").call("crm.lead", name, [lead_id])
