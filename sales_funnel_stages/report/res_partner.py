from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.insight.contact_status import GROUP


class ResPartner(models.Model):
    _inherit = "res.partner"

    has_lead = fields.Boolean(
        string="Has Leads",
        compute="_compute_has_lead",
        search="_search_has_lead",
        groups=GROUP,
        help="This contact, or another of the same company, has leads or opportunities, whatever "
        "became of them.",
    )

    @api.depends("funnel_lead_count")
    def _compute_has_lead(self):
        for partner in self:
            partner.has_lead = bool(partner.funnel_lead_count)

    def _search_has_lead(self, operator, value):
        if operator != "in":
            return NotImplemented
        leads = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            ._search(Domain("partner_id", "!=", False))
        )
        partner = leads.join(leads.table, "partner_id", "res_partner", "id", "partner_id")
        companies = leads.subselect(SQL.identifier(partner, "commercial_partner_id"))
        has_lead = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s IN %s",
                model._field_to_sql(alias, "commercial_partner_id", query),
                companies,
            ),
            predicate=lambda contact: contact.has_lead,
        )
        return has_lead if True in value else ~has_lead
