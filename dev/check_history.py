"""Whether the ledger of a database tells of every lead how it came to where it is."""

import runpy

from .checkout import ROOT
from .demo import demo_database
from .odoo import running
from .progress import say

# Odoo's modules are not imported here: what is asked needs none.
COMPLETENESS = ROOT / "sales_funnel_stages" / "tools" / "completeness.py"


def check_history(database=""):
    """Ask a database, by default the demo's → 0, if all is so."""
    completeness = runpy.run_path(str(COMPLETENESS))
    with running() as odoo:
        name = database or demo_database(odoo)
        violations = completeness["find_violations"](lambda query: odoo.sql(query, name))
    if violations:
        say(completeness["describe"](violations))
        return 1
    say(f"  The ledger of {name} tells of every lead how it came to where it is.")
    return 0
