from odoo import models


class CrmLead(models.Model):
    """Quotations are made for opportunities: what has some is no lead."""

    _inherit = "crm.lead"

    def _get_lead_obstacles(self):
        obstacles = super()._get_lead_obstacles()
        # sudo: the quotations of others are in the way, too, whoever may read them
        orders = (
            self.env["sale.order"]
            .sudo()
            .search([("opportunity_id", "in", self.ids), ("state", "!=", "cancel")], order="id")
        )
        for lead, its_orders in orders.grouped("opportunity_id").items():
            obstacles[lead.id] = self.env._(
                "“%(lead)s” has to stay an opportunity for its quotations or orders: %(orders)s. "
                "Cancel them, or give them to another opportunity, first.",
                lead=lead.name,
                orders=", ".join(its_orders.mapped("name")),
            )
        return obstacles
