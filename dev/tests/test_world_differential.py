"""Leads that are converted at once come out as Odoo's own wizard converts them, there, too."""

import os
import subprocess
import sys

import pytest

from dev.checkout import ROOT, addon_names
from dev.database import copied
from dev.worlds.large import COMMERCIAL, COMMUNITY, CUSTOM
from dev.worlds.world import WITHOUT_DEMO

from .processes import this_odoo

TEST = "sales_funnel_stages/tests/mass_conversion/test_mass_conversion_differential.py"
PYTEST = ["-m", "pytest", "-p", "dev.pytest_plugin", "-p", "no:cacheprovider", "-n", "0"]
WORLDS = [
    pytest.param(world, id=world.name, marks=pytest.mark.world(world.name))
    for world in (COMMERCIAL, COMMUNITY, CUSTOM)
]


@pytest.mark.parametrize("world", WORLDS)
def test_as_by_odoo(world):
    with world.hosted():
        odoo = this_odoo()
        with copied(odoo, world.template) as database:
            assert not odoo.load(database, "-i", addon_names(), WITHOUT_DEMO)
            # what says that this process is one of several is not for the other
            others = {name: os.environ[name] for name in os.environ if "PYTEST" not in name}
            done = subprocess.run(
                [sys.executable, *PYTEST, "--odoo-database", database, TEST],
                cwd=ROOT,
                env=others,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0 and " passed" in done.stdout, done.stdout
