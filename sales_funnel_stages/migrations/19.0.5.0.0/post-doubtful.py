from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Mark steps that were recorded in the wrong order, where moves lay within moves."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["crm.stage.transition"]._mark_doubtful()
