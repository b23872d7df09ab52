from odoo import models
from odoo.tools import format_date, formatLang

from ...tools.answers import joined, strength, strongest

STRONGEST_FIELDS = (
    "contact_role",
    "need_level",
    "budget_status",
    "supplier_status",
    "payment_terms_status",
    "contract_status",
)
JOINED_FIELDS = ("need_summary", "requirement_summary")
EARLIEST_FIELDS = ("purchase_date", "first_contact_date", "engagement_date")
# a detail that belongs to an answer, and comes from the lead that gave the strongest one
DETAIL_FIELDS = {"budget_amount": "budget_status", "incumbent_supplier": "supplier_status"}


class CrmLead(models.Model):
    """A merge keeps what is known best: nothing that one of the leads knew is lost."""

    _inherit = "crm.lead"

    def _merge_get_fields_specific(self):
        specific = super()._merge_get_fields_specific()
        specific.update(
            dict.fromkeys(STRONGEST_FIELDS, lambda name, leads: strongest(name, leads.mapped(name)))
        )
        specific.update(
            dict.fromkeys(JOINED_FIELDS, lambda name, leads: joined(leads.mapped(name)))
        )
        specific.update(
            dict.fromkeys(
                EARLIEST_FIELDS,
                lambda name, leads: min(filter(None, leads.mapped(name)), default=False),
            )
        )
        specific.update(dict.fromkeys(DETAIL_FIELDS, self._merge_get_detail))
        return specific

    def _merge_get_detail(self, name, leads):
        answer = DETAIL_FIELDS[name]
        known = leads.filtered(name).sorted(
            lambda lead: strength(answer, lead[answer]), reverse=True
        )
        return known[:1][name]

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self._take_over_from(opportunities)
        return result

    def _take_over_from(self, opportunities):
        """Take over what belongs to leads that are merged into this one, before they end.

        For other packages to extend.
        """
        self._merge_stakeholders(opportunities)
        self._merge_answers(opportunities)

    def _merge_stakeholders(self, opportunities):
        """Take over the stakeholders of other leads; the same person becomes one line.

        The line says the strongest that any of them said; the first key contact stays.
        """
        known = {line._get_person(): line for line in self.stakeholder_ids}
        has_key_contact = any(self.stakeholder_ids.mapped("is_key_contact"))
        for line in opportunities.stakeholder_ids:
            is_key_contact = line.is_key_contact and not has_key_contact
            has_key_contact |= is_key_contact
            twin = known.setdefault(line._get_person(), line)
            if twin == line:
                line.write({"lead_id": self.id, "is_key_contact": is_key_contact})
                continue
            twin._join(line, is_key_contact)

    def _format_qualification(self):
        """Return what is known of the qualification, for the summary of a merge.

        :return: one ``{"label", "value"}`` for each answer that was given
        :rtype: list[dict]
        """
        self.ensure_one()
        names = [
            *STRONGEST_FIELDS,
            *DETAIL_FIELDS,
            *EARLIEST_FIELDS,
            *JOINED_FIELDS,
            "stakeholder_ids",
        ]
        formatted = []
        for name in names:
            field = self._fields[name]
            if not self[name]:
                continue
            value = field.convert_to_export(self[name], self)
            if name == "budget_amount":
                value = formatLang(self.env, self[name], currency_obj=self.company_currency)
            elif field.type == "date":
                value = format_date(self.env, self[name])
            elif name == "stakeholder_ids":
                value = ", ".join(self.stakeholder_ids.mapped("display_name"))
            formatted.append({"label": field._description_string(self.env), "value": value})
        return formatted + self._format_answers()
