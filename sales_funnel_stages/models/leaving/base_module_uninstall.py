from odoo import api, fields, models


class BaseModuleUninstall(models.TransientModel):
    _inherit = "base.module.uninstall"

    use_list = fields.Html(string="What Uses Them", compute="_compute_use_list")

    @api.depends("module_ids")
    def _compute_use_list(self):
        for wizard in self:
            modules = wizard._get_modules()._origin
            uses = modules._find_uses() if modules._is_ours_leaving() else []
            wizard.use_list = modules._get_list_of_uses(uses) if uses else False
