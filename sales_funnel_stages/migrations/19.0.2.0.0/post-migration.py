from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Bring the history that Odoo has tracked so far into the ledger, which is new."""
    api.Environment(cr, SUPERUSER_ID, {})["crm.stage.transition"]._backfill()
