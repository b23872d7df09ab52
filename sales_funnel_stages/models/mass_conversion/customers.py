from collections import defaultdict

from odoo import models
from odoo.tools import email_normalize, split_every

from ...tools.mass_conversion import CREATE, LINK_OR_CREATE, Customer

# crm compares each e-mail with each partner that is found for one of them
EMAILS_AT_ONCE = 100


class CrmLead(models.Model):
    """The customers of leads that are converted together: found, shared and created at once.

    Each lead gets whom crm would give it, had it been converted after those before it: two of
    one e-mail share the customer that is made from the first. Queries: some for each hundred
    e-mails, and those with which the database takes in partners.
    """

    _inherit = "crm.lead"

    def _choose_customers(self, choices, sources=None):
        """Return ``{id: Customer}`` of those leads that get a customer, or have one.

        :param choices: :class:`Choices`
        :param sources: the same leads as they are going to be, unsaved, in the same order
        """
        is_matched = choices.action == LINK_OR_CREATE
        source_by_id = {
            lead.id: source
            for lead, source in zip(self, sources or self, strict=True)
            if source.active
        }
        customers = _given_customers(source_by_id, 0 if is_matched else choices.partner_id)
        unknown = self.browse(id_ for id_ in source_by_id if id_ not in customers)
        emails = {id_: source_by_id[id_]._get_matched_email() for id_ in unknown._ids}
        if is_matched:
            customers.update(unknown._match_customers(emails))
        if choices.action in (LINK_OR_CREATE, CREATE):
            # sudo: as crm looks for them; an alias is nobody's address
            aliases = (
                self.env["mail.alias.domain"].sudo()._find_aliases([*filter(None, emails.values())])
            )
            makers = {id_: source_by_id[id_] for id_ in emails if id_ not in customers}
            customers.update(_choose_new_customers(makers, is_matched, {*aliases}))
        return customers

    def _get_matched_email(self):
        """Return the e-mail by which crm finds the customer of this lead, as it compares them."""
        return self.email_normalized or self.email_from

    def _match_customers(self, emails):
        """Return ``{id: Customer}`` of those leads whose e-mail is known.

        As ``_find_matching_partner`` does for each.

        :param dict emails: ``{id: e-mail}`` of each lead, normalized where it can be
        """
        # sudo: as crm looks for them, which prefers whoever follows the lead, and their company
        leads = self.sudo()
        companies = leads._mail_get_companies()
        followers = leads._get_follower_emails()
        leads_by_batch = defaultdict(dict)
        for lead in self:
            key = emails[lead.id]
            if key:
                # whom somebody of that address follows is looked for alone
                batch = (lead.id,) if key in followers else companies[lead.id]
                leads_by_batch[batch].setdefault(key, []).append(lead)
        matched = {}
        for lead_by_key in leads_by_batch.values():
            for chunk in split_every(EMAILS_AT_ONCE, lead_by_key.items()):
                wanted = {leads[0]: [key] for key, leads in chunk}
                found = self.browse(lead.id for lead in wanted)._partner_find_from_emails(
                    wanted, no_create=True
                )
                matched.update(
                    (lead.id, Customer(found[leads[0].id].id))
                    for _key, leads in chunk
                    for lead in leads
                    if found[leads[0].id]
                )
        return matched

    def _get_follower_emails(self):
        """Return the e-mails of those who follow any of these leads."""
        rows = self.env["mail.followers"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["partner_id"]
        )
        return {partner.email_normalized for (partner,) in rows}

    def _name_new_customer(self):
        """Return the name of the customer that is made from this lead, after its company's."""
        contact_name = self._get_customer_name()
        if not self.partner_name:
            return contact_name or self.name
        return ", ".join(filter(None, (self.partner_name, contact_name)))

    def _create_customers(self):
        """Create the customers of these leads, as ``_create_customer`` does for each.

        :return: ``{id: partners}``: a company and its contact, or one of them
        """
        partner_model = self.env["res.partner"]
        if self._is_told_at_once(partner_model._name):
            # their salespeople are told of all of them at the end
            partner_model = partner_model.with_context(mail_auto_subscribe_no_notify=True)
        named = self.filtered("partner_name")
        companies = partner_model.create(
            [lead._prepare_customer_values(lead.partner_name, is_company=True) for lead in named]
        )
        created = dict.fromkeys(self._ids, self.env["res.partner"])
        created.update(zip(named._ids, companies, strict=True))
        people = self.filtered(lambda lead: not lead.partner_name or lead._get_customer_name())
        contacts = partner_model.create(
            [
                lead._prepare_customer_values(
                    lead._get_customer_name() or lead.name,
                    is_company=False,
                    parent_id=created[lead.id].id,
                )
                for lead in people
            ]
        )
        for lead, contact in zip(people, contacts, strict=True):
            created[lead.id] += contact
        return {id_: partners.with_env(self.env) for id_, partners in created.items()}

    def _assign_customers(self, customers):
        """Link these leads to their customers.

        :param dict customers: ``{id: Customer}``
        :return: the partners that were created
        """
        own_ids = [id_ for id_ in self._ids if customers.get(id_, Customer()).lead_id == id_]
        created = self.browse(own_ids)._create_customers()
        partner_by_id = {}
        for id_ in self._ids:
            customer = customers.get(id_)
            if not customer:
                continue
            partners = created.get(customer.lead_id)
            # whoever comes later finds the first that has the e-mail
            place = -1 if customer.lead_id == id_ else 0
            partner_by_id[id_] = customer.partner_id or partners[place].id
        self.browse(partner_by_id)._link_to_customers(partner_by_id)
        return self.env["res.partner"].concat(*created.values())


def _given_customers(sources, partner_id):
    """Return ``{id: Customer}`` of those leads for which none is looked for.

    :param dict sources: ``{id: lead}``: as they are going to be
    :param int partner_id: the customer of all; 0: each keeps its own
    """
    ids = {id_: partner_id or source.partner_id._origin.id for id_, source in sources.items()}
    return {id_: Customer(partner_id) for id_, partner_id in ids.items() if partner_id}


def _choose_new_customers(sources, is_shared, aliases):
    """Return ``{id: Customer}``: the leads that customers are made from.

    :param dict sources: ``{id: lead}``: as they are going to be, in the order of their conversion
    :param bool is_shared: whether those of one e-mail share the customer of the first of them
    :param set aliases: e-mails that are nobody's
    """
    customers, maker_by_email = {}, {}
    for id_, source in sources.items():
        maker_id = is_shared and maker_by_email.get(source._get_matched_email())
        customers[id_] = Customer(lead_id=maker_id or id_)
        if maker_id:
            continue
        email = source._prepare_customer_values(source.name).get("email")
        email = email_normalize(email or "", strict=False)
        if email and email not in aliases:
            maker_by_email.setdefault(email, id_)
    return customers
