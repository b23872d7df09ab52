from odoo import models
from odoo.tools.mail import parse_contact_from_email


class CrmLead(models.Model):
    """What a conversion is going to make of a lead, worked out without doing any of it."""

    _inherit = "crm.lead"

    def _get_customer_name(self):
        """Return the name of the person that crm would make a customer of; False: nobody's."""
        name = self.contact_name
        if not name and self.email_from:
            name = parse_contact_from_email(self.email_from)[0]
        return name

    def _foresee_customer(self, company):
        """Return the customer that crm would create or link for this lead, unsaved.

        As ``_create_customer`` does, from the same values.

        :param company: the ``res.partner`` to make a contact of; empty: the lead's own
        """
        self.ensure_one()
        name = self._get_customer_name()
        if not company and self.partner_name:
            company = company.new(self._prepare_customer_values(self.partner_name, is_company=True))
        if company and not name:
            return company
        vals = self._prepare_customer_values(name or self.name)
        if company:
            # given with the others: nothing that follows from it has been worked out yet
            vals.update(parent_id=company, company_name=False)
        return company.new(vals)

    def _foresee_conversion(self, customer):
        """Let this lead, which is unsaved, be what ``convert_opportunity`` would make of it."""
        self.ensure_one()
        if self._filter_convertible():
            # what is written is the type; team and stage follow, where Odoo computes them
            self.update(self._convert_opportunity_data(customer))

    def _foresee_merge(self):
        """Return which of these a merge keeps, and what it would write on that one.

        :return: the lead, and a dict of values
        :rtype: tuple
        """
        leads = self._sort_by_confidence_level(reverse=True)
        return leads[:1], leads._merge_data(leads._merge_get_fields())
