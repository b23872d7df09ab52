from odoo import models

PHONES_KEY = "sales_funnel_stages.phone_numbers"


class CrmLead(models.Model):
    """A lead, its customer and the customer's company have one number, which is parsed once."""

    _inherit = "crm.lead"

    def _phone_format_number(self, number, country, force_format="E164", raise_exception=False):
        return _format_once(
            self, super()._phone_format_number, number, country, force_format, raise_exception
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _phone_format_number(self, number, country, force_format="E164", raise_exception=False):
        return _format_once(
            self, super()._phone_format_number, number, country, force_format, raise_exception
        )


def _format_once(records, format_number, number, country, force_format, raise_exception):
    """Return what a method says, which is kept until the end of the transaction."""
    known = records.env.cr.cache.setdefault(PHONES_KEY, {})
    key = number, country.id, force_format, raise_exception
    if key not in known:
        known[key] = format_number(
            number, country=country, force_format=force_format, raise_exception=raise_exception
        )
    return known[key]
