from odoo import api, models
from odoo.fields import Domain

# what is part of a lead, and whether it may be without one
PARTS_OF_LEADS = {
    "crm.lead.stakeholder": False,
    "crm.qualification.answer": False,
    "crm.stage.transition": True,
    "crm.funnel.report": True,
    "crm.stage.refusal": True,
    "crm.gate.report": True,
    "crm.criterion.worth": True,
    "crm.lead.conversion.batch.line": False,
}


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        """What is part of a lead follows it: whoever may read or change it may do so with them.

        As Odoo does for records of an inherited model, so that rules which a company adds
        on leads count here too.
        """
        domain = super()._compute_domain(model_name, mode)
        if model_name in PARTS_OF_LEADS:
            lead_mode = "read" if mode == "read" else "write"
            of_leads = Domain("lead_id", "any", self._compute_domain("crm.lead", lead_mode))
            if PARTS_OF_LEADS[model_name]:
                of_leads |= Domain("lead_id", "=", False)
            domain &= of_leads
        return domain
