from odoo import api, fields, models
from odoo.tools import SQL

# which stages of those that are deleted somebody has been in
KEPT = """
    INSERT INTO crm_stage_past
           (stage_ref, name, sequence, is_won, is_outside_pipeline, last_step_ref)
    SELECT id, name, COALESCE(sequence, 0), is_won IS TRUE, is_outside_pipeline IS TRUE,
           (SELECT max(id) FROM crm_stage_transition)
      FROM crm_stage
     WHERE id = ANY(%(ids)s)
       AND EXISTS (SELECT FROM crm_stage_transition WHERE to_stage_id = crm_stage.id)
 RETURNING id
"""
KEPT_TEAMS = """
    INSERT INTO %(past_relation)s (%(past)s, %(past_team)s)
    SELECT crm_stage_past.id, teams.%(team)s
      FROM crm_stage_past
      JOIN %(relation)s AS teams ON teams.%(stage)s = crm_stage_past.stage_ref
     WHERE crm_stage_past.id = ANY(%(ids)s)
"""
LINKED = """
    UPDATE crm_stage_transition AS row
       SET %(link)s = past.id, %(stage)s = NULL
      FROM crm_stage_past AS past
     WHERE row.%(stage)s = past.stage_ref AND past.id = ANY(%(ids)s)
"""
# Of what was deleted unseen there is the name alone, as it was called then.
NAMED = """
    INSERT INTO crm_stage_past (name, sequence, is_won, is_outside_pipeline)
    SELECT jsonb_build_object('en_US', kept.name), 0, FALSE, FALSE
      FROM (
               SELECT to_stage_name AS name FROM crm_stage_transition
                WHERE to_stage_id IS NULL AND to_past_stage_id IS NULL
                UNION
               SELECT from_stage_name FROM crm_stage_transition
                WHERE from_stage_id IS NULL AND from_past_stage_id IS NULL
           ) AS kept
     WHERE kept.name <> ''
       AND NOT EXISTS (
               SELECT FROM crm_stage_past
                WHERE stage_ref IS NULL AND name->>'en_US' = kept.name
           )
"""
LINKED_BY_NAME = """
    UPDATE crm_stage_transition AS row
       SET %(link)s = past.id
      FROM crm_stage_past AS past
     WHERE row.%(stage)s IS NULL AND row.%(link)s IS NULL
       AND past.stage_ref IS NULL AND past.name->>'en_US' = row.%(name)s
"""


class CrmStagePast(models.Model):
    """A stage that was deleted, and in which leads have been: what it was, for their history.

    Steps say by ``from_past_stage_id`` and ``to_past_stage_id`` that it was this one. Of a stage
    that was deleted before there was this model, or before the addon, only the name is known
    that steps keep: where it was in the pipeline is not.
    """

    _name = "crm.stage.past"
    _description = "Deleted Stage"
    _order = "sequence, id"
    _log_access = False

    # as it was called last
    name = fields.Char(required=True, translate=True)
    # that it had; empty where nothing is known of it but its name
    stage_ref = fields.Integer(string="Stage Number", aggregator=None)
    sequence = fields.Integer(aggregator=None)
    is_won = fields.Boolean(string="Won")
    is_outside_pipeline = fields.Boolean(string="Outside the Pipeline")
    team_ids = fields.Many2many("crm.team", string="Sales Teams")
    # that was recorded before it was deleted: those that came later have not skipped it
    last_step_ref = fields.Integer(string="Last Step Before", aggregator=None)

    @api.model
    def _keep_named(self):
        """Make one of each name of a stage that is there no more, in steps that know no other."""
        self.env.flush_all()
        self.env.cr.execute(NAMED)
        for prefix in ("from", "to"):
            self.env.cr.execute(
                SQL(
                    LINKED_BY_NAME,
                    **_columns(prefix),
                    name=SQL.identifier(f"{prefix}_stage_name"),
                )
            )
        self.env.invalidate_all(flush=False)


class CrmStage(models.Model):
    _inherit = "crm.stage"

    def unlink(self):
        """Keep for the history what stages were, in which leads have been.

        Queries: a handful for all stages.
        """
        # what may not be deleted is not kept, whoever swallows the error
        self.check_access("unlink")
        self._unlink_except_used()
        self.env.flush_all()
        rows = self.env.execute_query(SQL(KEPT, ids=self.ids))
        if ids := [id_ for [id_] in rows]:
            self._keep_links(ids)
        return super().unlink()

    @api.model
    def _keep_links(self, past_ids):
        """Let steps and teams that name stages name instead what is kept of these."""
        self.env.cr.execute(SQL(KEPT_TEAMS, **team_columns(self.env), ids=past_ids))
        for prefix in ("from", "to"):
            self.env.cr.execute(SQL(LINKED, **_columns(prefix), ids=past_ids))
        self.env.invalidate_all(flush=False)


def team_columns(env):
    """Return by which names a query finds the teams of stages, and of those that were deleted."""
    found = {}
    for start, model in (("", "crm.stage"), ("past_", "crm.stage.past")):
        teams = env[model]._fields["team_ids"]
        found[f"{start}relation"] = SQL.identifier(teams.relation)
        found[start.rstrip("_") or "stage"] = SQL.identifier(teams.column1)
        found[f"{start}team"] = SQL.identifier(teams.column2)
    return found


def _columns(prefix):
    return {
        "link": SQL.identifier(f"{prefix}_past_stage_id"),
        "stage": SQL.identifier(f"{prefix}_stage_id"),
    }
