"""Converting many leads: Odoo's wizard, and the floor, which is the least that the ORM can do."""

from collections import defaultdict

from odoo.fields import Command

from .side import FAIR, MET, SELLERS


def convert(count, fair=FAIR):
    """Convert so many leads in Odoo's wizard, from when it is saved to the end of the transaction.

    Merged with their duplicates, customers found or created; those who have no salesperson are
    shared by two.

    :param fair: where they come from
    """

    def prepare(env):
        leads = _find_leads(env, count, fair)
        sellers = _find_sellers(env) if fair == FAIR else env["res.users"]
        context = {
            "active_model": "crm.lead",
            "active_id": leads.ids[0],
            "active_ids": leads.ids,
        }

        def do(env):
            wizard = env["crm.lead2opportunity.partner.mass"].with_context(**context)
            wizard.create({"user_ids": [Command.set(sellers.ids)]}).action_mass_convert()
            env.cr.flush()

        return do

    return prepare


def convert_met(count):
    """As ``convert``, of leads that have salespeople, and a fifth of them a customer."""
    return convert(count, MET)


def convert_in_background(count, fair=FAIR):
    """As ``convert``, by the addon's scheduled job: chunk by chunk; with Odoo alone, in its wizard.

    :param fair: where they come from
    """
    prepare_in_request = convert(count, fair)

    def prepare(env):
        if "crm.lead.conversion.batch" not in env:
            return prepare_in_request(env)
        leads = _find_leads(env, count, fair)
        sellers = _find_sellers(env) if fair == FAIR else env["res.users"]
        values = {
            "deduplicate": True,
            "action": "each_exist_or_create",
            "user_ids": [Command.set(sellers.ids)],
        }

        def do(env):
            batch = env["crm.lead.conversion.batch"]._start(
                env["crm.lead"].browse(leads.ids), values
            )
            # sudo: as the scheduled job, which does it as whoever has started it
            batch = batch.sudo()
            while batch._work_on_chunk():
                # where a job commits
                env.cr.flush()
                env.invalidate_all()
            batch._end_finished()
            env.cr.flush()

        return do

    return prepare


def convert_met_in_background(count):
    """As ``convert_in_background``, of leads that have salespeople, a fifth of them a customer."""
    return convert_in_background(count, MET)


def floor(count, fair=FAIR):
    """Make the same customers, links, conversions and assignments by the plainest calls.

    Companies in one ``create``, contacts in another; a link for each lead; one ``write`` for what
    is the same; one for each salesperson, without notices. Nothing is looked for or merged.
    """

    def prepare(env):
        ids = _find_leads(env, count, fair).ids
        sellers = _find_sellers(env) if fair == FAIR else env["res.users"]

        def do(env):
            env = env(context={**env.context, "mail_auto_subscribe_no_notify": True})
            leads = env["crm.lead"].browse(ids)
            _link(leads.filtered(lambda lead: not lead.partner_id))
            _become_opportunities(leads)
            for place, seller in enumerate(sellers):
                leads[place :: len(sellers)].write({"user_id": seller.id})
            env.cr.flush()

        return do

    return prepare


def floor_met(count):
    """As ``floor``, of leads that have salespeople, and a fifth of them a customer."""
    return floor(count, MET)


def _link(leads):
    partners = leads.env["res.partner"]
    named = leads.filtered("partner_name")
    companies = partners.create(
        [lead._prepare_customer_values(lead.partner_name, is_company=True) for lead in named]
    )
    company_by_lead = dict(zip(named, companies, strict=True))
    contacts = partners.create(
        [
            lead._prepare_customer_values(
                lead.contact_name, parent_id=company_by_lead.get(lead, partners).id
            )
            for lead in leads
        ]
    )
    for lead, contact in zip(leads, contacts, strict=True):
        lead.partner_id = contact


def _become_opportunities(leads):
    ids_by_values = defaultdict(list)
    for lead in leads:
        values = lead._convert_opportunity_data(lead.partner_id)
        ids_by_values[tuple(values.items())].append(lead.id)
    for values, ids in ids_by_values.items():
        leads.browse(ids).write(dict(values))


def _find_leads(env, count, fair):
    return env["crm.lead"].search([("referred", "=", fair)], order="id", limit=count)


def _find_sellers(env):
    return env["res.users"].search([("login", "in", SELLERS)])
