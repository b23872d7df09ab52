from odoo import api, models

from .year import Year


class CrmLead(models.Model):
    """The deals of the demo data, which cannot be records of a file: they have a past."""

    _inherit = "crm.lead"

    @api.model
    def _load_demo_year(self):
        """Make the deals of ``demo/crm_deals.csv``, and all their moves; where demo data is."""
        Year(self.env).pass_by()
