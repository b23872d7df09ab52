"""The stages of each team, as they are today, in SQL.

A stage's position counts from 1 in the order of ``tools.rulebook.pipeline_order``.
"""

from odoo.tools import SQL


def tables(teams_of_stage):
    """Return how to make the tables ``stage``, ``stage_of_team`` and ``start``: ``{name: SQL}``.

    ``start`` has where each team starts, and 0 where it does nowhere.

    :param Field teams_of_stage: the field ``team_ids`` of ``crm.stage``
    """
    return {
        "stage": SQL(STAGE),
        "stage_of_team": SQL(
            STAGE_OF_TEAM,
            relation=SQL.identifier(teams_of_stage.relation),
            stage=SQL.identifier(teams_of_stage.column1),
            team=SQL.identifier(teams_of_stage.column2),
        ),
        "start": SQL(START),
    }


STAGE = """
    SELECT id, is_outside_pipeline IS TRUE AS is_outside,
           (is_won OR fold OR is_outside_pipeline) IS NOT TRUE AS is_start,
           row_number() OVER (ORDER BY is_won IS TRUE, COALESCE(sequence, 0), id) AS position
      FROM crm_stage
"""

# A team that is gone has, as none (0), those that are everybody's.
STAGE_OF_TEAM = """
    SELECT team.id AS team_id, stage.id AS stage_id, is_start,
           CASE WHEN NOT is_outside THEN position END AS position
      FROM (SELECT id FROM crm_team UNION ALL SELECT 0) AS team
     CROSS JOIN backfill_stage AS stage
     WHERE EXISTS (SELECT FROM %(relation)s WHERE %(stage)s = stage.id AND %(team)s = team.id)
        OR NOT EXISTS (SELECT FROM %(relation)s WHERE %(stage)s = stage.id)
"""

# Of the stages that a team has, the first open one that is not folded.
START = """
    SELECT team.id AS team_id,
           COALESCE(min(position) FILTER (WHERE is_start), 0) AS position,
           COALESCE((array_agg(stage_id ORDER BY position) FILTER (WHERE is_start))[1], 0)
               AS stage_id
      FROM (SELECT id FROM crm_team UNION ALL SELECT 0) AS team
      LEFT JOIN backfill_stage_of_team AS own ON own.team_id = team.id
  GROUP BY team.id
"""
