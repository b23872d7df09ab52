"""Steps as rows of the ledger, with the names that these keep, in SQL."""

from odoo.tools import SQL


def insert(main_company_id):
    """Return how to add to the ledger; it says how many rows it added, and for how many leads.

    :param main_company_id: in whose language leads without a company keep names
    """
    return SQL(
        "WITH %s, %s, %s %s",
        SQL(NAMES),
        SQL(SIGNED, main_company=main_company_id, is_loss=SQL(IS_LOSS)),
        SQL(ADDED),
        SQL(SAID),
    )


# In each language that a company has. What is there no more is called what the last message
# about it called it.
NAMES = """
    language AS (
        SELECT company.id AS company_id, COALESCE(partner.lang, 'en_US') AS code
          FROM res_company AS company
          JOIN res_partner AS partner ON partner.id = company.partner_id
    ), code AS (
        SELECT DISTINCT code FROM language
    ), known AS (
        SELECT 'stage_id' AS field, id, code, COALESCE(name->>code, name->>'en_US') AS name
          FROM crm_stage CROSS JOIN code
     UNION ALL
        SELECT 'team_id', id, code, COALESCE(name->>code, name->>'en_US')
          FROM crm_team CROSS JOIN code
     UNION ALL
        SELECT 'user_id', users.id, code, partner.name
          FROM res_users AS users JOIN res_partner AS partner ON partner.id = partner_id
         CROSS JOIN code
     UNION ALL
        SELECT 'lost_reason_id', id, code, COALESCE(name->>code, name->>'en_US')
          FROM crm_lost_reason CROSS JOIN code
    ), called AS (
        SELECT DISTINCT ON (field, each.id) field, each.id, each.name
          FROM backfill_value AS value
         CROSS JOIN LATERAL (VALUES (old_id, old_text), (new_id, new_text)) AS each (id, name)
         WHERE field IN ('stage_id', 'team_id', 'user_id', 'lost_reason_id') AND each.id != 0
      ORDER BY field, each.id, value.id DESC
    ), named AS (
        SELECT field, id, code, id AS kept_id, name FROM known
     UNION ALL
        SELECT field, id, code, NULL, name
          FROM called CROSS JOIN code
         WHERE (field, id) NOT IN (SELECT field, id FROM known)
    )
"""

IS_LOSS = "(to_status = 'lost' AND (kind = 'created' OR from_status != 'lost'))"
# By whom: the user who is the message's author, else the one who was logged in; what was imported,
# by whoever did. Why it was lost: as was tracked then; of a lead that has been lost since, as it
# says.
SIGNED = """
    signed AS (
        SELECT step.*, lead.name AS lead_name, lead.company_id, language.code,
               CASE WHEN NOT %(is_loss)s THEN NULL
                    WHEN tracked.new_lost_reason_id != 0 THEN tracked.new_lost_reason_id
                    WHEN lead.status = 'lost'
                         AND at = max(at) FILTER (WHERE %(is_loss)s) OVER (PARTITION BY lead.id)
                    THEN lead.lost_reason_id
               END AS lost_reason_id,
               author.name AS author_name,
               CASE WHEN kind = 'created' OR is_imported THEN lead.create_uid
                    WHEN creator.partner_id = author_id THEN creator.id
                    ELSE COALESCE(author_user.id, creator.id)
               END AS by_user_id
          FROM backfill_step AS step
          JOIN backfill_lead AS lead ON lead.id = step.lead_id
          LEFT JOIN (SELECT message_id, new_lost_reason_id FROM backfill_tracked) AS tracked
            ON tracked.message_id = step.message_id
          JOIN language ON language.company_id = COALESCE(lead.company_id, %(main_company)s)
          LEFT JOIN res_users AS creator ON creator.id = step.create_uid
          LEFT JOIN res_partner AS author ON author.id = author_id
          LEFT JOIN (
               SELECT partner_id, (array_agg(id ORDER BY active DESC, id))[1] AS id
                 FROM res_users
             GROUP BY partner_id
               ) AS author_user ON author_user.partner_id = author_id
    )
"""

ADDED = """
    added AS (
        INSERT INTO crm_stage_transition (
               lead_id, lead_ref, lead_name, company_id, date, direction,
               from_type, from_status, from_stage_id, from_stage_name, from_team_name,
               to_type, to_status, to_stage_id, to_stage_name, team_id, team_name,
               user_id, user_name, by_user_id, by_user_name, expected_revenue,
               seconds_in_previous, is_gap, is_reconstructed, is_imported, is_to_laxer_team,
               lost_reason_id, lost_reason_name
        )
        SELECT lead_id, lead_id, lead_name, company_id, at, direction,
               CASE WHEN kind = 'created' THEN NULL
                    WHEN from_is_opportunity THEN 'opportunity' ELSE 'lead' END,
               CASE WHEN kind != 'created' THEN from_status END,
               from_stage.kept_id, from_stage.name, from_team.name,
               CASE WHEN to_is_opportunity THEN 'opportunity' ELSE 'lead' END, to_status,
               to_stage.kept_id, to_stage.name, team.kept_id, team.name,
               salesperson.kept_id, salesperson.name,
               by_user.kept_id, COALESCE(by_user.name, author_name), to_expected_revenue,
               EXTRACT(EPOCH FROM at - since), is_gap, TRUE, is_imported, FALSE,
               lost_reason.kept_id, lost_reason.name
          FROM signed
          LEFT JOIN named AS from_stage
            ON (from_stage.field, from_stage.id, from_stage.code)
             = ('stage_id', from_stage_id, signed.code) AND kind != 'created'
          LEFT JOIN named AS to_stage
            ON (to_stage.field, to_stage.id, to_stage.code) = ('stage_id', to_stage_id, signed.code)
          LEFT JOIN named AS from_team
            ON (from_team.field, from_team.id, from_team.code)
             = ('team_id', from_team_id, signed.code) AND from_team_id != to_team_id
          LEFT JOIN named AS team
            ON (team.field, team.id, team.code) = ('team_id', to_team_id, signed.code)
          LEFT JOIN named AS salesperson
            ON (salesperson.field, salesperson.id, salesperson.code)
             = ('user_id', to_user_id, signed.code)
          LEFT JOIN named AS by_user
            ON (by_user.field, by_user.id, by_user.code) = ('user_id', by_user_id, signed.code)
          LEFT JOIN named AS lost_reason
            ON (lost_reason.field, lost_reason.id, lost_reason.code)
             = ('lost_reason_id', signed.lost_reason_id, signed.code)
      ORDER BY at, lead_id, rank, message_id
     RETURNING direction
    )
"""
SAID = "SELECT count(*), count(*) FILTER (WHERE direction = 'created') FROM added"
