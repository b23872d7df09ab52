from odoo import api, models

from .request import PENDING


class CrmStage(models.Model):
    _inherit = "crm.stage"

    @api.ondelete(at_uninstall=False)
    def _unlink_outdate_requests(self):
        """End what is asked for a stage that is deleted: it was for that stage, and no other."""
        # sudo: whoever may delete a stage ends what was asked for it
        requests = self.env["crm.stage.request"].sudo()
        pending = requests.search([("state", "=", PENDING), ("to_stage_id", "in", self.ids)])
        for stage, asked in pending.grouped("to_stage_id").items():
            asked._outdate(self.env._("The stage %s was deleted.", stage.name))
