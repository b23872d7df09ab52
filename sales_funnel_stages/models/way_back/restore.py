from odoo import models


class CrmLead(models.Model):
    """Restoring what is lost, or archived: Odoo writes more than once, and all of it passes."""

    _inherit = "crm.lead"

    def action_unarchive(self):
        with self._undone_if_refused():
            return super().action_unarchive()
