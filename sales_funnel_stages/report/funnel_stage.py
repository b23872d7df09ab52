"""The SQL of the stages that the funnel knows: those that are there, and those deleted since."""

from odoo.tools import SQL

from ..models.ledger.past_stage import team_columns

# ``ref`` is the number of the stage while it was there, which decides between equal sequences;
# ``is_placed``: it is known where in the pipeline it is, or was until the step ``last_step_ref``
STAGES = """
    SELECT stage.id, stage.name, stage.id AS ref, COALESCE(stage.sequence, 0) AS sequence,
           stage.is_won IS TRUE AS is_won,
           stage.is_outside_pipeline IS TRUE AS is_outside_pipeline,
           NULL::int AS last_step_ref, FALSE AS is_deleted, TRUE AS is_placed
      FROM crm_stage AS stage
 UNION ALL
    SELECT -past.id, past.name, COALESCE(past.stage_ref, past.id), past.sequence,
           past.is_won IS TRUE, past.is_outside_pipeline IS TRUE,
           past.last_step_ref, TRUE, past.stage_ref IS NOT NULL
      FROM crm_stage_past AS past
"""
# whose stages they are; nobody's are everybody's
TEAMS = """
    SELECT %(stage)s AS stage_id, %(team)s AS team_id FROM %(relation)s
 UNION ALL
    SELECT -%(past)s, %(past_team)s FROM %(past_relation)s
"""


def stage_of(row, prefix):
    """Return the id of the stage of a row of the ledger, in SQL; NULL where there is none.

    >>> stage_of("t", "to")
    'COALESCE(t.to_stage_id, -t.to_past_stage_id)'
    """
    return f"COALESCE({row}.{prefix}_stage_id, -{row}.{prefix}_past_stage_id)"


def teams(env):
    """Return the query of the teams of these stages: ``(stage_id, team_id)``."""
    return SQL(TEAMS, **team_columns(env))
