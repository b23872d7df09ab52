from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _find_matching_partner(self):
        self._note_call("_find_matching_partner")
        return super()._find_matching_partner()

    def _create_customer(self, with_parent=None):
        self._note_call("_create_customer")
        return super()._create_customer(with_parent)

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        self._note_call("_prepare_customer_values")
        values = super()._prepare_customer_values(partner_name, is_company, parent_id)
        return {**values, "custom_origin": f"{self.name} ({self.custom_source})"}

    def _get_customer_information(self):
        self._note_call("_get_customer_information")
        return super()._get_customer_information()

    def _prepare_values_from_partner(self, partner):
        self._note_call("_prepare_values_from_partner")
        return super()._prepare_values_from_partner(partner)

    def _prepare_address_values_from_partner(self, partner):
        self._note_call("_prepare_address_values_from_partner")
        return super()._prepare_address_values_from_partner(partner)
