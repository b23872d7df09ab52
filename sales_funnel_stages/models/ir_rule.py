from odoo import api, models
from odoo.fields import Domain


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        """Stakeholders follow their lead: whoever may read or change it may do so with them.

        As Odoo does for records of an inherited model, so that rules which a company adds
        on leads count here too.
        """
        domain = super()._compute_domain(model_name, mode)
        if model_name == "crm.lead.stakeholder":
            lead_mode = "read" if mode == "read" else "write"
            domain &= Domain("lead_id", "any", self._compute_domain("crm.lead", lead_mode))
        return domain
