"""The test suite, against a fresh database."""

from .checkout import DEV, ROOT
from .child import call
from .database import fresh
from .odoo import running


def test(*arguments):
    """Run pytest with the given arguments added → its exit code."""
    with running(browser=True) as odoo, fresh(odoo) as (database, complaints):
        log = DEV / "runs" / f"{database}.log"
        log.write_text(complaints)
        try:
            return call(
                [
                    odoo.python,
                    "-m",
                    "pytest",
                    "-p",
                    "dev.pytest_plugin",
                    "--install-log",
                    log,
                    "--odoo-database",
                    database,
                    "--odoo-log-level",
                    "warn",
                    "--odoo-http",
                    *arguments,
                ],
                cwd=ROOT,
                env={**odoo.environment, "PYTHONPATH": f"{ROOT}:{odoo.environment['PYTHONPATH']}"},
            )
        finally:
            log.unlink()
