"""What is recorded of refused moves, over real connections that end as they do."""

import pytest

from .clients import ALL_CLIENTS, Refused, WebClient
from .sales import CONVERT_ANSWERS

MASS = "crm.lead2opportunity.partner.mass"


def held_back(server, lead_id):
    """→ a row for each held-back move of a lead: by whom, to where, and how much was unmet."""
    return server.rows(
        """
        SELECT by_user_id, stage_name, is_conversion, count(crm_qualification_criterion_id)
          FROM crm_stage_refusal
     LEFT JOIN crm_qualification_criterion_crm_stage_refusal_rel ON crm_stage_refusal_id = id
         WHERE lead_ref = %s
      GROUP BY crm_stage_refusal.id
      ORDER BY crm_stage_refusal.id
        """,
        lead_id,
    )


@pytest.mark.parametrize("kind", ALL_CLIENTS)
def test_a_refused_request(server, sales, kind):
    """Its transaction is undone, but for that it was held back; trying again adds nothing."""
    lead_id = sales.make_opportunity()
    client = sales.client(kind, "ann")
    for _try in range(2):
        with pytest.raises(Refused, match="cannot enter Qualified yet"):
            client.call(
                "crm.lead", "write", [lead_id], vals={"stage_id": sales.stages["Qualified"]}
            )
    assert held_back(server, lead_id) == [(sales.rep_id, "Qualified", False, 6)]


def test_a_refused_creation(server, sales):
    values = {"name": "Never made", "type": "opportunity", "team_id": sales.team_id}
    for _try in range(2):
        with pytest.raises(Refused, match="cannot become an opportunity yet"):
            sales.client(WebClient, "ann").create("crm.lead", values)
    assert server.rows(
        "SELECT lead_id, lead_ref, is_conversion FROM crm_stage_refusal WHERE lead_name = %s",
        "Never made",
    ) == [(None, 0, True)]


def test_a_mass_conversion(server, sales):
    """It goes on, and its transaction is committed."""
    good, bad = sales.make_lead(**CONVERT_ANSWERS), sales.make_lead()
    client = sales.client(WebClient, "bob")
    id_, context = sales.make_wizard(
        client, [good, bad], MASS, action="each_exist_or_create", deduplicate=False
    )
    client.call(MASS, "action_mass_convert", [id_], context=context)
    assert sales.place(good)[0] == "opportunity"
    assert held_back(server, good) == []
    assert held_back(server, bad) == [(sales.other_rep_id, "New", True, 3)]


def test_an_import(server, sales):
    """Its rows are undone within a transaction that is committed."""
    sales.client(WebClient, "ann").call(
        "crm.lead",
        "load",
        fields=["name", "type", "team_id/.id", "stage_id/.id"],
        data=[["From a file", "Opportunity", str(sales.team_id), str(sales.stages["Won"])]],
    )
    assert server.rows(
        "SELECT lead_ref, stage_name FROM crm_stage_refusal WHERE lead_name = %s", "From a file"
    ) == [(0, "Won")]


def test_what_passes(server, sales):
    lead_id = sales.make_lead(**CONVERT_ANSWERS)
    sales.client(WebClient, "ann").call("crm.lead", "convert_opportunity", [lead_id], partner=False)
    assert held_back(server, lead_id) == []
