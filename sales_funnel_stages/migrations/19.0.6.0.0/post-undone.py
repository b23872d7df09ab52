from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Mark the conversions that were undone in the history, and number the leads of batches.

    A line knew its lead only as what it is now: of one that was merged, its number is unknown.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    lines = env["crm.lead.conversion.batch.line"].search([])
    for line in lines.filtered(lambda line: line.state != "merged"):
        line.lead_ref = line.lead_id.id
    lines.filtered(lambda line: line.state == "undone")._mark_undone()
