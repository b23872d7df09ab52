from markupsafe import Markup

from odoo import api, fields, models
from odoo.service.model import retrying
from odoo.tools import SQL, convert_file

from .crm_lead_conversion_batch import RUNNING
from .crm_lead_conversion_batch_line import DONE, OPEN_STATES, UNDOING, UNDONE

JOB = "model._cron_work()"
JOB_DATA = "data/ir_cron_conversion_batch_data.xml"


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
            batch._tell_end()

    def _tell_end(self):
        """Tell who had it done how it ended: in their inbox or by e-mail, as they prefer."""
        user = self.undo_user_id or self.user_id
        batch = self.with_context(lang=user.lang)
        counts = [
            (batch.env._("Converted: %s", batch.done_count), batch.done_count),
            (batch.env._("Merged: %s", batch.merged_count), batch.merged_count),
            (batch.env._("Left as they are: %s", batch.held_back_count), batch.held_back_count),
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

    # ------------------------------------------------------------------
    # The jobs
    # ------------------------------------------------------------------

    @api.model
    def _get_jobs(self):
        """Return the scheduled jobs that work on batches, also those that are switched off."""
        # sudo: whoever starts a batch sets them going
        cron_model = self.env["ir.cron"].sudo().with_context(active_test=False)
        return cron_model.search(
            [("model_id.model", "=", self._name), ("code", "=", JOB)], order="id"
        )

    @api.model
    def _ensure_jobs(self):
        """Return the jobs; the first one is made anew where somebody has deleted all."""
        jobs = self._get_jobs()
        if not jobs:
            # sudo: as above
            convert_file(self.sudo().env, "sales_funnel_stages", JOB_DATA, {}, noupdate=True)
            jobs = self._get_jobs()
        return jobs

    def _wake_jobs(self):
        """Have what is open of these batches worked on; all there is, if it is called on none."""
        for job in self._ensure_jobs().filtered("active"):
            job._trigger()

    @api.model
    def _set_job_count(self, count):
        """Have so many jobs work side by side."""
        jobs = self._ensure_jobs()
        for _number in range(count - len(jobs)):
            jobs += self._add_job(jobs[0])
        jobs[:count].filtered(lambda job: not job.active).active = True
        jobs[count:].filtered("active").active = False
        # the new ones help with what there is
        self._wake_jobs()

    @api.model
    def _add_job(self, job):
        """Return a copy of a job, which goes with the addon where it is uninstalled."""
        copy = job.copy({"name": job.name})
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"sales_funnel_stages.ir_cron_conversion_batch_{copy.id}",
                    "record": copy,
                    "noupdate": True,
                }
            ]
        )
        return copy
