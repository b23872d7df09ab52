from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...names import SALESPERSON_GROUP
from ..rules.shown_field import ShownBoolean, ShownInteger


class ResPartner(models.Model):
    """The leads of a contact: those of its company, and of all contacts there.

    Only of those that the user may see.
    """

    _inherit = "res.partner"

    funnel_lead_count = ShownInteger(
        string="Leads and Opportunities",
        compute="_compute_funnel_lead_count",
        groups=SALESPERSON_GROUP,
    )
    has_lead = ShownBoolean(
        string="Has Leads",
        compute="_compute_has_lead",
        search="_search_has_lead",
        groups=SALESPERSON_GROUP,
        help="This contact, or another of the same company, has leads or opportunities, whatever "
        "became of them.",
    )

    def _funnel_lead_domain(self):
        """Return the domain of the leads of these contacts, and of others of their companies."""
        return Domain(
            "partner_id.commercial_partner_id", "in", self.commercial_partner_id._origin.ids
        )

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_funnel_lead_count(self):
        path = "partner_id.commercial_partner_id"
        lead_model = self.env["crm.lead"].with_context(active_test=False)
        counts = dict(lead_model._read_group(self._funnel_lead_domain(), [path], ["__count"]))
        for partner in self:
            partner.funnel_lead_count = counts.get(partner.commercial_partner_id._origin, 0)

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

    def action_view_funnel_leads(self):
        """Open the leads and opportunities of this contact's company, by step."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_funnel_stages.crm_lead_action_of_contact"
        )
        action["domain"] = list(self._funnel_lead_domain())
        action["context"] = {
            "active_test": False,
            "group_by": ["type", "stage_id"],
            "default_partner_id": self.id,
        }
        return action

    def action_make_lead(self):
        """Make a lead of each of these contacts, and open it.

        Where the user does not use leads, it is an opportunity. Odoo takes over name,
        address, e-mail and phone of the contact.
        """
        is_lead = self.env.user.has_group("crm.group_use_lead")
        leads = self.env["crm.lead"].create(
            [
                {
                    "type": "lead" if is_lead else "opportunity",
                    "partner_id": partner.id,
                    "name": self.env._("%s's lead", partner.name or partner.display_name)
                    if is_lead
                    else self.env._("%s's opportunity", partner.name or partner.display_name),
                }
                for partner in self
            ]
        )
        if len(leads) == 1:
            return leads.redirect_lead_opportunity_view()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_funnel_stages.crm_lead_action_of_contact"
        )
        action["domain"] = [("id", "in", leads.ids)]
        return action
