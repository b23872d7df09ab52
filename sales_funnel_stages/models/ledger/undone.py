from odoo import fields, models
from odoo.tools import SQL


class CrmStageTransition(models.Model):
    """Rows of conversions that were undone: marked, so that figures can leave them out."""

    _inherit = "crm.stage.transition"

    is_undone = fields.Boolean(
        string="Undone",
        help="The mass conversion of which this is a step was undone, or this is the undo. "
        "Figures leave it out, unless they are asked to count it.",
    )

    def _mark_undone(self):
        """Mark these rows, which undo conversions, and all back to the conversion of each."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_stage_transition AS row
                   SET is_undone = TRUE
                  FROM (
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
                 WHERE row.lead_ref = undone.lead_ref
                   AND row.id BETWEEN undone.since_id AND undone.id
                RETURNING row.id
                """,
                self.ids,
            )
        )
        self.invalidate_model(["is_undone"], flush=False)


def counted_rows(with_undone=False):
    """Return the rows of the ledger that figures count, as a clause of WITH.

    It has the name of the table, and takes its place in the statement that it stands before.

    :param bool with_undone: whether conversions that were undone count, and their undo
    :rtype: SQL
    """
    return SQL(
        """
        crm_stage_transition AS NOT MATERIALIZED (
            SELECT * FROM crm_stage_transition WHERE %s
        )
        """,
        SQL("TRUE") if with_undone else SQL("is_undone IS NOT TRUE"),
    )
