from odoo import SUPERUSER_ID, api, models

from ...names import GATED_KEY


class CrmLead(models.Model):
    """Who can be refused a move."""

    _inherit = "crm.lead"

    @api.model
    def _is_user_gated(self):
        """Tell whether the user can be refused: every internal user, ``sudo()`` or not.

        OdooBot (scheduled jobs, mail gateway, installation), portal users and visitors are not,
        unless one who is acts in their name.
        """
        if self.env.context.get(GATED_KEY):
            return True
        return self.env.uid != SUPERUSER_ID and self.env.user._is_internal()

    @api.model
    def _can_be_refused(self):
        """Tell whether there is anything that the user may be refused."""
        return self._get_rulebook().is_enforced and self._is_user_gated()
