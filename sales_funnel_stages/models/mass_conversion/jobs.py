from odoo import api, models
from odoo.fields import Domain
from odoo.tools import convert_file

# what their scheduled actions run, by which they are found
JOB = "model._cron_work()"
JOB_DATA = "data/ir_cron_conversion_batch_data.xml"


class CrmLeadConversionBatch(models.Model):
    """The scheduled jobs that work on batches: how many there are, and what sets them going."""

    _inherit = "crm.lead.conversion.batch"

    @api.model
    def _get_jobs(self):
        """Return the scheduled jobs that work on batches, also those that are switched off."""
        # sudo: whoever starts a batch sets them going
        cron_model = self.env["ir.cron"].sudo().with_context(active_test=False)
        return cron_model.search(self._get_jobs_domain(), order="id")

    @api.model
    def _get_jobs_domain(self):
        return Domain("model_id.model", "=", self._name) & Domain("code", "=", JOB)

    @api.model
    def _count_jobs(self):
        """Return how many of them are not switched off."""
        # sudo: how many there are is no secret
        cron_model = self.env["ir.cron"].sudo()
        return cron_model.search_count(self._get_jobs_domain() & Domain("active", "=", True))

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
