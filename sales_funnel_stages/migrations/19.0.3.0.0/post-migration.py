from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Drop the foreign key and the index that made writing leads dearer than they were worth."""
    cr.execute("DROP INDEX IF EXISTS crm_lead__revisit_date_index")
    constraints = api.Environment(cr, SUPERUSER_ID, {})["ir.model.constraint"].search(
        [("name", "=", "crm_stage_transition_lead_id_fkey")]
    )
    constraints.unlink()
