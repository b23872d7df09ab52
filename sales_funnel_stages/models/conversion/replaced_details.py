from contextlib import contextmanager

from markupsafe import Markup

from odoo import models

from ...tools.carried import Carried

ADDRESS_FIELDS = ("street", "street2", "zip", "city", "state_id", "country_id")
# what else Odoo takes from the customer, and does not track
OTHER_FIELDS = ("function", "website", "lang_id")


class Noted(Carried):
    """Says that whoever calls notes what is replaced."""


class CrmLead(models.Model):
    """What linking a lead to a customer replaces: it is said before, and noted afterwards.

    Odoo tracks names, e-mail and phone; an address and what else it takes from the customer
    would be gone without a word.
    """

    _inherit = "crm.lead"

    def _get_details(self):
        """Return ``{field: value}`` of what a customer may replace of this lead."""
        return {name: self[name] for name in (*ADDRESS_FIELDS, *OTHER_FIELDS)}

    def _foresee_replaced_details(self, customer):
        """Return ``{label: text}`` of what is replaced once this lead is linked to a customer.

        :param customer: the ``res.partner``, unsaved if it is to be created
        """
        self.ensure_one()
        # a new contact takes the address of the company that it is made for
        is_known = bool(customer._origin)
        source = customer if is_known else customer.parent_id
        if not source._origin or source._origin == self.partner_id._origin:
            return {}
        before = self._get_details()
        after = {**before, **self._prepare_address_values_from_partner(source)}
        if is_known:
            lang = self.env["res.lang"]._get_data(code=source.lang) if source.lang else None
            after.update(
                function=source.function or self.function,
                website=source.website or self.website,
                lang_id=self.lang_id.browse(lang and lang.id or ()),
            )
        return self._describe_replaced(before, after)

    def _describe_replaced(self, before, after):
        """Return ``{label: text}`` of what was there before and is another after.

        :param dict before: ``{field: value}``
        :param dict after: ``{field: value}``
        """

        def tell(name):
            value = before[name]
            return value.display_name if self._fields[name].relational else value

        replaced = {}
        if any(before[name] != after[name] for name in ADDRESS_FIELDS):
            replaced[self.env._("Address")] = ", ".join(filter(None, map(tell, ADDRESS_FIELDS)))
        for name in OTHER_FIELDS:
            if before[name] != after[name]:
                label = self._fields[name].get_description(self.env, ["string"])["string"]
                replaced[label] = tell(name)
        return {label: text for label, text in replaced.items() if text}

    @contextmanager
    def _in_one_move(self):
        with super()._in_one_move() as leads, leads._replaced_details_noted() as moving:
            yield moving

    @contextmanager
    def _replaced_details_noted(self):
        """Give these leads; what a customer replaces of them inside is noted at the end.

        Where a caller notes it already, that one counts.
        """
        if Noted.of(self.env):
            yield self
            return
        # sudo: whoever converts a lead may hand it over at the same time
        leads = self.sudo()
        before = {lead.id: (lead.partner_id, lead._get_details()) for lead in leads}
        yield self.with_context(**Noted().context())
        bodies = {}
        for lead in leads.exists():
            partner, details = before[lead.id]
            if lead.partner_id != partner:
                replaced = lead._describe_replaced(details, lead._get_details())
                if replaced:
                    bodies[lead.id] = lead._prepare_replaced_note(replaced)
        if bodies:
            leads.browse(bodies)._message_log_batch(bodies=bodies)

    def _prepare_replaced_note(self, replaced):
        items = Markup().join(
            Markup("<li>%s</li>") % f"{label}: {text}" for label, text in replaced.items()
        )
        told = self.env._("Replaced by what its customer has. Until now:")
        return Markup("<p>%s</p><ul>%s</ul>") % (told, items)
