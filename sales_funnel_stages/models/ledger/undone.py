from odoo import api, models
from odoo.tools import SQL

from .counted import UNDONE
from .mark import Marked


class CrmStageTransition(models.Model):
    """Rows of conversions that were undone: marked, so that figures can leave them out."""

    _inherit = "crm.stage.transition"

    is_undone = Marked(
        string="Undone",
        compute="_compute_marks",
        search="_search_is_undone",
        help="The mass conversion of which this is a step was undone, or this is the undo. "
        "Figures leave it out, unless they are asked to count it.",
    )

    @api.model
    def _search_is_undone(self, operator, value):
        return self._search_mark(UNDONE, operator, value)

    def _mark_undone(self):
        """Mark these rows, which undo conversions, and all back to the conversion of each."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT row.id
                  FROM crm_stage_transition AS row
                  JOIN (
                           SELECT undo.lead_ref, undo.id, (
                                      SELECT MAX(conversion.id)
                                        FROM crm_stage_transition AS conversion
                                       WHERE conversion.lead_ref = undo.lead_ref
                                         AND conversion.id < undo.id
                                         AND conversion.from_type = 'lead'
                                         AND conversion.to_type = 'opportunity'
                                  ) AS since_id
                             FROM crm_stage_transition AS undo
                            WHERE undo.id = ANY(%s)
                       ) AS undone
                    ON row.lead_ref = undone.lead_ref
                   AND row.id BETWEEN undone.since_id AND undone.id
                """,
                self.ids,
            )
        )
        self.env["crm.stage.transition.mark"]._mark([id_ for [id_] in rows], UNDONE)
