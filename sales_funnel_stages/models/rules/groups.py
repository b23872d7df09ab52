from odoo import api, models

from ...tools.rule_changes import Told


class ResGroups(models.Model):
    _inherit = "res.groups"

    def write(self, vals):
        """Notice when the setting "Leads" is switched: it is a group that all users imply."""
        if "implied_ids" not in vals:
            return super().write(vals)
        before = self._get_use_of_leads()
        result = super().write(vals)
        self.env["crm.stage"]._tell_changes(before, self._get_use_of_leads(), self._name)
        return result

    @api.model
    def _get_use_of_leads(self):
        """Return ``{id: Told}`` of the group of all users: whether it implies that of leads."""
        # sudo: it is the same for everybody
        everybody = self.env.ref("base.group_user").sudo()
        leads = self.env.ref("crm.group_use_lead").sudo()
        implied = [[leads.id, leads.display_name]] if leads in everybody.all_implied_ids else []
        return {everybody.id: Told(everybody.display_name, {"implied_ids": implied})}
