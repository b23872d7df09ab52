from odoo import api, models
from odoo.fields import Datetime, Domain
from odoo.tools import SQL

from ..tools.funnel_figures import ratio


class CrmFunnelReport(models.Model):
    """Where the funnel of the dashboard begins: with contacts."""

    _inherit = "crm.funnel.report"

    @api.model
    def _get_dashboard_contacts(self, period, before):
        """Return how many contacts were created, and how many of them have a lead by now.

        :return: as ``get_dashboard`` says; None for who may not read contacts
        """
        contact_model = self.env["res.partner"]
        if not contact_model.has_access("read"):
            return None
        (start, stop), (first, middle) = (each.moments(self.env.tz) for each in (period, before))
        contacts = contact_model._search(_created_in(first, stop))
        with_lead = contact_model._search(Domain("has_lead", "=", True)).subselect()
        is_before = SQL("res_partner.create_date < %s", middle)
        is_now = SQL("res_partner.create_date >= %s", start)
        [row] = self.env.execute_query(
            contacts.select(
                *(
                    SQL("count(*) FILTER (WHERE %s)", SQL(" AND ").join(conditions))
                    for when in (is_now, is_before)
                    for conditions in ([when], [when, SQL("res_partner.id IN %s", with_lead)])
                )
            )
        )
        return {
            "now": {"reached": row[0], "converted": row[1], "rate": ratio(row[1], row[0])},
            "before": {"reached": row[2], "converted": row[3], "rate": ratio(row[3], row[2])},
            "domains": {
                "now": list(_created_in(start, stop)),
                "before": list(_created_in(first, middle)),
            },
        }


def _created_in(start, stop):
    """Return the domain of the contacts that count, created in a time."""
    return (
        Domain("partner_share", "=", True)
        & Domain("type", "=", "contact")
        & Domain("create_date", ">=", Datetime.to_string(start))
        & Domain("create_date", "<", Datetime.to_string(stop))
    )
