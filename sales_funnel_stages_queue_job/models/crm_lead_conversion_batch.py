from odoo import SUPERUSER_ID, api, models
from odoo.service.model import retrying

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.sales_funnel_stages.models.mass_conversion.batch import RUNNING
from odoo.addons.sales_funnel_stages.models.mass_conversion.line import OPEN_STATES, UNDOING

# seconds after which a chunk is asked for again that another job works on
PATIENCE = 10


class CrmLeadConversionBatch(models.Model):
    """Batches that the job queue works through: each chunk is a job, on whichever server is free.

    The queue hands chunks out; who works on one is decided by who claims it, as without the
    queue. So a job does no harm that comes twice or too late, or finds its batch paused or
    cancelled: it has nothing to claim, and ends.
    """

    _inherit = "crm.lead.conversion.batch"

    def _wake_jobs(self):
        self._hand_out_chunks()

    @api.model
    def _cron_work(self):
        """Hand out anew what has been left by jobs that failed or are gone."""
        retrying(self._end_finished, self.env)
        self.search([])._hand_out_chunks()

    def _hand_out_chunks(self):
        """Make a job of each chunk that is open, where none is waiting for its turn already."""
        # sudo: whoever may start a batch, or steer it, sets the queue going; of the leads it says
        # nothing but that some are open
        groups = (
            self.env["crm.lead.conversion.batch.line"]
            .sudo()
            ._read_group(
                [
                    ("batch_id", "in", self.ids),
                    ("batch_id.state", "in", (RUNNING, UNDOING)),
                    ("state", "in", OPEN_STATES),
                ],
                ["batch_id", "chunk"],
                order="batch_id, chunk",
            )
        )
        for batch, chunk in groups:
            batch._hand_out(chunk)

    def _hand_out(self, chunk):
        # as the scheduled job, in nobody's name and language; the company says who sees the job
        context = {"company_id": self.company_id.id}
        batch = self.with_env(self.env(user=SUPERUSER_ID, context=context))
        batch.with_delay(
            identity_key=f"{self._name} {self.id}, {chunk}",
            description=self.env._("%(batch)s, part %(number)s", batch=self.name, number=chunk + 1),
        )._work_by_job(chunk)

    def _work_by_job(self, chunk):
        """Work on a chunk of this batch, as a job of the queue.

        :return: the number of its leads
        """
        count = self._work_once(chunk)
        if not count and self._is_chunk_open(chunk):
            # whoever works on it does not know what was to be tried again since
            raise RetryableJobError(
                self.env._("Another job works on it."), seconds=PATIENCE, ignore_retry=True
            )
        return count

    def _is_chunk_open(self, chunk):
        return bool(
            self.env["crm.lead.conversion.batch.line"].search_count(
                [
                    ("batch_id", "in", self.ids),
                    ("batch_id.state", "in", (RUNNING, UNDOING)),
                    ("chunk", "=", chunk),
                    ("state", "in", OPEN_STATES),
                ],
                limit=1,
            )
        )
