from odoo import fields, models
from odoo.tools import SQL

from .funnel_stage import STAGES, teams


class CrmFunnelStage(models.Model):
    """A stage as the funnel knows it: one that is there, or one that was deleted.

    The number of the former is that of the stage, the number of the latter is below zero.
    """

    _name = "crm.funnel.stage"
    _description = "Stage of the Funnel"
    _auto = False
    _order = "is_deleted, is_outside_pipeline, is_won, sequence, ref"
    _depends = {
        "crm.stage": ["name", "sequence", "is_won", "is_outside_pipeline", "team_ids"],
        "crm.stage.past": ["name", "sequence", "is_won", "is_outside_pipeline", "team_ids"],
    }

    name = fields.Char(translate=True, readonly=True)
    ref = fields.Integer(string="Stage Number", readonly=True, aggregator=None)
    sequence = fields.Integer(readonly=True, aggregator=None)
    is_won = fields.Boolean(string="Won", readonly=True)
    is_outside_pipeline = fields.Boolean(string="Outside the Pipeline", readonly=True)
    is_deleted = fields.Boolean(string="Deleted", readonly=True)
    # whoever looks: also where the teams that have it may not be seen
    is_shared = fields.Boolean(string="Of All Teams", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            "SELECT stage.*, stage.id NOT IN (SELECT stage_id FROM (%s) AS own) AS is_shared"
            " FROM (%s) AS stage",
            teams(self.env),
            SQL(STAGES),
        )
