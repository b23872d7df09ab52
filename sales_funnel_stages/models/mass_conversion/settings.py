from odoo import api, fields, models

from ...names import BATCH_LIMIT_PARAMETER, DEFAULT_BATCH_LIMIT


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    conversion_batch_limit = fields.Integer(
        string="Convert Right Away, up to",
        config_parameter=BATCH_LIMIT_PARAMETER,
        default=DEFAULT_BATCH_LIMIT,
    )
    conversion_job_count = fields.Integer(string="Parallel Jobs")

    @api.model
    def get_values(self):
        jobs = self.env["crm.lead.conversion.batch"]._get_jobs()
        return {**super().get_values(), "conversion_job_count": len(jobs.filtered("active"))}

    def set_values(self):
        result = super().set_values()
        batch_model = self.env["crm.lead.conversion.batch"]
        count = max(self.conversion_job_count, 1)
        # a job cannot be written on while it works
        if count != len(batch_model._get_jobs().filtered("active")):
            batch_model._set_job_count(count)
        return result
