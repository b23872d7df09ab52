from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize
from odoo.tools.sql import escape_psql

from odoo.addons.sales_funnel_stages.tools.person import Person


class PrivacyLookupWizard(models.TransientModel):
    """Lists what our texts say of the person, too."""

    _inherit = "privacy.lookup.wizard"

    # as they were when it was looked up: what is erased first may be what tells them
    person_lead_ids = fields.Json(string="Leads of the Person", groups=fields.NO_ACCESS)
    person_partner_ids = fields.Json(string="Contacts of the Person", groups=fields.NO_ACCESS)

    def action_lookup(self):
        self.ensure_one()
        # sudo: nobody writes these two; whoever may not look up is refused below
        wizard = self.sudo()
        wizard.person_partner_ids, wizard.person_lead_ids = self._find_person()
        return super().action_lookup()

    def _find_person(self):
        """Return the ids of the person's contacts, and of their leads."""
        name, email = escape_psql(self.name.strip()), email_normalize(self.email.strip())
        if not email:
            # which Odoo refuses, in a moment
            return [], []
        # sudo: as all that is looked up, whoever may read it
        env = self.sudo().with_context(active_test=False).env
        has_email = Domain("email_normalized", "=", email)
        # an empty name is that of whatever has none
        is_named = Domain("name", "=ilike", name) if name else Domain.FALSE
        is_contact = Domain("contact_name", "=ilike", name) if name else Domain.FALSE
        partners = env["res.partner"].search(has_email | is_named)
        is_customer = Domain("partner_id", "in", partners.ids)
        leads = env["crm.lead"].search(has_email | is_customer | is_contact | is_named)
        return partners.ids, leads.ids

    def _get_person(self):
        """Return the :class:`Person` who was looked up."""
        self.ensure_one()
        # sudo: whoever may use the wizard; nobody reads these two otherwise
        wizard = self.sudo()
        words = (self.name.strip(), email_normalize(self.email.strip()))
        return Person(
            # an empty one is in every text
            words=tuple(filter(None, words)),
            lead_ids=tuple(wizard.person_lead_ids or ()),
            partner_ids=tuple(wizard.person_partner_ids or ()),
        )

    def _get_query_models_blacklist(self):
        ours = self.env["crm.erasure.mixin"]._get_models_about_people()
        return [*super()._get_query_models_blacklist(), *ours]

    def _get_query(self):
        query = super()._get_query()
        person = self._get_person()
        for name in self.env["crm.erasure.mixin"]._get_models_about_people():
            # sudo: as above
            model = self.env[name].sudo().with_context(active_test=False)
            found = model._search(model._get_person_domain(person))
            columns = (
                SQL("%s", self.env["ir.model"]._get_id(name)),
                SQL.identifier(found.table, "id"),
                SQL("TRUE"),
            )
            query = SQL("%s UNION ALL %s", query, found.select(*columns))
        return query
