"""What must be so in any database with the addon, whatever was done: asked of the tables."""

# Of each: the leads, or rows of the ledger, of which it is not so.
INVARIANTS = {
    "a lead is where its last row says": """
        SELECT lead.id, lead.type, lead.stage_id, lead.team_id, lead.won_status,
               row.to_type, row.to_stage_id, row.team_id, row.to_status
          FROM crm_lead AS lead
     LEFT JOIN LATERAL (
                   SELECT * FROM crm_stage_transition
                    WHERE lead_ref = lead.id ORDER BY id DESC LIMIT 1
               ) AS row ON TRUE
         WHERE (row.to_type, row.to_stage_id, row.team_id, row.to_status)
               IS DISTINCT FROM
               (lead.type, lead.stage_id, lead.team_id,
                CASE lead.won_status WHEN 'pending' THEN 'open' ELSE lead.won_status END)
    """,
    "a row begins where the one before has ended": """
        SELECT *
          FROM (SELECT id, lead_ref, from_type, from_stage_id, from_status,
                       LAG(to_type) OVER history AS to_type,
                       LAG(to_stage_id) OVER history AS to_stage_id,
                       LAG(to_status) OVER history AS to_status
                  FROM crm_stage_transition
                 WHERE NOT COALESCE(is_gap, FALSE)
                WINDOW history AS (PARTITION BY lead_ref ORDER BY id)) AS row
         WHERE (from_type, from_stage_id, from_status)
               IS DISTINCT FROM (to_type, to_stage_id, to_status)
    """,
    "time goes on": """
        SELECT *
          FROM (SELECT id, date, LAG(date) OVER (PARTITION BY lead_ref ORDER BY id) AS before
                  FROM crm_stage_transition) AS row
         WHERE date < before OR date > now() AT TIME ZONE 'UTC' + interval '1 second'
    """,
    "no time is negative": "SELECT id FROM crm_stage_transition WHERE seconds_in_previous < 0",
    "a lead has one beginning": """
        SELECT lead_ref, count(*) FROM crm_stage_transition WHERE from_type IS NULL
      GROUP BY lead_ref HAVING count(*) <> 1
    """,
    "no row is in another company": """
        SELECT lead.id, lead.company_id, row.company_id
          FROM crm_lead AS lead
          JOIN LATERAL (
                   SELECT company_id FROM crm_stage_transition
                    WHERE lead_ref = lead.id ORDER BY id DESC LIMIT 1
               ) AS row ON TRUE
         WHERE row.company_id IS DISTINCT FROM lead.company_id
    """,
    "what is gone was merged or deleted": """
        SELECT row.id, row.direction
          FROM (SELECT DISTINCT ON (lead_ref) * FROM crm_stage_transition
              ORDER BY lead_ref, id DESC) AS row
     LEFT JOIN crm_lead AS lead ON lead.id = row.lead_ref
         WHERE (lead.id IS NULL) <> (row.direction IN ('merged', 'deleted'))
    """,
    "what was required and not met was enforced, or let through": """
        SELECT id, verdict, policy FROM crm_stage_transition
         WHERE verdict = 'passed' AND policy = 'enforce'
           AND EXISTS (SELECT FROM crm_qualification_criterion_crm_stage_transition_rel
                        WHERE crm_stage_transition_id = id)
    """,
}


def find_violations(server):
    """→ ``{what is not so: [row, …]}``, as the database has it now."""
    found = {name: server.rows(query) for name, query in INVARIANTS.items()}
    return {name: rows for name, rows in found.items() if rows}
