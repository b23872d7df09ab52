"""The part that runs outside of Odoo: the two databases, and pytest in each of them."""

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..checkout import DEV, ROOT
from ..child import call
from ..database import Template, copied, dependencies, install_without_demo_data
from ..odoo import Odoo, running
from ..prepared import locked
from ..progress import Missing, say, step
from .allowed_queries import ALLOWED
from .verdict import FAILED, differences, read, summary

SUITES = ("crm", "sales_team", "sale_crm", "website_crm", "crm_livechat", "test_crm_full")
FOLDER = DEV / "suites"
# Variable for the plugin, with the path of the file in which it records.
RECORD = "RECORD"
# Without a configuration file: there may be one of others above Odoo's folder.
PYTEST = [
    *("-m", "pytest", "-c", os.devnull, "-p", "no:cacheprovider"),
    *("-p", "dev.suites.recorder", "--continue-on-collection-errors"),
]


@dataclass
class Side:
    """One of the databases that are compared.

    :ivar name: what it is called in the report
    """

    odoo: Odoo
    database: str
    name: str

    def run(self, log, tests):
        """Run the tests of a folder or a single one → how they ended.

        :param log: the path of a file for pytest's output
        """
        record = log.with_suffix(".jsonl")
        record.unlink(missing_ok=True)
        path = os.pathsep.join([str(ROOT), self.odoo.environment["PYTHONPATH"]])
        folder = _folder(self.odoo, tests)
        command = [
            *(self.odoo.python, *PYTEST, "--odoo-database", self.database, "--odoo-http"),
            *("--rootdir", folder, folder / tests),
        ]
        with open(log, "w") as output:
            code = call(
                command,
                cwd=ROOT,
                env={**self.odoo.environment, "PYTHONPATH": path, RECORD: str(record)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        if code not in (0, 1) or not record.exists():
            raise Missing(f"The tests did not run to their end, which {log} tells.")
        return read(record.read_text().splitlines())


def test_odoo(*modules):
    """Run the tests of modules of Odoo's with the addon and without → 0, if nothing differs."""
    modules = modules or SUITES
    found = {}
    with locked("test-odoo"), running(browser=True) as odoo, _sides(odoo, modules) as sides:
        FOLDER.mkdir(exist_ok=True)
        for module in modules:
            found.update(_compare(module, *sides))
    say("\n  With the addon these differ:" if found else "\n  Nothing differs with the addon.")
    for name, text in found.items():
        say(f"    {name} {text}")
    return 1 if found else 0


@contextmanager
def _sides(odoo, modules):
    template = _template(modules)
    with copied(odoo, template) as stock, copied(odoo, template) as ours:
        with step("Installing the addon, without its demo data, in one of two databases"):
            install_without_demo_data(odoo, ours)
        yield Side(odoo, stock, "without the addon"), Side(odoo, ours, "with it")


def _template(modules):
    names = sorted({*SUITES, *modules, *dependencies()})
    return Template(
        "suites",
        tuple(names),
        "Installing what Odoo's tests need in a template database",
        # Odoo's tests are written for its demo data.
        lambda odoo, name: odoo.load(name, "-i", ",".join(names)),
    )


def _compare(module, stock, ours):
    """Run a module's tests in both databases, say how it went → what differs, by test."""
    without, with_ = (_run(side, f"{module}/tests", module) for side in (stock, ours))
    suspects = {name for name, ending in with_.items() if ending.outcome == FAILED}
    for name in sorted(suspects.union(differences(without, with_, ALLOWED))):
        # A tour may have failed for the load of the machine, and a test for one before it.
        for side, endings in ((stock, without), (ours, with_)):
            endings.pop(name, None)
            endings.update(_run(side, name, f"{module}-alone"))
    for line in summary(module, without, with_, ALLOWED):
        say(f"    {line}")
    return differences(without, with_, ALLOWED)


def _run(side, tests, log):
    with step(f"{tests} {side.name}"):
        return side.run(FOLDER / f"{log} {side.name}.log".replace(" ", "-"), tests)


def _folder(odoo, tests):
    """The path of tests, relative to a folder of addons → that folder."""
    file = tests.partition("::")[0]
    for folder in odoo.source.addons_paths:
        if (folder / file).exists():
            # pytest follows links in the names of tests.
            return folder.resolve()
    raise Missing(f"There is no {Path(file)} in this Odoo: leave {Path(file).parts[0]} out.")
