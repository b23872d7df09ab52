from contextlib import contextmanager

from markupsafe import Markup

from odoo import models

from .fast.hooks import NOTIFICATION_HOOKS

TEMPLATE = "mail.message_user_assigned"


class CrmLead(models.Model):
    """One message to a salesperson who is given many leads at once, which lists them."""

    _inherit = "crm.lead"

    @contextmanager
    def _notified_of_assignment_at_once(self):
        """Give these leads; who is assigned to several of them inside is told of all at the end."""
        is_silent = self.env.context.get("tracking_disable")
        if is_silent or self._get_hooks_of_others(NOTIFICATION_HOOKS):
            yield self
            return
        yield self.with_context(mail_auto_subscribe_no_notify=True)
        for user, leads in self.grouped("user_id").items():
            leads._notify_of_assignment(user)

    def _notify_of_assignment(self, user):
        # sudo: whoever assigns leads may know to whom
        user = user.sudo()
        if not user.active or user == self.env.user:
            return
        partner = user.partner_id
        leads = self.with_context(lang=partner.lang)
        if len(leads) == 1:
            leads._message_auto_subscribe_notify(partner.ids, TEMPLATE)
            return
        if self.env.context.get("mail_auto_subscribe_no_notify") or not self.env.registry.ready:
            return
        items = Markup().join(Markup("<li>%s</li>") % lead._get_html_link() for lead in leads)
        body = Markup("<p>%s</p><ul>%s</ul>") % (
            leads.env._("You have been assigned to these opportunities:"),
            items,
        )
        leads.env["mail.thread"].message_notify(
            subject=leads.env._("You have been assigned to %s opportunities", len(leads)),
            body=body,
            partner_ids=partner.ids,
            email_layout_xmlid="mail.mail_notification_layout",
            model_description=leads.env["ir.model"]._get(self._name).display_name,
        )
