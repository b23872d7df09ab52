"""Random walks through whatever a client can call: see ``walks/machine.py``.

A few in ``make test``; ``make test-walks`` does 20,000 steps in three worlds and says which seed it
has taken: with it the same walks are walked again.
"""

from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from odoo.modules.registry import Registry
from odoo.tools import config, mute_logger

from dev.checkout import addon_names
from dev.database import copied
from dev.pytest_processes import DATABASES
from dev.worlds.catalog import AUTOMATION, NOTHING, TWO_COMPANIES
from dev.worlds.world import WITHOUT_DEMO, run_script

from .processes import this_odoo
from .walks.machine import DONE, walking_in
from .walks.place import Place

STEPS_OF_A_WALK = 50
# of each of the three worlds; in many steps, two things are done
WALKS, FEW = 140, 5
# What is called with whatever there is fails in Odoo's code, too, of which its log tells.
MUTED = (
    "odoo.sql_db",
    "odoo.models.unlink",
    "odoo.domains",
    "odoo.tools.mail.html_sanitize",
    "odoo.addons.base.models.ir_module",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.crm.models.crm_lead",
    "odoo.addons.mail",
    "odoo.addons.auth_signup.models.res_partner",
    "py.warnings",
)


def walk(database, walks):
    """Walk in a database → how often what was done."""
    DONE.clear()
    # loaded as where people work: no tests of modules are looked for
    with patch.dict(config.options, test_enable=False):
        registry = Registry(database)
    try:
        with mute_logger(*MUTED):
            run_state_machine_as_test(
                walking_in(Place(registry)),
                settings=settings(
                    max_examples=walks,
                    stateful_step_count=STEPS_OF_A_WALK,
                    deadline=None,
                    database=None,
                    phases=set(Phase) - {Phase.explain},
                    suppress_health_check=list(HealthCheck),
                ),
            )
    finally:
        print(f"In {database}: {dict(DONE)}")
        Registry.delete(database)
    return dict(DONE)


def test_a_few(request):
    with request.config.stash[DATABASES].another("walks") as database:
        assert walk(database, FEW)["moves"]


@pytest.mark.walk
@pytest.mark.parametrize(
    "world", [NOTHING, TWO_COMPANIES, AUTOMATION], ids=lambda world: world.name
)
def test_many(world):
    odoo = this_odoo()
    with world.hosted(), copied(odoo, world.template) as database:
        odoo.load(database, "-i", addon_names(), WITHOUT_DEMO)
        if world.set_up:
            run_script(odoo, database, world.set_up)
        assert walk(database, WALKS)["steps"] >= WALKS * STEPS_OF_A_WALK
