"""Conversion batches on real servers, and what the database knows of who works on them."""

import time

from .clients import WebClient
from .server import PATIENCE

MODEL = "crm.lead.conversion.batch"
WIZARD = "crm.lead2opportunity.partner.mass"
LIMIT = "sales_funnel_stages.conversion_batch_limit"
# Notes which connection has worked on a line; while somebody has lock 3, what has worked on a
# chunk after the first waits before it notes so.
OBSERVE = """
    ALTER TABLE crm_lead_conversion_batch_line ADD COLUMN worker int;
    CREATE FUNCTION observe() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.worker = pg_backend_pid();
        IF NEW.chunk > 0 THEN
            PERFORM pg_advisory_xact_lock_shared(3);
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER observe BEFORE UPDATE OF state ON crm_lead_conversion_batch_line
        FOR EACH ROW EXECUTE FUNCTION observe();
"""
WAITING = """
    SELECT count(DISTINCT pid) FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'
"""


def wait_for(found, expected, patience=PATIENCE):
    end = time.monotonic() + patience
    while (rows := found()) != expected:
        assert time.monotonic() < end, rows
        time.sleep(0.05)


def execute(server, statement):
    with server.cursor() as cursor:
        cursor.execute(statement)
        cursor.connection.commit()


def start_batch(sales, lead_ids):
    """Start a batch with the wizard, as Ann → its id."""
    sales.admin.call("ir.config_parameter", "set_param", key=LIMIT, value="5")
    ann = sales.client(WebClient, "ann")
    id_, context = sales.make_wizard(
        ann, lead_ids, WIZARD, action="each_exist_or_create", deduplicate=True
    )
    action = ann.call(WIZARD, "action_mass_convert", [id_], context=context)
    assert action["res_model"] == MODEL
    return action["res_id"]


def states(server, batch_id):
    """→ ``{chunk: {states}}`` of the lines of a batch."""
    rows = server.rows(
        "SELECT chunk, state FROM crm_lead_conversion_batch_line WHERE batch_id = %s", batch_id
    )
    return {chunk: {state for number, state in rows if number == chunk} for chunk, _state in rows}


def batch_state(server, batch_id):
    [[state]] = server.rows("SELECT state FROM crm_lead_conversion_batch WHERE id = %s", batch_id)
    return state


def assert_converted_once(sales, lead_ids):
    for lead_id in lead_ids:
        [step] = sales.steps(lead_id)
        assert (step["to_type"], step["by_user_name"]) == ("opportunity", "Ann")
        assert sales.count_customers(lead_id) == 1
