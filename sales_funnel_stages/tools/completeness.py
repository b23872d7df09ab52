"""What the ledger promises of every lead, whatever was done: asked of the tables.

Pure, and of no other module: whoever has a connection to the database can ask. Of each promise:
the leads and rows of which it is not so, ``lead_ref`` and ``row_id`` first.
"""

# Of a lead that is gone, the last row says so; of one that was never kept, there is none.
ASTRAY = """
    SELECT known.id AS lead_ref, row.id AS row_id,
           lead.type, lead.stage_id, lead.team_id, lead.won_status,
           lead.company_id, row.to_type, row.to_stage_id, row.team_id, row.to_status, row.company_id
      FROM {known}
 LEFT JOIN crm_lead AS lead ON lead.id = known.id
 LEFT JOIN LATERAL (
               SELECT * FROM crm_stage_transition
                WHERE lead_ref = known.id ORDER BY id DESC LIMIT 1
           ) AS row ON TRUE
     WHERE (
               row.to_type, row.to_stage_id, row.to_status,
               CASE WHEN lead.id IS NOT NULL THEN row.team_id END,
               CASE WHEN lead.id IS NOT NULL THEN row.company_id END
           )
           IS DISTINCT FROM
           (
               lead.type, lead.stage_id,
               CASE lead.won_status WHEN 'pending' THEN 'open' ELSE lead.won_status END,
               lead.team_id, lead.company_id
           )
"""
#: of leads whose ids are the one argument
ASTRAY_OF_LEADS = ASTRAY.format(known="unnest(%s::int[]) AS known (id)")

HISTORY = {
    "a lead is where its last row says": ASTRAY.format(
        known="(SELECT id FROM crm_lead UNION SELECT lead_ref FROM crm_stage_transition) AS known"
    ),
    "a row begins where the one before has ended": """
        SELECT lead_ref, id AS row_id, from_type, from_stage_id, from_status, to_type, to_stage_id,
               to_status
          FROM (SELECT id, lead_ref, from_type, from_stage_id, from_status,
                       LAG(to_type) OVER history AS to_type,
                       LAG(to_stage_id) OVER history AS to_stage_id,
                       LAG(to_status) OVER history AS to_status,
                       is_gap
                  FROM crm_stage_transition AS row
                 WHERE NOT EXISTS (
                           SELECT FROM crm_stage_transition_mark AS mark
                            WHERE mark.transition_id = row.id AND mark.kind = 'doubtful'
                       )
                WINDOW history AS (PARTITION BY lead_ref ORDER BY id)) AS row
         WHERE NOT COALESCE(is_gap, FALSE)
           AND (from_type, from_stage_id, from_status)
               IS DISTINCT FROM (to_type, to_stage_id, to_status)
    """,
}

INVARIANTS = {
    **HISTORY,
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


def find_violations(ask, invariants=None):
    """Return ``{what is not so: [row, …]}``, as the database has it now.

    :param ask: a function that runs a query, and returns its rows
    :param dict invariants: those of ``INVARIANTS`` that are asked for, by default all
    """
    found = {name: ask(query) for name, query in (invariants or INVARIANTS).items()}
    return {name: rows for name, rows in found.items() if rows}


def describe(violations, at_most=5):
    """Return as a text what ``find_violations`` has found, with a few rows of each."""
    lines = []
    for name, rows in violations.items():
        lines += [f"It is not so that {name} ({len(rows)}):", *map(repr, rows[:at_most])]
    return "\n".join(lines)
