from odoo import models

from .described_field import DescribedBoolean, DescribedRecord, DescribedSelection
from .shown_field import ShownText


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    qualification_framework_id = DescribedRecord(
        related="company_id.qualification_framework_id", readonly=False
    )
    stage_rule_policy = DescribedSelection(related="company_id.stage_rule_policy", readonly=False)
    arrival_policy = DescribedSelection(related="company_id.arrival_policy", readonly=False)
    is_lost_reason_required = DescribedBoolean(
        related="company_id.is_lost_reason_required", readonly=False
    )
    stage_rule_fault = ShownText(related="company_id.stage_rule_fault")
