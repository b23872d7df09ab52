"""The part that runs outside of Odoo: the two databases, and the process that measures."""

import os

from ..checkout import ROOT, addon_names, digest
from ..child import call
from ..database import Template, copied, dependencies, fresh
from ..odoo import running
from ..progress import Missing, step
from ..worlds.large import COMMERCIAL, USED
from ..worlds.world import WITHOUT_DEMO
from . import data_sizes
from .worlds import PAGES

# What makes the data is part of what they are.
DATA_FILES = ("data.py", "data_sizes.py", "leads.py")
HISTORY_FILES = ("history.py", "history_sizes.py", "leads.py")

# PostgreSQL's own tidying would get into what is measured, and in the way of ours: what it looks
# at is not removed. A new table does as it likes until told.
NO_AUTOVACUUM = """
    DO $$
    DECLARE
        name text;
    BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('ALTER TABLE public.%I SET (autovacuum_enabled = off)', name);
        END LOOP;
    END $$
"""

# Odoo finds e-mails by an index for which not every PostgreSQL has what it takes; without any, its
# own conversion goes through all leads for each.
EMAIL_INDEX = """
    CREATE INDEX ON crm_lead (email_normalized);
    CREATE INDEX ON res_partner (email_normalized)
"""


def bench(*words):
    """Measure and compare → 0, if all that is asked holds.

    :param words: only figures whose name has all of them. Some are of data of their own, and
        are asked for by its name first: ``funnel`` and ``impact`` (a million leads), ``pages`` and
        ``searches`` (10,000 leads of two years), ``commercial`` (as without a word, beside what a
        company sells and answers with)
    """
    parts = {
        COMMERCIAL.name: lambda *words: _bench_moves(COMMERCIAL.modules, *words),
        "funnel": _bench_funnel,
        "impact": _bench_impact,
        "pages": _bench_pages,
        "searches": _bench_searches,
    }
    first, *others = words or [""]
    if first in parts:
        return parts[first](*others)
    codes = [_bench_moves((), *words)]
    if not words:
        codes += [part() for part in parts.values()]
    return max(codes)


def _bench_moves(modules, *words):
    with running() as odoo:
        template = _template(odoo, modules)
        with copied(odoo, template) as stock, copied(odoo, template) as ours:
            with step("Installing the addon in one of two databases"):
                odoo.load(ours, "-i", addon_names())
                odoo.sql(NO_AUTOVACUUM, ours)
                _data(odoo, "qualify", ours)
            with step("Tidying up both"):
                for database in (stock, ours):
                    _tidy(odoo, database)
            return _call(odoo, "compare", stock, ours, *words)


def _bench_funnel():
    """Measure the reports, and the installation, on a million leads with a history.

    :return: 0, if all that is asked holds
    """
    with running() as odoo, copied(odoo, _template_with_history()) as name:
        with step("Installing the addon on a million leads with a history"):
            odoo.load(name, "-i", addon_names(), "--without-demo=True")
        odoo.sql("VACUUM ANALYZE", name)
        return _call(odoo, "measure_funnel", name)


def _bench_impact():
    """Measure the impact preview on a million leads → 0, if all that is asked holds."""
    with running() as odoo, fresh(odoo) as (name, _complaints):
        with step("Making a million leads"):
            _data(odoo, "fill_impact", name)
            odoo.sql("VACUUM ANALYZE", name)
        return _call(odoo, "measure_impact", name)


def _bench_pages(*words):
    """Compare what the web client's pages take, in a company that has used CRM for two years.

    :return: 0, if all that is asked holds
    """
    with running() as odoo:
        template = PAGES.template
        with copied(odoo, template) as stock, copied(odoo, template) as ours:
            with step("Installing the addon in one of two databases"):
                odoo.load(ours, "-i", addon_names(), WITHOUT_DEMO)
            for database in (stock, ours):
                odoo.sql(NO_AUTOVACUUM, database)
                _data(odoo, "go_on", database)
                odoo.sql("VACUUM ANALYZE", database)
            return _call(odoo, "compare_pages", stock, ours, *words)


def _bench_searches(*words):
    """Measure what is asked of PostgreSQL as it is shipped → 0, if all that is asked holds."""
    with USED.hosted(), running() as odoo, copied(odoo, USED.template) as name:
        with step("Installing the addon in a company that has used CRM for two years"):
            odoo.load(name, "-i", addon_names(), WITHOUT_DEMO)
        _data(odoo, "go_on", name)
        odoo.sql("VACUUM ANALYZE", name)
        return _call(odoo, "measure_searches", name, *words)


def _template(odoo, more):
    modules = [*dependencies(), *more]

    def build(odoo, name):
        # Without demo data, as where people work; so the addon comes without its own, too.
        odoo.load(name, "-i", ",".join(modules), "--without-demo=True")
        odoo.sql(NO_AUTOVACUUM, name)
        _data(odoo, "fill", name)

    folder = ROOT / "dev" / "bench"
    inputs = (*modules, digest(*((folder / name).read_text() for name in DATA_FILES)))
    title = f"Making a database with {data_sizes.OPPORTUNITIES:,} opportunities, which is kept"
    return Template("bench_more" if more else "bench", inputs, title, build)


def _template_with_history():
    modules = dependencies()

    def build(odoo, name):
        odoo.load(name, "-i", ",".join(modules), "--without-demo=True")
        _data(odoo, "fill_history", name)
        odoo.sql("VACUUM ANALYZE", name)

    folder = ROOT / "dev" / "bench"
    inputs = (*modules, digest(*((folder / name).read_text() for name in HISTORY_FILES)))
    return Template(
        "history", inputs, "Making a million leads with a history, which is kept", build
    )


def _tidy(odoo, database):
    """Leave tables as if they had just been loaded."""
    # Processes that PostgreSQL starts to help are on no clock of ours.
    odoo.sql(f'ALTER DATABASE "{database}" SET max_parallel_workers_per_gather = 0')
    odoo.sql(EMAIL_INDEX, database)
    # In one order in both: a page of leads is found at once where they come first.
    odoo.sql("CLUSTER crm_lead USING crm_lead_pkey", database)
    odoo.sql("VACUUM ANALYZE", database)


def _data(odoo, word, database):
    if _call(odoo, word, database):
        raise Missing("The data of the benchmark could not be made.")


def _call(odoo, *words):
    path = os.pathsep.join([str(ROOT), odoo.environment["PYTHONPATH"]])
    return call(
        [odoo.python, "-m", "dev.bench", *words],
        cwd=ROOT,
        env={**odoo.environment, "PYTHONPATH": path},
    )
