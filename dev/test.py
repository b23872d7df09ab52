"""The test suite, against fresh databases."""

import os

from .checkout import ROOT, addons
from .child import call
from .database import claimed, exists, pristine, with_demo_data
from .odoo import running
from .progress import say

# In several processes, of which arguments (-n 0) can make one; when one dies, it is not made anew,
# which would die of the same test.
PYTEST = [
    *("-m", "pytest", "-p", "dev.pytest_plugin", "-p", "dev.pytest_processes"),
    *("-p", "dev.pytest_history"),
    *("-n", "auto", "--max-worker-restart=0", "--odoo-log-level", "warn", "--odoo-http"),
    # What takes long is left out, unless another "-m" says otherwise; what is skipped says why.
    *("-m", "not long and not world", "-rfEs", "--no-fold-skipped"),
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
