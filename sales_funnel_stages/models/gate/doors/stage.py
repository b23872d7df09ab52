from odoo import models


class CrmStage(models.Model):
    _inherit = "crm.stage"

    def write(self, vals):
        # crm wins the leads of a stage that becomes a won one, and they pass the gate
        # under the rules as they are then
        with self.env["crm.lead"]._undone_if_refused():
            return super().write(vals)
