"""A conversion batch that the job queue hands out to a cluster of servers."""

import pytest

from ..batches import (
    MODEL,
    OBSERVE,
    WAITING,
    batch_state,
    execute,
    start_batch,
    states,
    wait_for,
)
from ..sales import CONVERT_ANSWERS
from ..server import PATIENCE
from .cluster import cluster

LEADS = 300
# nobody is told of each
SILENT = {"tracking_disable": True, "mail_auto_subscribe_no_notify": True}
JOBS = """
    SELECT split_part(identity_key, ', ', 2)::int, state, worker_pid
      FROM queue_job
     WHERE identity_key LIKE %s
"""
FIRST_LINE = """
    SELECT id FROM crm_lead_conversion_batch_line
     WHERE batch_id = %s ORDER BY id LIMIT 1 FOR UPDATE
"""
# what the runner waits for, which else looks for jobs of the dead once a minute
WAKE = "SELECT pg_notify('queue_job', 'nothing')"
CONVERTED = """
    SELECT count(*), count(DISTINCT lead_ref), count(DISTINCT lead.partner_id),
           array_agg(DISTINCT by_user_name)
      FROM crm_stage_transition AS step
      JOIN crm_lead AS lead ON lead.id = step.lead_ref
     WHERE step.lead_ref = ANY(%s) AND step.from_type = 'lead' AND step.to_type = 'opportunity'
"""
CONTACTS = "SELECT count(*) FROM res_partner WHERE email LIKE %s"


@pytest.fixture(scope="module", autouse=True)
def _observe(running_server):
    execute(running_server, OBSERVE)


@pytest.fixture
def domain(request):
    """What the e-mails of the leads of a test end with."""
    return f"{request.node.name.replace('_', '-')}.example.com"


@pytest.fixture
def lead_ids(sales, domain):
    return sales.admin.create(
        "crm.lead",
        [
            {
                "name": f"Visitor {number}",
                "type": "lead",
                "contact_name": f"Visitor {number}",
                "email_from": f"visitor{number}@{domain}",
                "team_id": sales.team_id,
                "user_id": sales.rep_id,
                **CONVERT_ANSWERS,
            }
            for number in range(LEADS)
        ],
        context=SILENT,
    )


@pytest.fixture
def batch_id(server, sales, lead_ids):
    """A batch of three chunks, started with the wizard."""
    id_ = start_batch(sales, lead_ids)
    assert sorted(jobs(server, id_)) == [(chunk, "pending", 0) for chunk in range(3)]
    return id_


@pytest.fixture
def holder(server, batch_id):
    """Who has claimed the first chunk, and lets nobody finish another one; until a rollback."""
    with server.cursor() as cursor:
        cursor.execute(FIRST_LINE, [batch_id])
        cursor.execute("SELECT pg_advisory_xact_lock(3)")
        yield cursor


@pytest.fixture
def servers(server, holder, tmp_path):
    """Two servers, each in the middle of a chunk."""
    with cluster(server.database, tmp_path, 2) as servers:
        wait_for(lambda: server.rows(WAITING), [(2,)])
        yield servers
        errors = [each.new_errors() for each in servers]
    assert not any(errors), errors


def jobs(server, batch_id):
    """→ ``(chunk, state, pid of the server)`` of each job of a batch."""
    return [
        (chunk, state, pid or 0)
        for chunk, state, pid in server.rows(JOBS, f"{MODEL} {batch_id}, %")
    ]


def assert_each_is_converted_once(server, lead_ids, domain):
    [(steps, leads, customers, people)] = server.rows(CONVERTED, lead_ids)
    assert (steps, leads, customers, people) == (LEADS, LEADS, LEADS, ["Ann"])
    assert server.rows(CONTACTS, f"%@{domain}") == [(LEADS,)]


def assert_done(server, batch_id):
    # the first chunk is asked for again after some seconds; that of a dead job, too
    wait_for(lambda: execute(server, WAKE) or batch_state(server, batch_id), "done", 2 * PATIENCE)
    assert states(server, batch_id) == dict.fromkeys(range(3), {"done"})


def test_two_servers_share_a_batch(server, lead_ids, batch_id, holder, servers, domain):
    """Each has a chunk of its own, at the same time; one that is claimed is asked for again."""
    at_work = jobs(server, batch_id)
    assert {pid for chunk, _state, pid in at_work if chunk} == {each.pid for each in servers}
    assert [state for chunk, state, _pid in at_work if not chunk] == ["pending"]
    holder.connection.rollback()
    assert_done(server, batch_id)
    wait_for(lambda: {state for _chunk, state, _pid in jobs(server, batch_id)}, {"done"})
    assert_each_is_converted_once(server, lead_ids, domain)


def test_a_server_is_killed(server, lead_ids, batch_id, holder, servers, domain):
    """The one that hands out the jobs: the other one does so then, also those of the dead."""
    servers[0].kill()
    holder.connection.rollback()
    assert_done(server, batch_id)
    assert_each_is_converted_once(server, lead_ids, domain)
