from odoo import models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def _get_lead_to_assign_domain(self):
        self._note_call("_get_lead_to_assign_domain")
        return super()._get_lead_to_assign_domain()
