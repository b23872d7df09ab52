"""OCA's job queue, worked on without its runner, which takes an Odoo of its own."""

NEXT = """
    UPDATE queue_job SET state = 'enqueued'
     WHERE id = (SELECT id FROM queue_job WHERE state = 'pending' ORDER BY id LIMIT 1)
 RETURNING uuid
"""


def work(client):
    """Do what waits in the queue, if there is one, in the order in which it came."""
    server = client.server
    [[table]] = server.rows("SELECT to_regclass('queue_job')::text")
    while table and (job := _take_next(server)):
        assert client.get(f"/queue_job/runjob?db={server.database}&job_uuid={job}") == 200


def _take_next(server):
    with server.cursor() as cursor:
        cursor.execute(NEXT)
        job = cursor.fetchone()
        cursor.connection.commit()
    return job and job[0]
