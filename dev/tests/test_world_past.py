"""An imported past is the past: what the ledger says of deals that came with their dates."""

import pytest

from dev.checkout import addon_names
from dev.database import copied
from dev.worlds.large import PAST
from dev.worlds.world import WITHOUT_DEMO, run_script

from .processes import this_odoo
from .whole_database import query

pytestmark = pytest.mark.world(PAST.name)

ENDS = """
    SELECT lead.won_status, count(*), count(*) FILTER (WHERE row.date = lead.date_closed)
      FROM crm_lead AS lead
      JOIN crm_stage_transition AS row
        ON row.lead_ref = lead.id AND row.to_status = lead.won_status
     WHERE lead.name LIKE %s AND lead.won_status <> 'pending'
  GROUP BY lead.won_status
  ORDER BY lead.won_status
"""
CONVERSIONS = """
    SELECT count(*), count(*) FILTER (WHERE row.date = lead.date_conversion)
      FROM crm_lead AS lead
 LEFT JOIN crm_stage_transition AS row
        ON row.lead_ref = lead.id AND row.from_type = 'lead' AND row.to_type = 'opportunity'
     WHERE lead.name LIKE %s AND lead.type = 'opportunity'
"""


# What was imported before the addon was there, and after.
WHEN = pytest.mark.parametrize(
    "words", (pytest.param("Old %", id="before"), pytest.param("New %", id="after"))
)


@pytest.fixture(scope="module")
def database():
    with PAST.hosted(), copied(this_odoo(), PAST.template) as name:
        assert not this_odoo().load(name, "-i", addon_names(), WITHOUT_DEMO)
        run_script(this_odoo(), name, PAST.set_up)
        yield name


@WHEN
def test_closed_deals_end_when_they_were_closed(database, words):
    assert query(database, ENDS, [words]) == [("lost", 20, 20), ("won", 20, 20)]


@WHEN
def test_deals_were_converted_when_the_file_says(database, words):
    assert query(database, CONVERSIONS, [words]) == [(60, 60)]
