"""A conversion batch on real servers that work on it at the same time, or are killed."""

from contextlib import ExitStack, closing

import psycopg2
import pytest

from .batches import (
    OBSERVE,
    WAITING,
    assert_converted_once,
    batch_state,
    execute,
    start_batch,
    states,
    wait_for,
)
from .processes import this_odoo
from .sales import CONVERT_ANSWERS
from .server import Server

# Small chunks, and no other job that would be in the way.
PREPARE = """
    UPDATE ir_cron SET active = id IN (
        SELECT cron.id FROM ir_cron AS cron
          JOIN ir_act_server AS action ON action.id = cron.ir_actions_server_id
         WHERE action.code = 'model._cron_work()' AND cron.active
    );
    UPDATE crm_lead_conversion_batch_line AS line
       SET chunk = (line.id - (SELECT MIN(id) FROM crm_lead_conversion_batch_line
                                WHERE batch_id = line.batch_id)) / 4;
"""


def wake(server):
    """Have all servers look for jobs now, rather than within a minute."""
    with closing(psycopg2.connect(dbname="postgres")) as connection:
        connection.autocommit = True
        connection.cursor().execute("SELECT pg_notify('cron_trigger', %s)", [server.database])


@pytest.fixture(scope="module", autouse=True)
def _observe(running_server):
    execute(running_server, OBSERVE)


@pytest.fixture
def lead_ids(sales):
    return [
        sales.make_lead(partner_name=f"Company {number} of batch", **CONVERT_ANSWERS)
        for number in range(12)
    ]


@pytest.fixture
def batch_id(server, sales, lead_ids):
    """A batch of three chunks, started with the wizard."""
    id_ = start_batch(sales, lead_ids)
    execute(server, PREPARE)
    return id_


@pytest.fixture
def new_worker(server, tmp_path):
    """A function that starts another server, which works on scheduled jobs."""
    with ExitStack() as stack:
        workers = []

        def start():
            folder = tmp_path / str(len(workers))
            folder.mkdir()
            worker = Server(this_odoo(), server.database, folder, jobs=1)
            workers.append(stack.enter_context(worker))
            return worker

        yield start
        for worker in workers:
            errors = worker.new_errors()
            assert not errors, errors


def test_a_server_is_killed(server, sales, lead_ids, batch_id, new_worker):
    """What it was in the middle of was never begun; another one does the rest."""
    with server.cursor() as holder:
        holder.execute("SELECT pg_advisory_lock(3)")
        worker = new_worker()
        wake(server)
        wait_for(lambda: server.rows(WAITING), [(1,)])
        worker.kill()
    # what it had begun ends where the database finds nobody to answer to
    wait_for(lambda: states(server, batch_id), {0: {"done"}, 1: {"waiting"}, 2: {"waiting"}})
    wait_for(lambda: server.rows(WAITING), [(0,)])
    assert batch_state(server, batch_id) == "running"
    assert_converted_once(sales, lead_ids[:4])
    for lead_id in lead_ids[4:]:
        assert sales.place(lead_id)[0] == "lead"
        assert sales.count_customers(lead_id) == 0
    new_worker()
    wake(server)
    wait_for(lambda: batch_state(server, batch_id), "done")
    assert states(server, batch_id) == dict.fromkeys(range(3), {"done"})
    assert_converted_once(sales, lead_ids)


def test_two_servers_share_a_batch(server, sales, lead_ids, batch_id, new_worker):
    """Each has chunks of its own, at the same time."""
    settings_id = sales.admin.create("res.config.settings", {"conversion_job_count": 2})
    sales.admin.call("res.config.settings", "execute", [settings_id])
    with server.cursor() as holder:
        holder.execute("SELECT pg_advisory_lock(3)")
        new_worker()
        new_worker()
        wake(server)
        wait_for(lambda: server.rows(WAITING), [(2,)])
    wait_for(lambda: batch_state(server, batch_id), "done")
    rows = server.rows(
        "SELECT DISTINCT chunk, worker FROM crm_lead_conversion_batch_line WHERE batch_id = %s",
        batch_id,
    )
    assert len(rows) == 3, "one worker for each chunk"
    assert len({worker for _chunk, worker in rows}) == 2
    assert_converted_once(sales, lead_ids)
