from odoo import api, models

from ...names import BATCH_LIMIT_PARAMETER, DEFAULT_BATCH_LIMIT
from ..rules.described_field import DescribedInteger


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    conversion_batch_limit = DescribedInteger(
        string="Convert Right Away, up to",
        config_parameter=BATCH_LIMIT_PARAMETER,
        default=DEFAULT_BATCH_LIMIT,
    )
    conversion_job_count = DescribedInteger(string="Parallel Jobs")

    @api.model
    def get_values(self):
        count = self.env["crm.lead.conversion.batch"]._count_jobs()
        return {**super().get_values(), "conversion_job_count": count}

    def set_values(self):
        result = super().set_values()
        batch_model = self.env["crm.lead.conversion.batch"]
        count = max(self.conversion_job_count, 1)
        # a job cannot be written on while it works
        if count != batch_model._count_jobs():
            batch_model._set_job_count(count)
        return result
