from odoo import models


class CrmStageTransition(models.Model):
    """Of the ledger's steps, the median time can be asked for, besides the average."""

    _name = "crm.stage.transition"
    _inherit = ["crm.stage.transition", "crm.median.mixin"]
