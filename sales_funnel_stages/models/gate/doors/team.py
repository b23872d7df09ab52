from odoo import models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def unlink(self):
        # the database takes the leads of a team that is deleted from it, past Odoo
        lead_model = self.env["crm.lead"].with_context(active_test=False)
        # sudo: the team is taken from every lead, whoever may see them
        leads = lead_model.sudo().search([("team_id", "in", self.ids)])
        leads._record_so_far()
        # what the team let pass is judged by what it was
        book = leads._get_rulebook()
        with leads._moving(leads._get_states(), is_refusable=False, book=book):
            return super().unlink()
