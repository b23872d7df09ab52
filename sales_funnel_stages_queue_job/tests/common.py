from odoo.addons.queue_job.job import PENDING, Job
from odoo.addons.sales_funnel_stages.tests.support.conversion_batch_common import (
    ConversionBatchCommon,
)


class JobQueueCommon(ConversionBatchCommon):
    """Two leads are a job of the queue."""

    def get_jobs(self, state=PENDING):
        """Return the jobs that work on batches and are in a state."""
        return self.env["queue.job"].search(
            [("model_name", "=", "crm.lead.conversion.batch"), ("state", "=", state)], order="id"
        )

    def assert_woken(self, batch):
        self.assertFalse(self.get_triggers(), "the scheduled job is not")
        self.assertEqual({job.records for job in self.get_jobs()}, {batch})

    def perform(self, job):
        """Do what the queue does with a job; return how many leads it has worked on."""
        with self.enter_registry_test_mode():
            performed = Job.load(self.env, job.uuid)
            count = performed.perform()
            performed.set_done()
            performed.store()
        return count

    def work(self):
        """Let the queue do what is waiting."""
        for job in self.get_jobs():
            self.perform(job)

    def work_on_chunk(self):
        """Let the queue do one job; return how many leads it has worked on."""
        jobs = self.get_jobs()
        return self.perform(jobs[0]) if jobs else 0
