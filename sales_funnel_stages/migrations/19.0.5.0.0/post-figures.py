from odoo import SUPERUSER_ID, api

# A lead that has been lost since a row says why; of others nobody knows why they were lost then.
# Names as the backfill has them: in the language of the lead's company.
LOST_REASONS = """
    UPDATE crm_stage_transition AS row
       SET lost_reason_id = reason.id,
           lost_reason_name = COALESCE(reason.name->>partner.lang, reason.name->>'en_US')
      FROM crm_lead AS lead
      JOIN crm_lost_reason AS reason ON reason.id = lead.lost_reason_id
 LEFT JOIN res_company AS company ON company.id = COALESCE(lead.company_id, %s)
 LEFT JOIN res_partner AS partner ON partner.id = company.partner_id
     WHERE lead.won_status = 'lost'
       AND row.lead_ref = lead.id
       AND row.to_status = 'lost'
       AND row.from_status IS DISTINCT FROM 'lost'
       AND row.lost_reason_id IS NULL
       AND NOT EXISTS (
               SELECT
                 FROM crm_stage_transition AS later
                WHERE later.lead_ref = row.lead_ref
                  AND (later.date, later.id) > (row.date, row.id)
                  AND (later.to_status IS DISTINCT FROM 'lost'
                       OR later.from_status IS DISTINCT FROM 'lost')
           )
"""


def migrate(cr, version):
    """Let the ledger say why leads were lost, and which stages are meant that were deleted."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(LOST_REASONS, [env["res.company"]._get_main_company().id])
    # the index of what was told by how a lead went
    cr.execute("DROP INDEX IF EXISTS crm_stage_transition_skipped_idx")
    env["crm.stage.past"]._keep_named()
