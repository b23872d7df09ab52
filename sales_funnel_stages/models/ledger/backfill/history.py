"""Where leads stood before and after each moment that is known of them, in SQL.

A moment tells the old and the new value of what changed in it. All else is as an earlier one
told last, or as a later one tells first what it was before, or as it is today.
"""

from odoo.tools import SQL


def tables():
    """Return how to make the tables ``moment``, ``place`` and ``state``: ``{name: SQL}``.

    ``state`` has ``from_…`` and ``to_…`` of: is_opportunity, stage_id, team_id, user_id,
    active, expected_revenue, status.
    """
    carried = [
        _carried("is_opportunity"),
        _carried("stage_id", SQL(FIRST_STAGE)),
        _carried("team_id"),
        _carried("user_id"),
        _carried("active"),
        _carried("expected_revenue"),
    ]
    return {
        "moment": SQL(MOMENT),
        "place": SQL(PLACE, SQL(", ").join(carried), SQL(WINDOWS)),
        "state": SQL(
            STATE,
            before=_followed("from"),
            after=_followed("to"),
            carried=_carried("status", SQL(FIRST_STATUS)),
            windows=SQL(WINDOWS),
        ),
    }


def _carried(name, otherwise=None):
    """Return the columns ``from_…`` and ``to_…`` of a value, told or carried over.

    :param SQL otherwise: the value where no moment tells it, if not what it is today
    """
    old, new, today = (
        SQL.identifier("told", f"old_{name}"),
        SQL.identifier("told", f"new_{name}"),
        SQL.identifier("lead", name),
    )
    known = SQL(
        """
           (array_agg(%(new)s) FILTER (WHERE %(new)s IS NOT NULL) OVER earlier)
               [count(%(new)s) OVER earlier],
           (array_agg(%(old)s) FILTER (WHERE %(old)s IS NOT NULL) OVER history)[1],
           %(otherwise)s
        """,
        old=old,
        new=new,
        otherwise=otherwise or today,
    )
    return SQL(
        """
           COALESCE(%(old)s, %(known)s) AS %(from_)s,
           CASE WHEN kind = 'today' THEN %(today)s ELSE COALESCE(%(new)s, %(known)s) END AS %(to)s
        """,
        old=old,
        new=new,
        today=today,
        known=known,
        from_=SQL.identifier(f"from_{name}"),
        to=SQL.identifier(f"to_{name}"),
    )


def _followed(prefix):
    """Return the status that followed from where a lead stood before (from) or after (to).

    Lost is what is archived, unless the lead is archived and not lost today; won what is in
    a won stage.
    """
    return SQL(
        """
        CASE WHEN NOT %(active)s AND (lead.active OR lead.status = 'lost') THEN 'lost'
             WHEN %(stage_id)s IN (SELECT id FROM crm_stage WHERE is_won) THEN 'won'
             ELSE 'open'
        END
        """,
        active=SQL.identifier("place", f"{prefix}_active"),
        stage_id=SQL.identifier("place", f"{prefix}_stage_id"),
    )


# Besides what was tracked: the creation, a conversion that only left its date, the past that a lead
# was created with, and today. A type changes from one of two to the other, also where no language
# knows its labels any more: then it went back and forth up to today's. For the past, see
# ``tools.imported_past.tell``: what was won began where its team starts, as what was converted did.
MOMENT = """
    WITH begun AS (
        SELECT lead.*,
               COALESCE(first.stage_id, lead.stage_id) AS first_stage_id,
               start.stage_id AS start_id,
               is_converted_before AND id NOT IN (
                   SELECT lead_id FROM backfill_tracked WHERE is_type_told
               ) AS is_past_converted,
               is_closed_before AND id NOT IN (
                   SELECT lead_id FROM backfill_tracked WHERE is_status_told
               ) AS is_past_closed
          FROM backfill_lead AS lead
          LEFT JOIN (
                   SELECT lead_id,
                          (array_agg(old_stage_id ORDER BY date, message_id)
                              FILTER (WHERE old_stage_id IS NOT NULL))[1] AS stage_id,
                          (array_agg(old_team_id ORDER BY date, message_id)
                              FILTER (WHERE old_team_id IS NOT NULL))[1] AS team_id
                     FROM backfill_tracked
                 GROUP BY lead_id
               ) AS first ON first.lead_id = lead.id
          LEFT JOIN backfill_start AS start
            ON start.team_id = CASE WHEN COALESCE(first.team_id, lead.team_id) IN (
                                             SELECT team_id FROM backfill_start)
                                    THEN COALESCE(first.team_id, lead.team_id) ELSE 0 END
         WHERE is_converted_before OR is_closed_before
    ), moment AS (
        SELECT id AS lead_id, 0 AS rank, 'created' AS kind, 0 AS message_id, create_date AS date,
               NULL::int AS past_old_stage_id, NULL::int AS past_new_stage_id
          FROM backfill_lead
     UNION ALL
        SELECT lead_id, 1, 'tracked', message_id, date, NULL, NULL
          FROM backfill_tracked
     UNION ALL
        SELECT id, 1, 'converted', 0, date_conversion, NULL, NULL
          FROM backfill_lead
         WHERE is_opportunity AND is_converted_later
           AND id NOT IN (SELECT lead_id FROM backfill_tracked WHERE is_type_told)
     UNION ALL
        SELECT id, 1, 'converted_before', -1, date_conversion, start_id,
               CASE WHEN is_past_closed AND status = 'won' THEN start_id ELSE first_stage_id END
          FROM begun
         WHERE is_past_converted
     UNION ALL
        SELECT id, 1, 'closed_before', 0,
               CASE WHEN is_past_converted THEN GREATEST(date_closed, date_conversion)
                    ELSE date_closed END,
               CASE WHEN status = 'won' THEN start_id END,
               CASE WHEN status = 'won' THEN first_stage_id END
          FROM begun
         WHERE is_past_closed
     UNION ALL
        SELECT id, 2, 'today', 0, NULL, NULL, NULL
          FROM backfill_lead
    ), typed AS (
        SELECT moment.lead_id, rank, kind, moment.message_id, moment.date,
               author_id, tracked.create_uid,
               is_status_told OR kind = 'closed_before' AS is_status_told,
               CASE WHEN kind = 'closed_before' THEN 'open' ELSE old_status END AS old_status,
               CASE WHEN kind = 'closed_before' THEN status ELSE new_status END AS new_status,
               old_active, new_active,
               COALESCE(past_old_stage_id, old_stage_id) AS old_stage_id,
               COALESCE(past_new_stage_id, new_stage_id) AS new_stage_id,
               old_team_id, new_team_id,
               old_user_id, new_user_id, old_expected_revenue, new_expected_revenue,
               CASE WHEN kind IN ('converted', 'converted_before') THEN TRUE
                    WHEN is_type_told THEN COALESCE(
                        new_type = 'opportunity',
                        old_type = 'lead',
                        is_opportunity = (mod(types_left, 2) = 1)
                    )
               END AS new_is_opportunity
          FROM moment
          JOIN backfill_lead AS lead ON lead.id = moment.lead_id
          LEFT JOIN backfill_tracked AS tracked ON tracked.message_id = moment.message_id
    )
    SELECT *, NOT new_is_opportunity AS old_is_opportunity FROM typed
"""

# the moments of a lead before one, and all of them
WINDOWS = """
    earlier AS (PARTITION BY lead_id ORDER BY rank, date, message_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
    history AS (PARTITION BY lead_id ORDER BY rank, date, message_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
"""

# A lead that is won today without any trace of how came from a stage that is not known.
FIRST_STAGE = """
    CASE WHEN lead.status = 'won' AND is_closed_later
              AND count(*) FILTER (WHERE is_status_told) OVER history = 0
         THEN 0 ELSE lead.stage_id END
"""
FIRST_STATUS = "CASE WHEN is_closed_later THEN 'open' ELSE lead.status END"

PLACE = """
    SELECT lead_id, rank, kind, message_id, told.date, author_id, told.create_uid,
           is_status_told, old_status AS old_label, new_status AS new_label, %s
      FROM backfill_moment AS told
      JOIN backfill_lead AS lead ON lead.id = lead_id
    WINDOW %s
"""

# The status is told by its labels, or follows from the rest: where no language knows a label
# any more, and before Odoo tracked the status.
STATE = """
    WITH place AS (
        SELECT *,
               is_status_told OR (
                   kind = 'tracked'
                   AND (from_active, from_stage_id) != (to_active, to_stage_id)
                   AND date < (
                       SELECT create_date FROM ir_model_data
                        WHERE module = 'crm' AND name = 'field_crm_lead__won_status'
                   )
               ) AS is_told
          FROM backfill_place
    ), told AS MATERIALIZED (
        SELECT place.*,
               CASE WHEN is_told THEN COALESCE(old_label, %(before)s) END AS old_status,
               CASE WHEN is_told THEN COALESCE(new_label, %(after)s) END AS new_status
          FROM place
          JOIN backfill_lead AS lead ON lead.id = lead_id
    )
    SELECT told.*, %(carried)s
      FROM told
      JOIN backfill_lead AS lead ON lead.id = lead_id
    WINDOW %(windows)s
"""
