from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import retrying
from odoo.tools import SQL

from .batch import RUNNING
from .line import CANCELLED, DONE, OPEN_STATES, UNDOING, UNDONE

UNTOLD = Domain("is_untold", "=", True) | Domain("are_customers_untold", "=", True)


class CrmLeadConversionBatch(models.Model):
    """How scheduled jobs work through batches: chunk by chunk, as many jobs as there are.

    A chunk is claimed, worked on and marked as done in one transaction: what is interrupted was
    never begun, and is claimed by another job or another time. The first open line of a chunk
    stands for the chunk: whoever has its row locked has claimed the chunk.
    """

    _inherit = "crm.lead.conversion.batch"

    @api.model
    def _cron_work(self):
        """Work on chunks until none is left to claim, or the time of this run is over."""
        while True:
            count = self._work_once()
            remaining = count and self.env["crm.lead.conversion.batch.line"].search_count(
                [("state", "in", OPEN_STATES), ("batch_id.state", "in", (RUNNING, UNDOING))]
            )
            if not self.env["ir.cron"]._commit_progress(count, remaining=remaining) or not count:
                break

    def _work_once(self, chunk=None):
        """Work on a chunk, then end the batches that are finished; each in its own transaction.

        :param chunk: see ``_claim_chunk``
        :return: the number of its leads; 0 if there is none to claim
        """
        # Odoo's own loop for transactions that come too late: again, on what is there then
        count = retrying(lambda: self._work_on_chunk(chunk), self.env)
        retrying(self._end_finished, self.env)
        return count

    def _work_on_chunk(self, chunk=None):
        """Claim a chunk and do what is to be done with it, in this transaction.

        :param chunk: see ``_claim_chunk``
        :return: the number of its leads; 0 if there is none to claim
        """
        lines = self._claim_chunk(chunk)
        if lines[:1].state == UNDOING:
            lines._undo()
        else:
            lines._convert()
        return len(lines)

    def _claim_chunk(self, chunk=None):
        """Return the open lines of a chunk that no other job works on.

        :param int chunk: which one of this batch; None: any of any batch
        """
        wanted = SQL("TRUE")
        if chunk is not None:
            wanted = SQL("line.batch_id = %s AND line.chunk = %s", self.id, chunk)
        # first thing in a transaction, so that what is read then is how it is now
        rows = self.env.execute_query(
            SQL(
                """
                SELECT batch_id, chunk
                  FROM crm_lead_conversion_batch_line
                 WHERE id IN (
                           SELECT MIN(line.id)
                             FROM crm_lead_conversion_batch_line AS line
                             JOIN crm_lead_conversion_batch AS batch ON batch.id = line.batch_id
                            WHERE batch.state IN %(batch_states)s
                              AND line.state IN %(line_states)s
                              AND %(wanted)s
                         GROUP BY line.batch_id, line.chunk
                       )
              ORDER BY id
                 LIMIT 1
                   FOR UPDATE SKIP LOCKED
                """,
                batch_states=(RUNNING, UNDOING),
                line_states=OPEN_STATES,
                wanted=wanted,
            )
        )
        line_model = self.env["crm.lead.conversion.batch.line"]
        if not rows:
            return line_model
        [(batch_id, number)] = rows
        return line_model.search(
            [
                ("batch_id", "=", batch_id),
                ("chunk", "=", number),
                ("state", "in", OPEN_STATES),
            ]
        )

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    @api.model
    def _end_finished(self):
        """End the batches that nothing is left to do for, and tell who started them."""
        finished = self.search(
            [
                ("state", "in", (RUNNING, UNDOING)),
                ("line_ids", "not any", [("state", "in", OPEN_STATES)]),
            ]
        )
        for batch in finished:
            if batch.state == UNDOING:
                batch._archive_created_customers()
            batch.write(
                {
                    "state": UNDONE if batch.state == UNDOING else DONE,
                    "end_date": fields.Datetime.now(),
                }
            )
            batch._notify_end()
        cancelled = self.search(
            [
                ("state", "=", CANCELLED),
                ("line_ids", "any", UNTOLD),
                ("line_ids", "not any", [("state", "in", OPEN_STATES)]),
            ]
        )
        for batch in finished | cancelled:
            batch._tell_of_assignments()

    def _tell_of_assignments(self):
        """Tell salespeople, each once, of the leads and customers that they have been given."""
        lines = self.line_ids.filtered_domain(UNTOLD)
        of_leads = lines.filtered("is_untold")
        of_customers = lines.filtered("are_customers_untold")
        leads = of_leads._get_leads(self.user_id)
        partners = of_customers.created_company_id | of_customers.created_partner_id
        last_id = leads._get_last_id("mail.message")
        leads._tell_assigned(partners.with_env(leads.env))
        lines[:1]._note_notices(leads._get_notices_since(last_id))
        lines.write({"is_untold": False, "are_customers_untold": False})

    def _notify_end(self):
        """Tell who had it done how it ended: in their inbox or by e-mail, as they prefer."""
        user = self.undo_user_id or self.user_id
        batch = self.with_context(lang=user.lang)
        counts = [
            (batch.env._("Converted: %s", batch.done_count), batch.done_count),
            (batch.env._("Merged: %s", batch.merged_count), batch.merged_count),
            (batch.env._("Left as they are: %s", batch.skipped_count), batch.skipped_count),
            (batch.env._("Failed: %s", batch.failed_count), batch.failed_count),
            (batch.env._("Undone: %s", batch.undone_count), batch.undone_count),
        ]
        text = ", ".join(text for text, count in counts if count)
        batch.env["mail.thread"].message_notify(
            subject=batch.name,
            body=Markup("<p>%s<br/>%s</p>") % (batch._get_html_link(), text),
            partner_ids=user.partner_id.ids,
            model=batch._name,
            res_id=batch.id,
        )
        user._bus_send(
            "simple_notification", {"type": "info", "title": batch.name, "message": text}
        )
