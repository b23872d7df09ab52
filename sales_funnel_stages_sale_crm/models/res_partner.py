from odoo import api, models
from odoo.fields import Domain

from odoo.addons.sales_funnel_stages.models.insight.contact_status import CUSTOMER


class ResPartner(models.Model):
    """Who has ordered is a customer, whether or not there was an opportunity."""

    _inherit = "res.partner"

    @api.model
    def _get_funnel_steps(self):
        ordered = (CUSTOMER, "sale.order", Domain("state", "=", "sale"))
        return [ordered, *super()._get_funnel_steps()]
