from markupsafe import Markup

from odoo import models
from odoo.tools import split_every

from ...tools.carried import Carried
from .extended import CUSTOMER_METHODS, WIZARD

TEMPLATE = "mail.message_user_assigned"
# who is given more leads and customers than these is told once, of all of them
TOLD_ONE_BY_ONE = 10
# so many of them are named
NAMED = 10
# so many fit into an address
LINKED = 500


class ToldLater(Carried):
    """Says that a caller tells those who are assigned, when all is done."""


class CrmLead(models.Model):
    """One notice to a salesperson who is given many leads, or customers, at once.

    In place of ``_message_auto_subscribe_notify``, which Odoo calls for each record.
    """

    _inherit = "crm.lead"

    def _assign_in_turn(self, choices):
        """Share these leads among salespeople, who are told of them later.

        :param choices: :class:`Choices`
        :return: the leads of which they are to be told
        """
        leads = self
        if not choices.force_assignment:
            leads = self.filtered(lambda lead: not lead.user_id)
        if not choices.user_ids:
            return self.browse()
        is_told_later = self._is_told_at_once(self._name)
        assigned = (
            leads.with_context(mail_auto_subscribe_no_notify=True) if is_told_later else leads
        )
        assigned._handle_salesmen_assignment([*choices.user_ids], team_id=choices.team_id)
        return leads if is_told_later else self.browse()

    def _tell_assigned(self, partners):
        """Tell salespeople of these leads, which they have been given, and of new customers.

        :param partners: the customers that were created
        """
        context = self.env.context
        if context.get("tracking_disable") or context.get("mail_auto_subscribe_no_notify"):
            return
        # sudo: whoever assigns leads may know to whom
        leads, partners = self.sudo().exists(), partners.sudo().exists()
        if not self._are_customers_told_of_at_once():
            partners = partners.browse()
        leads_by_user, partners_by_user = leads.grouped("user_id"), partners.grouped("user_id")
        for user in leads.user_id | partners.user_id:
            if user.active and user != self.env.user:
                user._tell_of_assigned(
                    leads_by_user.get(user, leads.browse()),
                    partners_by_user.get(user, partners.browse()),
                )

    def _are_customers_told_of_at_once(self):
        """Tell whether nobody is told of each customer where it is created."""
        return (
            self._is_told_at_once("res.partner")
            and not self._get_extended(CUSTOMER_METHODS)
            and not self.env[WIZARD]._is_extended()
        )


class ResUsers(models.Model):
    _inherit = "res.users"

    def _tell_of_assigned(self, leads, partners):
        """Tell this user of opportunities and customers: of many at once, of few as Odoo does."""
        if len(leads) + len(partners) <= TOLD_ONE_BY_ONE:
            for records in (leads, partners):
                records.with_context(lang=self.lang)._message_auto_subscribe_notify(
                    self.partner_id.ids, TEMPLATE
                )
            return
        if not self.env.registry.ready:
            # as Odoo, which tells nobody while it installs
            return
        env = self.with_context(lang=self.lang).env
        names = {"opportunities": len(leads), "customers": len(partners)}
        if not partners:
            subject = env._("%(opportunities)s opportunities have been assigned to you", **names)
        elif not leads:
            subject = env._("%(customers)s customers have been assigned to you", **names)
        else:
            subject = env._(
                "%(opportunities)s opportunities and %(customers)s customers have been assigned"
                " to you",
                **names,
            )
        body = Markup().join(
            _list_assigned(records.with_env(env), action)
            for records, action in (
                (leads, "sales_funnel_stages.crm_lead_action_assigned"),
                (partners, "sales_funnel_stages.res_partner_action_assigned"),
            )
            if records
        )
        env["mail.thread"].message_notify(
            subject=subject,
            body=body,
            partner_ids=self.partner_id.ids,
            email_layout_xmlid="mail.mail_notification_layout",
        )


def _list_assigned(records, action):
    """Return the first of these records by name, and where all of them are, in HTML.

    :param action: the XML id of the action that opens them
    """
    items = Markup().join(
        Markup("<li>%s</li>") % record._get_html_link() for record in records[:NAMED]
    )
    if len(records) <= LINKED:
        told = [records.env._("Open all %s", len(records))]
    else:
        told = [
            records.env._("Open %(first)s to %(last)s", first=first + 1, last=first + len(ids))
            for first, ids in _split(records)
        ]
    links = Markup(", ").join(
        Markup('<a href="/odoo/action-%s?active_ids=%s">%s</a>')
        % (action, ",".join(map(str, ids)), text)
        for (_first, ids), text in zip(_split(records), told, strict=True)
    )
    return Markup("<ul>%s</ul><p>%s</p>") % (items, links)


def _split(records):
    """Return pairs of the place of the first of each so many records, and their ids."""
    parts = split_every(LINKED, records.ids)
    return [(number * LINKED, ids) for number, ids in enumerate(parts)]
