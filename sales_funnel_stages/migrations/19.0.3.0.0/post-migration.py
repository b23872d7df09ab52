from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Drop the foreign key that the ledger does without."""
    constraints = api.Environment(cr, SUPERUSER_ID, {})["ir.model.constraint"].search(
        [("name", "=", "crm_stage_transition_lead_id_fkey")]
    )
    constraints.unlink()
