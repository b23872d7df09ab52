"""The part that runs outside of Odoo: a database, and the process that takes the pictures."""

import os

from ..checkout import DEV, ROOT
from ..child import call
from ..database import fresh
from ..odoo import running
from ..progress import Missing, say

SHIPPED = ROOT / "sales_funnel_stages" / "static" / "description"
# What is only looked at is not committed.
LOOKED_AT = DEV / "looks"


def screenshots(*words):
    """Take the pictures → the exit code.

    :param words: only pictures whose name has all of them
    """
    with running(browser=True) as odoo, fresh(odoo) as (database, complaints):
        if complaints:
            raise Missing(f"Odoo complains of the addon:\n{complaints}")
        path = os.pathsep.join([str(ROOT), odoo.environment["PYTHONPATH"]])
        code = call(
            [odoo.python, "-m", "dev.screenshots", database, SHIPPED, LOOKED_AT, *words],
            cwd=ROOT,
            env={**odoo.environment, "PYTHONPATH": path},
        )
    if not code:
        say(f"  Look at each: those of the README in {SHIPPED}, all others in {LOOKED_AT}.")
    return code
