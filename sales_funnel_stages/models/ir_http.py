from odoo import models

from ..tools.rulebook import GUIDE


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Say whether some team is only guided: else the web client need not ask after moves."""
        info = super().session_info()
        if self.env.user._is_internal():
            book = self.env["crm.qualification.framework"]._get_rulebook()
            info["stage_rules_guide"] = any(
                settings.policy == GUIDE
                for settings in (*book.teams.values(), *book.companies.values())
            )
        return info
