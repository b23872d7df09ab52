from odoo import api, models
from odoo.fields import Domain


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        """What is part of a lead follows it: whoever may read or change it may do so with them.

        As Odoo does for records of an inherited model, so that rules which a company adds
        on leads count here too. A model says so by ``_is_part_of_lead``, and by
        ``_users_besides_lead`` in which of its fields is who need not see the lead.
        """
        domain = super()._compute_domain(model_name, mode)
        model = self.env[model_name]
        if getattr(model, "_is_part_of_lead", False):
            lead_mode = "read" if mode == "read" else "write"
            of_leads = Domain("lead_id", "any", self._compute_domain("crm.lead", lead_mode))
            if not model._fields["lead_id"].required:
                of_leads |= Domain("lead_id", "=", False)
            if name := getattr(model, "_users_besides_lead", ""):
                of_leads |= Domain(name, "=", self.env.uid)
            domain &= of_leads
        return domain
