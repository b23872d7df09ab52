"""Updates from each release, in a database without any lead and in one with many."""

import pytest

from odoo.addons.sales_funnel_stages.tools.completeness import find_violations

from dev.worlds import screens, visits
from dev.worlds.catalog import NOTHING
from dev.worlds.large import USED
from dev.worlds.world import WITHOUT_DEMO

from .clients import WebClient
from .processes import ask, this_odoo
from .release_in_use import SCRIPT
from .server import Server
from .test_updates import DEFINING, RELEASES, as_called_now, installed, update
from .whole_database import lost, rows

# Those in between could not be installed where there was no lead, so that nobody has them there.
OF_NOTHING = [each for each in RELEASES if not "19.0.2" <= each.version < "19.0.4.2"]


def each_release(world, releases):
    return [
        pytest.param(
            release,
            id=f"{world.name}-{release}",
            marks=[pytest.mark.world(world.name), pytest.mark.needs_history],
        )
        for release in releases
    ]


@pytest.mark.parametrize("release", each_release(NOTHING, OF_NOTHING))
def test_of_nothing(release, tmp_path):
    with installed(release, tmp_path, NOTHING.template, WITHOUT_DEMO) as (database, _old, names):
        update(database, names)
        with Server(this_odoo(), database, tmp_path, words=[WITHOUT_DEMO]) as server:
            look(server)
            assert not visits.get_dashboard(WebClient(server, "admin"))["trend"]["rows"]


@pytest.mark.parametrize("release", each_release(USED, RELEASES))
def test_of_many_leads(release, tmp_path):
    with (
        USED.hosted(),
        installed(release, tmp_path, USED.template, WITHOUT_DEMO) as (database, old, names),
    ):
        ask(old, database, SCRIPT)
        before = as_called_now(rows(database))
        update(database, names)
        defining = [table for table in before if table.startswith(DEFINING)]
        # rules of frameworks that nobody follows are taken away, see test_updates
        assert lost(before, rows(database), ignored=[*defining, "crm_stage_rule"]) == {}
        with Server(this_odoo(), database, tmp_path, words=[WITHOUT_DEMO]) as server:
            look(server)
            assert find_violations(server.rows) == {}


def look(server):
    """Open what there is, and let the scheduled jobs run; an error or a warning fails."""
    admin = WebClient(server, "admin")
    screens.open_app(admin)
    for see in (visits.run_jobs, visits.export_dashboard, visits.get_worth, visits.get_impact):
        see(admin)
    assert not server.new_complaints()
