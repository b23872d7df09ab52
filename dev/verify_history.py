"""Whether the ledger of a database is as it was recorded: its chains, seals, order and leads.

The part that runs in Odoo's shell is ``verify_history_shell.py``.
"""

from .checkout import ROOT
from .child import call
from .demo import demo_database
from .odoo import running


def verify_history(database="", kept_seals=""):
    """Verify a database, by default the demo's → 0, if all is so.

    :param kept_seals: a text with seals that were kept outside of it
    """
    with running() as odoo:
        name = database or demo_database(odoo)
        with open(ROOT / "dev" / "verify_history_shell.py") as script:
            return call(
                odoo.command("shell", "--no-http", "--log-level=warn", "--database", name),
                env={**odoo.environment, "KEPT_SEALS": kept_seals},
                stdin=script,
            )
