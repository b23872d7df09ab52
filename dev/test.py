"""The test suite, against a fresh database."""

import os

from .checkout import ROOT
from .child import call
from .database import fresh
from .odoo import running

# Variable for the plugin, with what Odoo complained of while it installed the addons.
INSTALL_LOG = "INSTALL_LOG"
STRICT = ["-p", "dev.pytest_plugin", "--odoo-log-level", "warn", "--odoo-http"]


def test(*arguments):
    """Run pytest with the given arguments added → its exit code."""
    with running(browser=True) as odoo, fresh(odoo) as (database, complaints):
        path = os.pathsep.join([str(ROOT), odoo.environment["PYTHONPATH"]])
        return call(
            [odoo.python, "-m", "pytest", *STRICT, "--odoo-database", database, *arguments],
            cwd=ROOT,
            env={**odoo.environment, "PYTHONPATH": path, INSTALL_LOG: complaints},
        )
