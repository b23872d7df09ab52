"""Which process runs which tests, and on which database.

Odoo's tests change the database that they run on, so each process has one of its own. The tests
of the glue need more addons than the others: one process is for them alone.
"""

import gc
import os
import re
from contextlib import contextmanager
from pathlib import PurePath

import pytest
from xdist.scheduler import LoadScopeScheduling

from .checkout import ROOT, glue_addons
from .database import copy, drop, installation_log, pristine
from .progress import Missing

GLUE_TESTS = "dev/tests/glue"
GLUE = [*(folder.relative_to(ROOT) for folder in glue_addons()), PurePath(GLUE_TESTS)]
# Whatever else such a test is of, its world comes first.
OF_WORLD = re.compile(r"(dev/tests/test_worlds\.py)::\w+\[([^]-]+)")
# More processors than this do not help: some tests are slow, and not divided.
MOST_PROCESSORS = 4
# What each page of a tour loads.
STYLES = ("web.assets_web", "web.assets_web_print")
SCRIPTS = ("web.assets_web", "web.assets_tests")
DATABASES = pytest.StashKey()


def is_glue(nodeid):
    """→ whether a test, or the start of its id up to a ``::``, needs all addons."""
    path = PurePath(nodeid.partition("::")[0])
    return any(path.is_relative_to(folder) for folder in GLUE)


class Scheduling(LoadScopeScheduling):
    """Hands out classes of tests, or worlds, the largest first, to processes with a database."""

    def __init__(self, config, log=None):
        super().__init__(config, log)
        self._glue = {}

    def _split_scope(self, nodeid):
        """→ what tests have in common that one process runs: a class, a file, or a world."""
        found = OF_WORLD.match(nodeid)
        return "::".join(found.groups()) if found else super()._split_scope(nodeid)

    def _assign_work_unit(self, node):
        scope = next((scope for scope in self.workqueue if self._suits(node, scope)), None)
        if scope is None:
            node.shutdown()
        else:
            self.workqueue.move_to_end(scope, last=False)
            super()._assign_work_unit(node)

    def _suits(self, node, scope):
        # The only one gets all, and says of which tests it has not the database.
        return self.numnodes == 1 or is_glue(scope) == self._is_for_glue(node)

    def _is_for_glue(self, node):
        if node not in self._glue:
            taken = any(self._glue.get(each) for each in self.nodes)
            self._glue[node] = not taken and any(map(is_glue, self.workqueue))
        return self._glue[node]


class Databases:
    """What the tests of one process work on: copies, each as new, of what nobody changes."""

    def __init__(self, run, process):
        """:param run: its name; see :func:`dev.database.claimed`"""
        self.name = f"{run}_{process}"
        self._run = run
        self._is_glue = None
        self._source = None

    def prepare(self, is_glue):
        """Make the database of this process, if it is not there.

        :param is_glue: what it has to have; see ``pristine``
        :raise Missing: if it cannot be made, or has been made for other tests
        """
        if self._is_glue is None:
            self._is_glue = is_glue
            source = pristine(_odoo(), self._run, is_glue)
            copy(_odoo(), source, self.name)
            self._source = source
        if self._source is None:
            raise Missing("The database of this test could not be made: see the first such error.")
        if self._is_glue != is_glue:
            raise Missing(
                "A process has one database: select the tests of the glue alone, or let there be"
                " several processes (-n 2)."
            )

    @contextmanager
    def another(self, word):
        """One more database for the ``with`` statement, as new → its name."""
        name = f"{self.name}_{word}"
        try:
            copy(_odoo(), self._source, name)
            yield name
        finally:
            drop(_odoo(), name)

    def installation_log(self):
        """→ what Odoo complained of when it installed the addons."""
        return installation_log(_odoo(), self.name)


class Installation(pytest.Item):
    """Fails if Odoo complained while the addons were installed; selected with any selection."""

    def runtest(self):
        log = self.config.stash[DATABASES].installation_log()
        assert not log, log

    def repr_failure(self, excinfo):
        return f"Odoo's log while the addons were installed:\n{excinfo.value}"

    def reportinfo(self):
        return "installation", None, self.name


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers():
    """→ one process more than there are processors, since tests wait for a browser."""
    return min(len(os.sched_getaffinity(0)), MOST_PROCESSORS) + 1


def pytest_xdist_make_scheduler(config, log):
    return Scheduling(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config):
    """Tell Odoo of a database, which is made when the first test needs it."""
    if run := config.getoption("--odoo-database", None):
        process = getattr(config, "workerinput", {}).get("workerid", "main")
        databases = config.stash[DATABASES] = Databases(run, process)
        config.option.odoo_database = databases.name
        # With it pytest-odoo would copy one by itself, with programs that not everybody has.
        os.environ.pop("PYTEST_XDIST_WORKER", None)
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session, config, items):
    if DATABASES in config.stash:
        for of_the_glue in sorted({is_glue(item.nodeid) for item in items}):
            name = "no_warning_at_installation"
            nodeid = f"{GLUE_TESTS if of_the_glue else ''}::{name}"
            items.insert(0, Installation.from_parent(session, name=name, nodeid=nodeid))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if databases := item.config.stash.get(DATABASES, None):
        databases.prepare(is_glue(item.nodeid))


def pytest_unconfigure():
    # pytest looks for garbage five times, which takes long with all of Odoo in memory: on a busy
    # machine longer than a process is waited for at its end.
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(obj):
    if any(each.__name__ == "HttpCase" for each in getattr(obj, "__mro__", ())):
        pytest.mark.usefixtures("bundles_of_pages")(obj)


@pytest.fixture(scope="session")
def bundles_of_pages(request, load_registry):
    """Make once what Odoo would make for each tour, since a tour's transaction is undone."""
    from odoo.api import SUPERUSER_ID, Environment
    from odoo.modules.registry import Registry

    with Registry(request.config.stash[DATABASES].name).cursor() as cr:
        qweb = Environment(cr, SUPERUSER_ID, {})["ir.qweb"]
        for name in STYLES:
            qweb._get_asset_bundle(name, js=False).css()
        for name in SCRIPTS:
            qweb._get_asset_bundle(name, css=False).js()


def _odoo():
    # Odoo's modules are imported where its tests run, not where these are scheduled.
    from .tests.processes import this_odoo

    return this_odoo()
