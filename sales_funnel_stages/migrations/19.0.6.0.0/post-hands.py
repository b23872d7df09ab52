# A change of company was no row: let the ledger say where leads are, as reconstructed.
RECONSTRUCTED = """
    INSERT INTO crm_stage_transition (
           lead_id, lead_ref, lead_name, date, direction, from_type, from_stage_id, from_stage_name,
           from_status, to_type, to_stage_id, to_stage_name, to_status, team_id, team_name,
           user_id, user_name, from_company_id, company_id, expected_revenue,
           is_to_laxer_team, is_reconstructed, is_gap
    )
    SELECT lead.id, lead.id, lead.name, now() AT TIME ZONE 'UTC', 'company',
           row.to_type, row.to_stage_id, row.to_stage_name, row.to_status,
           row.to_type, row.to_stage_id, row.to_stage_name, row.to_status,
           row.team_id, row.team_name, row.user_id, row.user_name,
           row.company_id, lead.company_id, row.expected_revenue, FALSE, TRUE, FALSE
      FROM crm_lead AS lead
      JOIN LATERAL (
               SELECT * FROM crm_stage_transition WHERE lead_ref = lead.id ORDER BY id DESC LIMIT 1
           ) AS row ON row.company_id IS DISTINCT FROM lead.company_id
"""
# The state of a lead that a request remembers has the company besides.
PLACES = """
    UPDATE crm_stage_request AS request
       SET place = request.place || to_jsonb(COALESCE(lead.company_id, 0))
      FROM crm_lead AS lead
     WHERE lead.id = request.lead_id AND jsonb_array_length(request.place) = 4
"""


def migrate(cr, version):
    """Let the ledger, and the requests that wait, say in which company leads are.

    That came while 19.0.4.4.0 was being made, and databases have that version from before.
    """
    cr.execute(RECONSTRUCTED)
    cr.execute(PLACES)
