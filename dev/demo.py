"""The demo: a database that is kept, and Odoo serving it."""

import fcntl
import os
import socket
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

from .checkout import DATABASE_PREFIX, DEV, addon_hash, addon_names, digest
from .child import call
from .database import copy_template, dependencies, exists
from .odoo import running
from .prepared import locked
from .progress import Missing, say, step

WELCOME = """
  Odoo is ready:  http://localhost:{port}
  Log in as       demo, password demo (a salesperson), or admin, password admin
  Click first     CRM › Leads › "Design Software Info" › Convert to Opportunity:
                  its team enforces its rules, so it says what is missing
  Then            CRM › Sales › My Pipeline, and drag a card to the next stage;
                  as admin, CRM › Configuration › Qualification for the rules, and
                  CRM › Reporting › Stage History for a year of two teams' deals
  Stop with       Ctrl-C          (Odoo's log is {log})
"""


def demo():
    """Serve the demo until somebody stops it → the exit code."""
    # Asked for now, so that a wrong PORT is said at once, and again when it is needed.
    _port()
    with _only_one() as lock, running() as odoo:
        database = demo_database(odoo)
        port = _port()
        lock.write(f"http://localhost:{port}")
        lock.flush()
        log = DEV / "demo.log"
        threading.Thread(target=_welcome, args=(port, log), daemon=True).start()
        code = call(
            odoo.command(
                "--database",
                database,
                "--db-filter",
                f"^{database}$",
                "--http-port",
                str(port),
                "--max-cron-threads",
                "1",
                "--logfile",
                str(log),
            ),
            env=odoo.environment,
        )
    if code:
        raise Missing(f"Odoo ended with an error, which {log} tells.")
    say("  Stopped.")
    return code


def demo_database(odoo):
    """→ the name of the demo's database, made or brought up to date with the addon's files now."""
    dependencies()
    database = f"{DATABASE_PREFIX}demo_{digest(str(odoo.source.python_path))}"
    with locked("demo-database"):
        state = f"{odoo.source.version} {addon_hash()}"
        # The comment is written last: a database without it was left by somebody who was
        # interrupted.
        known = _comment(odoo, database)
        if not known:
            copy_template(odoo, database)
            _load(odoo, database, "Installing the addon with its demo data", "-i", addon_names())
        elif known != state:
            title = "Updating the database, since the code has changed"
            changed = addon_names() if known.startswith(f"{odoo.source.version} ") else "all"
            _load(odoo, database, title, "-u", changed, "-i", addon_names())
        if known != state:
            odoo.sql(f"""COMMENT ON DATABASE "{database}" IS '{state}'""")
    return database


def _comment(odoo, database):
    if not exists(odoo, database):
        return None
    return odoo.sql(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        f" WHERE datname = '{database}'"
    )[0][0]


def _load(odoo, database, title, *words):
    with step(title):
        complaints = odoo.load(database, *words)
    if complaints:
        say(complaints)


@contextmanager
def _only_one():
    """The lock of this checkout's demo, a file whose content is the address."""
    DEV.mkdir(exist_ok=True)
    with open(DEV / "demo.address", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Missing(
                f"The demo of this checkout already runs, {lock.read() or 'or is being set up'}."
            ) from None
        lock.truncate(0)
        yield lock


def _port():
    wanted = os.environ.get("PORT")
    if wanted and not wanted.isdecimal():
        raise Missing(f"PORT is {wanted}: set it to a number, or leave it out.")
    for port in [int(wanted)] if wanted else [8069, 0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
            return probe.getsockname()[1]
    raise Missing(f"Port {wanted} is not free: set PORT to another, or leave it out.")


def _welcome(port, log):
    """Say how to get in, once Odoo answers."""
    with step("Starting Odoo"):
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/web/login", timeout=60)
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
    say(WELCOME.format(port=port, log=log))
