"""The test suite, against fresh databases."""

import os
import random

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
    *("-m", "not long and not world and not walk", "-rfEs", "--no-fold-skipped"),
]


SEED = "--hypothesis-seed="


def test_walks(*arguments):
    """Run the random walks → pytest's exit code.

    :param arguments: pytest's; with the seed of another run, the same walks
    """
    seeds = [each for each in arguments if each.startswith(SEED)]
    seed = seeds[0] if seeds else f"{SEED}{random.randrange(10**6)}"
    say(f'  To walk the same again: make test-walks ARGS="{seed}"')
    return test("-m", "walk", "-rP", "dev/tests/test_walks.py", *arguments, seed)


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
