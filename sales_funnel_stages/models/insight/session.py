from odoo import models

from ...tools.rulebook import GUIDE


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Say what there is, so that most web clients need not ask.

        Whether some team is only guided, whose moves are asked after; and whether there are
        first steps to show.
        """
        info = super().session_info()
        info["has_stage_rule_onboarding"] = self.env["crm.stage.rule.onboarding"]._is_shown()
        if self.env.user._is_internal():
            book = self.env["crm.qualification.framework"]._get_rulebook()
            info["stage_rules_guide"] = book.is_in_use(GUIDE)
        return info
