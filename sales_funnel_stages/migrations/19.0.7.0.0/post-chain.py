from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, sql

from odoo.addons.sales_funnel_stages.models.ledger.counted import DOUBTFUL, UNDONE

MARKS = """
    INSERT INTO crm_stage_transition_mark (transition_id, kind, date)
    SELECT id, %s, now() AT TIME ZONE 'UTC' FROM crm_stage_transition WHERE %s
    ON CONFLICT DO NOTHING
"""


def migrate(cr, version):
    """Let marks lie beside the rows that they are of; chain all rows, and seal them."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for kind in (DOUBTFUL, UNDONE):
        if sql.column_exists(cr, "crm_stage_transition", f"is_{kind}"):
            column = SQL.identifier(f"is_{kind}")
            cr.execute(SQL(MARKS, kind, column))
            cr.execute(SQL("ALTER TABLE crm_stage_transition DROP COLUMN %s", column))
    env["crm.stage.transition"]._chain()
    env["crm.stage.seal"]._seal()
