from odoo import api, models
from odoo.tools import SQL, groupby

from ...tools.doubtful_steps import Step, find_doubtful
from .counted import DOUBTFUL
from .mark import Marked


class CrmStageTransition(models.Model):
    """Rows of before 19.0.5.0.0 that contradict those around them: marked, and not corrected."""

    _inherit = "crm.stage.transition"

    is_doubtful = Marked(
        string="Doubtful",
        compute="_compute_marks",
        search="_search_is_doubtful",
        help="It does not begin where the step before it ended: an earlier version recorded it "
        "before the move within which it happened. Figures leave it out.",
    )

    @api.model
    def _search_is_doubtful(self, operator, value):
        return self._search_mark(DOUBTFUL, operator, value)

    @api.model
    def _mark_doubtful(self):
        """Mark the rows that are doubtful, and tell administrators if there are any.

        :return: the rows
        """
        rows = self.browse(self._find_doubtful())
        if rows:
            self.env["crm.stage.transition.mark"]._mark(rows.ids, DOUBTFUL)
            # read by whoever administers, in one language
            env = self.with_context(lang=self.env.ref("base.user_admin").lang).env
            env["crm.qualification.framework"]._tell_administrators(
                env._(
                    "%s steps in the history of leads are marked as doubtful: an automation moved "
                    "the lead while it was being moved, and an earlier version recorded that in "
                    "the wrong order. Figures leave them out.",
                    len(rows),
                )
            )
        return rows

    @api.model
    def _find_doubtful(self):
        """Return the ids of rows that are doubtful. Queries: one."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH row AS (
                    SELECT id, lead_ref, date, is_gap,
                           from_type, from_stage_id, from_status, to_type, to_stage_id, to_status,
                           LAG(to_type) OVER history AS last_type,
                           LAG(to_stage_id) OVER history AS last_stage_id,
                           LAG(to_status) OVER history AS last_status
                      FROM crm_stage_transition
                    WINDOW history AS (PARTITION BY lead_ref ORDER BY id)
                )
                SELECT lead_ref, id, date,
                       CASE WHEN from_type IS NOT NULL
                            THEN ARRAY[from_type, from_stage_id::text, from_status] END,
                       CASE WHEN to_type IS NOT NULL
                            THEN ARRAY[to_type, to_stage_id::text, to_status] END
                  FROM row
                 WHERE lead_ref IN (
                           SELECT lead_ref
                             FROM row
                            WHERE is_gap IS NOT TRUE
                              AND (from_type, from_stage_id, from_status)
                                  IS DISTINCT FROM (last_type, last_stage_id, last_status)
                       )
                 ORDER BY lead_ref, id
                """
            )
        )
        return [
            id_
            for _lead_ref, of_lead in groupby(rows, key=lambda row: row[0])
            for id_ in find_doubtful([Step(*row[1:]) for row in of_lead])
        ]
