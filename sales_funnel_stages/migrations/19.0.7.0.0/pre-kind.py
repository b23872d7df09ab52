from odoo.tools import sql


def migrate(cr, version):
    """Say of all rows of the ledger that they are moves, without writing each."""
    if sql.table_exists(cr, "crm_stage_transition"):
        cr.execute(
            "ALTER TABLE crm_stage_transition ADD COLUMN kind varchar NOT NULL DEFAULT 'move'"
        )
        cr.execute("ALTER TABLE crm_stage_transition ALTER COLUMN kind DROP DEFAULT")
