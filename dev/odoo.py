"""Everything put together: what runs Odoo, and with what."""

import os
import re
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .checkout import DEV, ROOT, digest
from .chromium import chromium
from .command import die_with_us, run
from .node import is_installed, node, node_path
from .odoo_source import OdooSource, odoo_source
from .postgres import postgres
from .prepared import locked
from .progress import Missing
from .virtualenv import virtualenv

CONFIGURATION = """[options]
addons_path = {addons_path}
data_dir = {data_folder}
screenshots = {screenshots}
http_interface = 127.0.0.1
list_db = False
with_demo = True
max_cron_threads = 0
limit_memory_hard = 0
limit_memory_soft = 0
limit_time_cpu = 3600
limit_time_real = 3600
# Nobody listens there: no mail of a demo or a test leaves the machine.
smtp_server = localhost
smtp_port = 1
"""
# What configures another Odoo, PostgreSQL or Python must not configure ours.
FOREIGN = ("ODOO_", "OPENERP_", "PG", "PYTHON")
LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (\w+) ")


@dataclass
class Odoo:
    """:ivar environment: variables with which Odoo and everything about it run
    :ivar data_folder: Odoo's data folder, with the filestores
    """

    source: OdooSource
    python: Path
    environment: dict
    data_folder: Path

    def command(self, *words):
        """What is said after ``odoo`` → the whole command."""
        return [str(self.python), "-m", "odoo", *words]

    def load(self, database, *words):
        """Load a database, for example to install a module, and end.

        :return: what Odoo logged as a warning or worse
        """
        command = self.command("--database", database, "--no-http", "--stop-after-init", *words)
        done = subprocess.run(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=die_with_us,
        )
        complaints = warnings_in(done.stdout)
        if done.returncode:
            log = DEV / f"{database}.log"
            log.write_text(done.stdout)
            raise Missing(
                f"{complaints or done.stdout[-2000:]}\n"
                f"Odoo could not load {' '.join(words)}: see {log}."
            )
        return complaints

    def sql(self, statement, database="postgres"):
        """→ the rows that a statement yields, each a list of texts."""
        said = run(
            [self.python, ROOT / "dev" / "sql.py", database, statement],
            "PostgreSQL refused",
            env=self.environment,
        )
        return [line.split("\t") for line in said.splitlines()]


def warnings_in(log):
    """A log of Odoo's → its entries of level WARNING or worse, with what follows each.

    >>> print(warnings_in('''2026-01-01 00:00:00,000 7 INFO db odoo: fine
    ... 2026-01-01 00:00:00,000 7 WARNING db odoo: hm
    ... and more
    ... 2026-01-01 00:00:00,000 7 INFO db odoo: fine'''))
    2026-01-01 00:00:00,000 7 WARNING db odoo: hm
    and more
    """
    kept, keep = [], False
    for line in log.splitlines():
        found = LOG_LINE.match(line)
        if found:
            keep = found[1] in ("WARNING", "ERROR", "CRITICAL")
        if keep:
            kept.append(line)
    return "\n".join(kept)


def set_up(browser=False):
    """Prepare what is not there yet.

    :return: the :class:`OdooSource`, the folder of the virtual environment, folders for
        ``PATH``, and other variables
    """
    with locked():
        source, venv = odoo_source(), virtualenv()
        path, variables = [venv / "bin"], {}
        # Odoo has rtlcss turn its pages round; without, it warns and leaves them as they are. To
        # serve a demo, nobody waits for it to be installed.
        if browser or is_installed(venv):
            home, modules = node(venv)
            path += node_path(home, modules)
            variables["NODE_PATH"] = str(modules)
        if browser and (folder := chromium()):
            path.append(folder)
        return source, venv, path, variables


@contextmanager
def running(browser=False):
    """Set up what is not set up yet, and have PostgreSQL running in the ``with`` statement.

    :param browser: whether the browser tours are to find a browser
    :return: the :class:`Odoo`
    """
    source, venv, path, others = set_up(browser)
    with postgres(venv) as variables:
        data_folder = DEV / "data"
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)
        }
        environment |= variables | others
        environment |= {
            "ODOO_RC": str(_configuration(source, data_folder)),
            "PATH": os.pathsep.join([*map(str, path), os.environ.get("PATH", os.defpath)]),
            "PYTHONPATH": str(source.python_path),
            "PYTHONUNBUFFERED": "1",
        }
        yield Odoo(source, venv / "bin" / "python", environment, data_folder)


def with_more_addons(configuration, folder):
    """The path of a configuration, and a folder with addons → that of one that has them, too."""
    text = Path(configuration).read_text()
    return _write_configuration(text.replace("addons_path = ", f"addons_path = {folder},"))


def _configuration(source, data_folder):
    return _write_configuration(
        CONFIGURATION.format(
            addons_path=",".join(map(str, [*source.addons_paths, ROOT])),
            data_folder=data_folder,
            screenshots=DEV / "screenshots",
        )
    )


def _write_configuration(text):
    path = DEV / f"{digest(text)}.conf"
    if not path.exists():
        path.write_text(text)
    return path
