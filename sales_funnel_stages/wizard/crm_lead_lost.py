from odoo import api, fields, models


class CrmLeadLost(models.TransientModel):
    """Odoo's wizard for what is lost, which also asks whether it is lost only for now."""

    _inherit = "crm.lead.lost"

    revisit_date = fields.Date(
        string="Revisit On",
        help="If it is lost only for now: on that day it is open again, as a lead where leads are "
        "used, and its salesperson gets an activity.",
    )

    is_reason_required = fields.Boolean(compute="_compute_is_reason_required")

    @api.depends("lead_ids")
    @api.depends_context("uid")
    def _compute_is_reason_required(self):
        for wizard in self:
            leads = wizard.lead_ids._origin
            wizard.is_reason_required = leads._is_asked_why_lost() and bool(
                leads._filter_why_lost_asked()
            )

    def action_lost_reason_apply(self):
        result = super().action_lost_reason_apply()
        if self.revisit_date:
            self.lead_ids.revisit_date = self.revisit_date
        return result
