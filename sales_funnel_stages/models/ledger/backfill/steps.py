"""Which way leads went, in SQL: the counterpart of ``tools.transition``."""

from odoo.tools import SQL


def tables():
    """Return how to make the table ``step``: ``{name: SQL}``; the moments in which leads moved.

    It adds to ``state``: ``direction``, ``is_gap``, ``is_imported``, ``at`` (when), and ``since``,
    from when on the lead had been where it left (NULL where it left nothing).
    """
    return {"step": SQL("WITH %s, %s %s", SQL(MOVED), SQL(WALKED), SQL(STEP))}


# What nobody tracked up to today happened when the lead says so, else at its last change.
MOVED = """
    dated AS (
        SELECT state.*,
               kind = 'created' OR (from_is_opportunity, from_stage_id, from_status)
                                != (to_is_opportunity, to_stage_id, to_status) AS is_step,
               CASE kind
                   WHEN 'created' THEN LEAST(date, min(date) OVER history)
                   WHEN 'today' THEN GREATEST(max(date) OVER history, COALESCE(
                       CASE WHEN from_status != to_status AND to_status != 'open'
                            THEN date_closed
                            WHEN from_stage_id != to_stage_id
                            THEN date_last_stage_update
                            WHEN to_is_opportunity AND NOT from_is_opportunity
                            THEN date_conversion
                       END,
                       write_date
                   ))
                   ELSE date
               END AS at,
               kind IN ('created', 'converted_before', 'closed_before')
                   AND bool_or(kind IN ('converted_before', 'closed_before')) OVER history
                   AS is_imported
          FROM backfill_state AS state
          JOIN backfill_lead AS lead ON lead.id = lead_id
        WINDOW history AS (PARTITION BY lead_id)
    ), moved AS (
        SELECT dated.*,
               kind = 'today' OR (kind = 'closed_before' AND to_is_opportunity) OR COALESCE(
                   (from_is_opportunity, from_stage_id, from_team_id, from_status) != (
                       lag(to_is_opportunity) OVER earlier, lag(to_stage_id) OVER earlier,
                       lag(to_team_id) OVER earlier, lag(to_status) OVER earlier
                   ),
                   FALSE
               ) AS is_gap,
               CASE WHEN is_step THEN max(at) FILTER (WHERE is_step) OVER earlier END AS since
          FROM dated
         WHERE is_step OR from_team_id != to_team_id
        WINDOW earlier AS (PARTITION BY lead_id ORDER BY rank, date, message_id
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    )
"""

# As ``tools.verdict.position_left``: in a stage that its team does not have, a lead is no further
# than where the team starts.
WALKED = """
    walked AS (
        SELECT moved.*, start.team_id AS pipeline_id, reached.position AS reached,
               CASE WHEN kept.stage_id IS NULL
                         AND (from_team_id != to_team_id OR was.position IS NOT NULL)
                    THEN start.position
                    ELSE COALESCE(was.position, 0)
               END AS left_at
          FROM moved
          JOIN backfill_start AS start
            ON start.team_id = CASE WHEN to_team_id IN (SELECT team_id FROM backfill_start)
                                    THEN to_team_id ELSE 0 END
          LEFT JOIN backfill_stage AS was ON was.id = from_stage_id AND NOT was.is_outside
          LEFT JOIN backfill_stage AS reached
            ON reached.id = to_stage_id AND NOT reached.is_outside
          LEFT JOIN backfill_stage_of_team AS kept
            ON kept.team_id = start.team_id AND kept.stage_id = from_stage_id
    )
"""

# As ``tools.transition.direction``.
STEP = """
    SELECT walked.*,
           CASE
               WHEN kind = 'created' THEN 'created'
               WHEN to_status = 'lost' AND from_status != 'lost' THEN 'lost'
               WHEN to_status = 'open' AND from_status = 'lost' THEN 'reopened'
               WHEN from_is_opportunity AND NOT to_is_opportunity THEN 'backward'
               WHEN from_stage_id != to_stage_id AND reached > left_at THEN
                   CASE WHEN EXISTS (
                       SELECT FROM backfill_stage_of_team
                        WHERE team_id = pipeline_id AND position > left_at AND position < reached
                   ) THEN 'skipped' ELSE 'forward' END
               WHEN to_is_opportunity AND NOT from_is_opportunity THEN 'forward'
               WHEN to_status = 'won' AND from_status != 'won' THEN 'forward'
               WHEN to_status != 'won' AND from_status = 'won' THEN 'backward'
               WHEN from_stage_id = to_stage_id THEN 'handed_over'
               WHEN from_team_id != to_team_id AND reached = left_at THEN 'handed_over'
               WHEN reached IS NOT NULL AND left_at > 0 THEN 'backward'
               ELSE 'sideways'
           END AS direction
      FROM walked
"""
