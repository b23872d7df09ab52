from odoo import api, models
from odoo.tools import SQL

from ...tools import transition as transitions
from ...tools import verdict as verdicts
from ...tools.transition import Transition, is_laxer
from .counted import MERGED


class CrmLead(models.Model):
    """What becomes of the ledger, and of held-back moves, where leads end.

    Rows outlive their lead. Those of a merged lead belong to the one that is left; in those of
    a deleted one, what could be personal is blanked.
    """

    _inherit = "crm.lead"

    def unlink(self):
        self._record_so_far()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lead_ref, lead_id
                  FROM crm_stage_transition
                 WHERE lead_id = ANY(%(ids)s) OR lead_ref = ANY(%(ids)s)
                """,
                ids=self.ids,
            )
        )
        ids = set(self.ids)
        own = {lead_id for _ref, lead_id in rows} & ids
        # those that were merged have left their rows to another lead
        heirs = {
            ref: lead_id
            for ref, lead_id in rows
            if ref in ids - own and lead_id and lead_id not in ids
        }
        deleted = self.browse(({ref for ref, _lead_id in rows} | own) & (ids - heirs.keys()))
        last_rows = self._prepare_ledger_rows(
            {
                **deleted._end(transitions.DELETED),
                **self.browse(heirs)._end(transitions.MERGED, heirs),
            }
        )
        result = super().unlink()
        if rows:
            for row in last_rows:
                row["lead_id"] = heirs.get(row["lead_ref"])
                if not row["lead_id"]:
                    row["lead_name"] = None
            self._begin_where_recorded(last_rows)
            self.env["crm.stage.transition"]._record(last_rows)
            self._erase_from_ledger(ids, deleted.ids)
        self._erase_held_back_moves(ids)
        return result

    @api.model
    def _begin_where_recorded(self, rows):
        """Let last rows begin where the ones before ended; others may move what they delete.

        :param list[dict] rows: values of rows
        """
        states = self.browse(row["lead_ref"] for row in rows)._get_recorded_states()
        # sudo: rows keep the names of what the user may not read
        env = self.env(su=True, context={**self.env.context, "lang": self._get_ledger_lang()})
        places = {state: self._prepare_place("from", state, env) for state in {*states.values()}}
        for row in rows:
            row.update(places.get(states.get(row["lead_ref"]), {}))

    def _end(self, direction, heirs=None):
        """Return ``{id: Transition}``: these leads end, in that direction.

        :param dict heirs: ``{id: id of the lead that it is merged into}``
        """
        verdict = verdicts.Verdict(verdicts.PASSED, 0)
        book, user_company_id = self._get_rulebook(), self._get_user_company_id()
        heir_states = self.browse(set((heirs or {}).values()))._get_states()
        transitions_ = {}
        for id_, state in self._get_states().items():
            is_to_laxer_team = bool(heirs) and is_laxer(
                state, heir_states[heirs[id_]], book, user_company_id
            )
            transitions_[id_] = Transition(
                state, None, direction, verdict, is_to_laxer_team=is_to_laxer_team
            )
        return transitions_

    @api.model
    def _erase_from_ledger(self, lead_ids, deleted_ids):
        """Blank what could be personal in rows of leads, and in those that say they were deleted.

        They belong to no lead any more.
        """
        rows = self.env["crm.stage.transition"]
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_stage_transition
                   SET lead_id = NULL, %s
                 WHERE lead_id = ANY(%s) OR (lead_ref = ANY(%s) AND direction = %s)
                """,
                rows._get_blanks(rows._personal_texts),
                [*lead_ids],
                deleted_ids,
                transitions.DELETED,
            )
        )
        rows.invalidate_model(flush=False)

    @api.model
    def _erase_held_back_moves(self, lead_ids):
        """Take leads that are deleted, and their names, out of their held-back moves."""
        rows = self.env["crm.stage.refusal"]
        self.env.execute_query(
            SQL(
                "UPDATE crm_stage_refusal SET lead_id = NULL, %s WHERE lead_id = ANY(%s)",
                rows._get_blanks(rows._personal_texts),
                [*lead_ids],
            )
        )
        rows.invalidate_model(flush=False)

    def _take_over_from(self, opportunities):  # pylint: disable=missing-return
        # the others end where they are deleted, which is up to whoever merges
        super()._take_over_from(opportunities)
        for model in (self.env["crm.stage.transition"], self.env["crm.stage.refusal"]):
            taken = self.env.execute_query(
                SQL(
                    "UPDATE %s SET lead_id = %s WHERE lead_id = ANY(%s) RETURNING id",
                    SQL.identifier(model._table),
                    self.id,
                    opportunities.ids,
                )
            )
            model.invalidate_model(flush=False)
            if taken and model._name == "crm.stage.transition":
                self.env["crm.stage.transition.mark"]._mark([id_ for [id_] in taken], MERGED)
