from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    qualification_framework_id = fields.Many2one(
        related="company_id.qualification_framework_id", readonly=False
    )
    stage_rule_policy = fields.Selection(related="company_id.stage_rule_policy", readonly=False)
    arrival_policy = fields.Selection(related="company_id.arrival_policy", readonly=False)
    is_lost_reason_required = fields.Boolean(
        related="company_id.is_lost_reason_required", readonly=False
    )
    stage_rule_fault = fields.Text(related="company_id.stage_rule_fault")
