from odoo import models


class ResGroups(models.Model):
    _inherit = "res.groups"

    def write(self, vals):
        """Notice when the setting "Leads" is switched: it is a group that all users imply."""
        result = super().write(vals)
        if "implied_ids" in vals:
            self.env["crm.qualification.framework"]._renew_rulebook()
        return result
