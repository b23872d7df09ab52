"""The test suite, against fresh databases."""

import os

from .checkout import ROOT, addons
from .child import call
from .database import claimed, exists, pristine, with_demo_data
from .odoo import running
from .progress import say

# In several processes, of which a word like ``-n 0`` makes one.
PYTEST = [
    *("-m", "pytest", "-p", "dev.pytest_plugin", "-p", "dev.pytest_processes", "-n", "auto"),
    *("--odoo-log-level", "warn", "--odoo-http"),
    # What takes long is left out, unless whoever calls says otherwise by another "-m".
    *("-m", "not long", "-rfEs", "--no-fold-skipped"),
]


def test(*arguments):
    """Run pytest with the given arguments added → its exit code."""
    with running(browser=True) as odoo, claimed(odoo) as run:
        pristine(odoo, run, is_glue=False)
        of_the_glue = with_demo_data(addons())
        if not exists(odoo, of_the_glue.name(odoo)):
            say(f"  {of_the_glue.title}, meanwhile: tests of the glue wait for it")
        path = os.pathsep.join([str(ROOT), odoo.environment["PYTHONPATH"]])
        return call(
            [odoo.python, *PYTEST, "--odoo-database", run, *arguments],
            cwd=ROOT,
            env={**odoo.environment, "PYTHONPATH": path},
        )
