from odoo import SUPERUSER_ID, api, models

from ...tools.merging import Merging


class CrmLead(models.Model):
    """Who can be refused a move."""

    _inherit = "crm.lead"

    @api.model
    def _is_user_gated(self):
        """Tell whether the user can be refused: every internal user, ``sudo()`` or not.

        OdooBot (scheduled jobs, mail gateway, installation), portal users and visitors are not.
        """
        user = self._get_real_user()
        return user.id != SUPERUSER_ID and user._is_internal()

    @api.model
    def _can_be_refused(self):
        """Tell whether there is anything that the user may be refused."""
        return self._get_rulebook().is_enforced and self._is_user_gated()

    @api.model
    def _is_asked_why_lost(self):
        """Tell whether there is anything that the user may not mark as lost without a reason.

        A merge goes by what it finds, whoever does it.
        """
        return (
            bool(self._get_rulebook().lost_reason_company_ids)
            and self._is_user_gated()
            and not Merging.of(self.env)
        )
