"""Runs in Odoo's shell: imports the folder named by the variable DATA, and compares."""

import os
import sys
import time
from unittest import TestCase, TestResult

from odoo.tools import SQL

from odoo.addons.sales_funnel_stages.tests.support.maven import MavenImport
from odoo.addons.sales_funnel_stages.tests.support.maven_dates import tell_dates
from odoo.addons.sales_funnel_stages.tests.support.maven_files import (
    MavenFiles,
    csv_quarters,
    csv_totals,
)
from odoo.addons.sales_funnel_stages.tests.support.rules_figures_case import RulesFiguresAssertions
from odoo.addons.sales_funnel_stages.tools.completeness import describe, find_violations

STORY = """
  Every deal is imported as a lead, converted by its agent, and then walked:
    Prospecting  stays in New
    Engaging     Qualified
    Lost         Qualified, lost there
    Won          Qualified, Proposition, Won
  The files do not say why a deal moved; so much was taken from the fact that it did:
    to convert   a weak need, the list price as estimated budget, the close date (or the
                 last one of the files) as the date to buy by; what is required, of what
                 costs 1,000 or more
    Qualified    the engagement date, a buyer as contact, the product as requirement
    Proposition  a strong need, terms in discussion, a supplier under review
    Won          terms agreed, contract signed, budget and revenue as in the files
  What was made of what the files have not, or misspell:"""

started = time.monotonic()


def say(text):
    print(f"  {time.monotonic() - started:4.0f} s  {text}", flush=True)


class Figures(TestCase, RulesFiguresAssertions):
    """Every figure of all deals, as plain Python counts it."""

    longMessage = True

    def __init__(self, env):
        super().__init__()
        self.env = env

    def runTest(self):
        for what in ("funnel", "dashboards", "worth", "gate", "stuck"):
            getattr(self, f"assert_{what}")()
            say(f"compared with plain Python: {what}")


files = MavenFiles(os.environ["DATA"])
maven = MavenImport(env, files, say=say, commit=env.cr.commit)  # noqa: F821 (the shell's)
maven.import_master_data()
first = files.leads(files.deals[:100], "opportunity")
refused = maven.env["crm.lead"].load(first.fields, first.rows)["messages"]
say(f"refused {len(refused)} of 100 deals as opportunities, of which nothing is known yet")
maven.import_leads()
maven.try_to_convert(files.deals[:500])
maven.go()
tell_dates(maven.env, files.deals, maven.leads(files.deals))
env.cr.commit()  # noqa: F821 (the shell's)
say("done")
print(STORY)
for note, count in files.notes.items():
    print(f"    {count:6,}  {note}")
expected, found = csv_totals(os.environ["DATA"]), maven.totals()
print(f"\n  {'':12}{'files':>12}{'Odoo':>12}")
for name, count in expected.items():
    print(
        f"  {name:12}{count:12,}{found[name]:12,.0f}{'' if found[name] == count else '  differs'}"
    )
print()
figures = TestResult()
Figures(env).run(figures)  # noqa: F821 (the shell's)
for _test, trace in figures.failures + figures.errors:
    print(trace)
past = maven.import_past()
env.cr.commit()  # noqa: F821 (the shell's)
is_past_true = maven.quarters_of(past) == csv_quarters(os.environ["DATA"])
print(
    f"  {len(past):,} closed deals imported once more, as a past: what was won and lost in each"
    f" quarter {'is' if is_past_true else 'is not'} as in the files.\n"
)
violations = find_violations(lambda query: env.execute_query(SQL(query)))  # noqa: F821 (the shell's)
print(describe(violations) or "  The ledger tells of every lead how it came to where it is.")
sys.exit(found != expected or not figures.wasSuccessful() or not is_past_true or bool(violations))
