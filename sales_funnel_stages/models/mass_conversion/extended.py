from odoo import api, models

from odoo.addons.crm.models.crm_lead import CrmLead as OdooLead
from odoo.addons.mail.models.mail_thread import MailThread

from ...tools.extended import extended

WIZARD = "crm.lead2opportunity.partner.mass"
# what Odoo calls for each lead, and a batch does for all at once
DUPLICATE_METHODS = ("_get_lead_duplicates",)
CUSTOMER_METHODS = (
    "_handle_partner_assignment",
    "_find_matching_partner",
    "_create_customer",
    "_partner_find_from_emails_single",
)
CONVERSION_METHODS = ("convert_opportunity",)
NOTICE_METHODS = ("_message_auto_subscribe_followers", "_message_auto_subscribe_notify")


class CrmLead(models.Model):
    """Which methods of Odoo's that a batch replaces another addon extends.

    Those are called for each record, as Odoo does.
    """

    _inherit = "crm.lead"

    @api.model
    def _get_extended(self, names, *owners):
        """Return those methods of leads that are not Odoo's own.

        :param names: of methods
        :param owners: classes of ours that extend them
        """
        return extended(type(self), names, {OdooLead, MailThread, *owners})

    @api.model
    def _is_told_at_once(self, model_name):
        """Tell whether no other addon has a say in how those are told who are given records."""
        return not extended(type(self.env[model_name]), NOTICE_METHODS, {MailThread})
