"""Put a real pipeline into a database of its own, through the gate.

The part that runs in Odoo's shell is ``import_example_shell.py``.
"""

from pathlib import Path

from .checkout import DATABASE_PREFIX, ROOT, addon_names
from .child import call
from .database import copy_template
from .odoo import running
from .prepared import locked
from .progress import Missing, say, step

DATABASE = f"{DATABASE_PREFIX}import_example"
FILES = ("accounts.csv", "products.csv", "sales_pipeline.csv", "sales_teams.csv")


def import_example(data=""):
    """Import the files of a folder → 0, if Odoo then has what they have.

    :param data: the folder, relative to the checkout; by default the data set beside it
    """
    folder = (ROOT / (data or Path("..", "shared", "data", "maven_crm"))).resolve()
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise Missing(
            f"There is no {missing[0]} in {folder}: set DATA to the folder that has"
            f" {', '.join(FILES)}."
        )
    with locked("import example"), running() as odoo:
        copy_template(odoo, DATABASE)
        with step("Installing the addon"):
            odoo.load(DATABASE, "-i", addon_names())
        with open(ROOT / "dev" / "import_example_shell.py") as script:
            code = call(
                odoo.command("shell", "--no-http", "--log-level=warn", "--database", DATABASE),
                env={**odoo.environment, "DATA": str(folder)},
                stdin=script,
            )
    say(f"\n  To look at it: python3 -m dev run --database {DATABASE}   (log in as admin, admin)")
    return code
