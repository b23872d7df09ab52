from odoo import api, models
from odoo.tools import SQL

from ...tools import transition as transitions
from ...tools import verdict as verdicts
from ...tools.transition import Transition


class CrmLead(models.Model):
    """What becomes of the ledger, and of held-back moves, where leads end.

    Rows outlive their lead. Those of a merged lead belong to the one that is left; in those of
    a deleted one, what could be personal is blanked.
    """

    _inherit = "crm.lead"

    def unlink(self):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, lead_ref, lead_id
                  FROM crm_stage_transition
                 WHERE lead_id = ANY(%(ids)s) OR lead_ref = ANY(%(ids)s)
                """,
                ids=self.ids,
            )
        )
        ids = set(self.ids)
        own = {lead_id for _id, _ref, lead_id in rows} & ids
        # those that were merged have left their rows to another lead
        heirs = {
            ref: lead_id
            for _id, ref, lead_id in rows
            if ref in ids - own and lead_id and lead_id not in ids
        }
        deleted = self.browse(({ref for _id, ref, _lead_id in rows} | own) & (ids - heirs.keys()))
        last_rows = self._prepare_ledger_rows(
            {
                **deleted._end(transitions.DELETED),
                **self.browse(heirs)._end(transitions.MERGED),
            }
        )
        result = super().unlink()
        if rows:
            for row in last_rows:
                row["lead_id"] = heirs.get(row["lead_ref"])
                if not row["lead_id"]:
                    row["lead_name"] = None
            self.env["crm.stage.transition"]._record(last_rows)
            self._erase_from_ledger(
                [id_ for id_, _ref, lead_id in rows if lead_id in ids], deleted.ids
            )
        self._erase_held_back_moves(ids)
        return result

    def _end(self, direction):
        """Return ``{id: Transition}``: these leads end, in that direction."""
        verdict = verdicts.Verdict(verdicts.PASSED, 0)
        return {
            id_: Transition(state, None, direction, verdict)
            for id_, state in self._get_states().items()
        }

    @api.model
    def _erase_from_ledger(self, row_ids, lead_ids):
        """Blank what could be personal in rows, and in those that say that leads were deleted.

        They belong to no lead any more.
        """
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_stage_transition
                   SET lead_id = NULL, lead_name = NULL, reason = NULL, by_user_name = NULL,
                       user_name = NULL, approver_name = NULL, met_by = NULL
                 WHERE id = ANY(%s) OR (lead_ref = ANY(%s) AND direction = %s)
                """,
                row_ids,
                lead_ids,
                transitions.DELETED,
            )
        )
        self.env["crm.stage.transition"].invalidate_model(flush=False)

    @api.model
    def _erase_held_back_moves(self, lead_ids):
        """Take leads that are deleted, and their names, out of their held-back moves."""
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_stage_refusal
                   SET lead_id = NULL, lead_name = NULL
                 WHERE lead_id = ANY(%s)
                """,
                [*lead_ids],
            )
        )
        self.env["crm.stage.refusal"].invalidate_model(flush=False)

    def _take_over_from(self, opportunities):  # pylint: disable=missing-return
        # the others end where they are deleted, which is up to whoever merges
        super()._take_over_from(opportunities)
        for model in (self.env["crm.stage.transition"], self.env["crm.stage.refusal"]):
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET lead_id = %s WHERE lead_id = ANY(%s)",
                    SQL.identifier(model._table),
                    self.id,
                    opportunities.ids,
                )
            )
            model.invalidate_model(flush=False)
