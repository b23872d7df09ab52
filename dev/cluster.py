"""A PostgreSQL server of our own, shared by all commands of a checkout.

Each holds the server's folder while it needs it; who is alone with the folder at his end was the
last and stops the server.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from .command import run
from .prepared import let_go, locked, prepared

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
ROLE = "odoo"
# A path longer than this does not fit into the address of a Unix socket.
LONGEST_SOCKET = 107 - len("/.s.PGSQL.5432.lock")
# No network: only who may read the socket's folder gets in.
SOCKET_ONLY = {"listen_addresses": ""}


class Cluster:
    """Databases, and the server that runs in the ``with`` statement.

    Entered, it says the ``PG*`` variables with which to connect.
    """

    def __init__(self, name, programs, settings, libraries=()):
        """:param name: of its folder
        :param programs: the folder of PostgreSQL's programs
        :param settings: ``{name: value}`` that differ from how PostgreSQL is shipped
        :param libraries: folders of libraries that its programs do not find by themselves
        """
        self.name = name
        self.programs = programs
        self.settings = {**SOCKET_ONLY, **settings}
        self.environment = {**os.environ}
        if libraries:
            self.environment["LD_LIBRARY_PATH"] = os.pathsep.join(libraries)
        self.as_owner = AS_NOBODY if os.geteuid() == 0 else []

    def __enter__(self):
        with locked("PostgreSQL"):
            self.folder = prepared(
                self.name,
                [self.programs.parent.name],
                self._create,
                "Creating a PostgreSQL cluster",
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
            settings.writelines(f"{name} = '{value}'\n" for name, value in self.settings.items())
        # Without a server: single-user mode.
        subprocess.run(
            self._command("postgres", "--single", "-D", data, "postgres"),
            # A database is dropped while PostgreSQL tidies it, too.
            input=f"CREATE ROLE {ROLE} LOGIN CREATEDB IN ROLE pg_signal_backend\n",
            text=True,
            check=True,
            capture_output=True,
            env=self.environment,
        )

    def _command(self, program, *words):
        return [*self.as_owner, self.programs / program, *words]

    def _call(self, program, *words, failure=None):
        run(
            self._command(program, *words),
            failure or f"PostgreSQL's {program} failed",
            env=self.environment,
        )

    def _running(self):
        status = self._command("pg_ctl", "status", "-D", self.data)
        done = subprocess.run(status, capture_output=True, env=self.environment)
        return done.returncode == 0

    def _start(self):
        sockets = self.folder / "socket"
        if len(str(sockets)) > LONGEST_SOCKET:
            sockets = Path(tempfile.mkdtemp(prefix="sfs-"))
        sockets.mkdir(exist_ok=True)
        sockets.chmod(0o700)
        if self.as_owner:
            os.chown(sockets, NOBODY, NOBODY)
        log = self.data / "log"
        failure = (
            f"PostgreSQL does not start, which {log} explains; `make clean` lets you start anew"
        )
        start = ["start", "-w", "-D", self.data, "-l", log, "-o", f"-k '{sockets}'"]
        self._call("pg_ctl", *start, failure=failure)

    def _socket_folder(self):
        return (self.data / "postmaster.pid").read_text().splitlines()[4]

    def _stop(self):
        sockets = Path(self._socket_folder())
        self._call("pg_ctl", "stop", "-w", "-D", self.data, "-m", "fast")
        if sockets.parent != self.folder:
            shutil.rmtree(sockets, ignore_errors=True)
