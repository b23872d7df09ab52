"""A real Odoo that serves a copy of the tests' database, as a process of its own."""

import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager

import psycopg2

from dev.command import die_with_us
from dev.odoo import LOG_LINE

PATIENCE = 60
# Two transactions that change one row: the database says so, Odoo runs the later one again.
EXPECTED = "could not serialize access due to concurrent update"


class Server:
    """An Odoo that answers requests in parallel, each with a connection of its own.

    :ivar url: where it listens
    :ivar database: the name of the database that it serves
    """

    def __init__(self, odoo_, database, folder, jobs=0, words=()):
        """:param jobs: how many scheduled jobs it works on at a time
        :param words: more of what is said after ``odoo``
        """
        self.database = database
        self.log = folder / "server.log"
        self._jobs = jobs
        self._words = words
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._odoo = odoo_
        self._known = 0

    def __enter__(self):
        command = self._odoo.command(
            "--database",
            self.database,
            "--db-filter",
            f"^{self.database}$",
            "--http-port",
            str(self.port),
            # Threads of one process: they answer in parallel, and start fast.
            "--workers",
            "0",
            "--max-cron-threads",
            str(self._jobs),
            *self._words,
        )
        with open(self.log, "w") as log:
            self._process = subprocess.Popen(
                command,
                env=self._odoo.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_us,
            )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_error):
        self._stop()

    def _stop(self):
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self):
        """End it in the middle of whatever it does."""
        self._process.kill()
        self._process.wait()

    def _wait_until_it_answers(self):
        end = time.monotonic() + PATIENCE
        # Needs the database, and no styles and scripts, which would have to be made.
        page = f"{self.url}/web/manifest.webmanifest"
        while True:
            try:
                urllib.request.urlopen(page, timeout=PATIENCE).close()
                return
            except (urllib.error.URLError, OSError):
                if self._process.poll() is not None or time.monotonic() > end:
                    raise AssertionError(self.log.read_text()) from None
                time.sleep(0.1)

    def new_complaints(self):
        """→ what it has logged as a warning or worse since the last call; it should not."""
        return self._new_entries("WARNING", "ERROR", "CRITICAL")

    def new_errors(self):
        """→ what it has logged as an error since the last call, which should be nothing."""
        return self._new_entries("ERROR", "CRITICAL")

    def _new_entries(self, *levels):
        text = self.log.read_text()
        new, self._known = text[self._known :], len(text)
        return "\n".join(
            entry
            for entry in re.split(r"\n(?=\d{4}-\d\d-\d\d )", new)
            if (found := LOG_LINE.match(entry)) and found[1] in levels
            if EXPECTED not in entry
        )

    @property
    def pid(self):
        return self._process.pid

    @contextmanager
    def cursor(self):
        """A cursor of a connection past Odoo; what it does is rolled back."""
        with closing(psycopg2.connect(dbname=self.database)) as connection:
            with connection.cursor() as cursor:
                yield cursor

    def rows(self, query, *arguments):
        """→ the rows of a query, as tuples, as the database has them now."""
        with self.cursor() as cursor:
            cursor.execute(query, arguments)
            return cursor.fetchall()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
