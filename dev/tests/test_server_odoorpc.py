"""A script that somebody writes with odoorpc, run against a real server."""

import odoorpc
import pytest

from .clients import OdooRpcClient, refusal
from .sales import CONVERT_ANSWERS, QUALIFIED_ANSWERS


@pytest.fixture
def env(sales):
    return sales.client(OdooRpcClient, "ann").odoo.env


def test_a_day_of_a_rep(server, sales, env):
    lead = env["crm.lead"].browse(
        env["crm.lead"].create({"name": "Desks", "type": "lead", "team_id": sales.team_id})
    )
    with pytest.raises(odoorpc.error.RPCError) as caught:
        lead.convert_opportunity(False)
    assert "“Desks” cannot become an opportunity yet" in str(caught.value)
    [told] = refusal(caught.value).context["stage_rule_refusals"]
    missing = env["crm.qualification.criterion"].browse(told["criterion_ids"])
    for criterion in missing:
        assert criterion.name in str(caught.value)
    lead.write(CONVERT_ANSWERS)
    [answer] = lead.read(["is_qualified", "qualification_score"])
    assert answer["is_qualified"] and answer["qualification_score"] > 0
    lead.convert_opportunity(False)
    assert env["crm.lead"].search([("id", "=", lead.id), ("is_qualified", "=", True)])
    with pytest.raises(odoorpc.error.RPCError, match="cannot enter Qualified yet"):
        lead.write({"stage_id": sales.stages["Qualified"]})
    lead.write({**QUALIFIED_ANSWERS, "stage_id": sales.stages["Qualified"]})
    steps = env["crm.stage.transition"].search_read(
        [("lead_id", "=", lead.id)], ["to_stage_name", "verdict", "by_user_name"], order="id"
    )
    assert [(step["to_stage_name"], step["verdict"]) for step in steps[1:]] == [
        ("New", "passed"),
        ("Qualified", "passed"),
    ]
    assert {step["by_user_name"] for step in steps} == {"Ann"}


def test_a_merge(server, sales, env):
    """The opportunity that is left has the history of both."""
    opportunity_id = sales.make_opportunity()
    lead_id = sales.make_lead()
    survivor_id = env["crm.lead"].merge_opportunity([opportunity_id, lead_id])
    assert survivor_id in (opportunity_id, [opportunity_id])
    assert not sales.exists(lead_id)
    rows = env["crm.stage.transition"].search_read(
        [("lead_id", "=", opportunity_id)], ["lead_ref", "direction"], order="id"
    )
    assert {row["lead_ref"] for row in rows} == {opportunity_id, lead_id}
    assert rows[-1]["direction"] == "merged"
