"""What Odoo tracked of leads, a row for each message, in SQL."""

from odoo.tools import SQL

from ....tools.imported_past import EARLIEST


def tables(first_id, last_id):
    """Return how to make the tables ``lead``, ``value`` and ``tracked``: ``{name: SQL}``.

    ``lead`` has the leads in a range of ids that have no rows yet; ``value`` each value that was
    tracked of them; ``tracked`` the old and the new values of each message, NULL where it does
    not tell them.
    """
    lead = SQL(LEAD, first_id=first_id, last_id=last_id, earliest=EARLIEST)
    return {"lead": lead, "value": SQL(VALUE), "tracked": SQL(TRACKED)}


# What is stamped within seconds of the creation was so from the start; what is stamped before was
# imported with its date. But for copies, to which Odoo gives the date on which their original was
# converted.
LEAD = """
    WITH early AS (
        SELECT DISTINCT date_conversion AS conversion
          FROM crm_lead
         WHERE id BETWEEN %(first_id)s AND %(last_id)s
           AND date_conversion BETWEEN %(earliest)s AND create_date - INTERVAL '10 seconds'
    ), converted AS (
        SELECT conversion AS converted_at
          FROM early
          JOIN crm_lead ON date_conversion = conversion AND create_date < date_conversion
      GROUP BY conversion
    ), alike AS (
        SELECT conversion, name AS lead_name, min(create_date) AS first_created_at
          FROM early
          JOIN crm_lead ON date_conversion = conversion
      GROUP BY conversion, name
    )
    SELECT id, name, company_id, COALESCE(type = 'opportunity', FALSE) AS is_opportunity,
           COALESCE(stage_id, 0) AS stage_id, COALESCE(team_id, 0) AS team_id,
           COALESCE(user_id, 0) AS user_id, COALESCE(active, FALSE) AS active,
           CASE WHEN won_status IN ('won', 'lost') THEN won_status ELSE 'open' END AS status,
           expected_revenue, lost_reason_id, create_uid, write_date,
           COALESCE(create_date, write_date, LOCALTIMESTAMP) AS create_date,
           date_conversion, date_closed, date_last_stage_update,
           date_conversion > create_date + INTERVAL '10 seconds' AS is_converted_later,
           date_closed > create_date + INTERVAL '10 seconds' AS is_closed_later,
           type = 'opportunity'
               AND date_conversion BETWEEN %(earliest)s AND create_date - INTERVAL '10 seconds'
               AND (date_closed IS NULL OR date_conversion < date_closed + INTERVAL '1 day')
               AND converted_at IS NULL
               AND (first_created_at < create_date) IS NOT TRUE
               AS is_converted_before,
           won_status IN ('won', 'lost')
               AND date_closed BETWEEN %(earliest)s AND create_date - INTERVAL '10 seconds'
               AS is_closed_before
      FROM crm_lead
      LEFT JOIN converted ON converted_at = date_conversion
      LEFT JOIN alike ON conversion = date_conversion AND lead_name = name
     WHERE id BETWEEN %(first_id)s AND %(last_id)s
       AND NOT EXISTS (SELECT FROM crm_stage_transition WHERE lead_ref = crm_lead.id)
"""

# Messages with a subject came from leads that were merged, and tell of those.
VALUE = """
    SELECT message.res_id AS lead_id, message.id AS message_id, message.date,
           message.author_id, message.create_uid, value.id, field.name AS field,
           COALESCE(value.old_value_integer, 0) AS old_id,
           COALESCE(value.new_value_integer, 0) AS new_id,
           value.old_value_char AS old_text, value.new_value_char AS new_text,
           value.old_value_float::numeric AS old_amount,
           value.new_value_float::numeric AS new_amount
      FROM backfill_lead AS lead
      JOIN mail_message AS message ON message.model = 'crm.lead' AND message.res_id = lead.id
      JOIN mail_tracking_value AS value ON value.mail_message_id = message.id
      JOIN ir_model_fields AS field ON field.id = value.field_id AND field.model = 'crm.lead'
     WHERE COALESCE(message.subject, '') = ''
       AND field.name IN ('type', 'won_status', 'active', 'stage_id', 'team_id', 'user_id',
                          'expected_revenue', 'lost_reason_id')
"""

# Selections are tracked by their labels, in the language of whoever wrote.
TRACKED = """
    WITH label AS (
        SELECT field.name AS field, name.value AS text,
               min(CASE selection.value WHEN 'pending' THEN 'open' ELSE selection.value END)
                   AS value
          FROM ir_model_fields_selection AS selection
          JOIN ir_model_fields AS field ON field.id = selection.field_id
         CROSS JOIN jsonb_each_text(selection.name) AS name
         WHERE field.model = 'crm.lead' AND field.name IN ('type', 'won_status')
      GROUP BY field.name, name.value
        HAVING count(DISTINCT selection.value) = 1
    )
    SELECT value.lead_id, value.message_id, value.date, value.author_id, value.create_uid,
           bool_or(value.field = 'type') AS is_type_told,
           max(old_label.value) FILTER (WHERE value.field = 'type') AS old_type,
           max(new_label.value) FILTER (WHERE value.field = 'type') AS new_type,
           -- how often the type changed from here on
           sum(count(*) FILTER (WHERE value.field = 'type')) OVER (
               PARTITION BY value.lead_id ORDER BY value.date DESC, value.message_id DESC
           ) AS types_left,
           bool_or(value.field = 'won_status') AS is_status_told,
           max(old_label.value) FILTER (WHERE value.field = 'won_status') AS old_status,
           max(new_label.value) FILTER (WHERE value.field = 'won_status') AS new_status,
           bool_or(old_id = 1) FILTER (WHERE value.field = 'active') AS old_active,
           bool_or(new_id = 1) FILTER (WHERE value.field = 'active') AS new_active,
           max(old_id) FILTER (WHERE value.field = 'stage_id') AS old_stage_id,
           max(new_id) FILTER (WHERE value.field = 'stage_id') AS new_stage_id,
           max(old_id) FILTER (WHERE value.field = 'team_id') AS old_team_id,
           max(new_id) FILTER (WHERE value.field = 'team_id') AS new_team_id,
           max(old_id) FILTER (WHERE value.field = 'user_id') AS old_user_id,
           max(new_id) FILTER (WHERE value.field = 'user_id') AS new_user_id,
           max(new_id) FILTER (WHERE value.field = 'lost_reason_id') AS new_lost_reason_id,
           max(old_amount) FILTER (WHERE value.field = 'expected_revenue') AS old_expected_revenue,
           max(new_amount) FILTER (WHERE value.field = 'expected_revenue') AS new_expected_revenue
      FROM backfill_value AS value
      LEFT JOIN label AS old_label ON (old_label.field, old_label.text) = (value.field, old_text)
      LEFT JOIN label AS new_label ON (new_label.field, new_label.text) = (value.field, new_text)
  GROUP BY value.lead_id, value.message_id, value.date, value.author_id, value.create_uid
"""
