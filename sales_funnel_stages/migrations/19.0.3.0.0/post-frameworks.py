from odoo import SUPERUSER_ID, api
from odoo.tools import convert_file


def migrate(cr, version):
    """Add the frameworks to choose from, which are new.

    An update leaves them out: it takes what is missing for what somebody has deleted.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in ("champ", "meddpicc", "spiced", "gpctba"):
        convert_file(
            env,
            "sales_funnel_stages",
            f"data/frameworks/{name}.xml",
            {},
            mode="init",
            noupdate=True,
        )
