from odoo import models
from odoo.fields import Command


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _convert_opportunity_data(self, customer, team_id=False):
        self._note_call("_convert_opportunity_data")
        values = super()._convert_opportunity_data(customer, team_id)
        # an x2many, as the company tags what it has converted
        tag = self.env["crm.tag"].sudo().search([("name", "=", "Converted")], limit=1)
        tag = tag or tag.create({"name": "Converted"})
        return {**values, "tag_ids": [Command.link(tag.id)]}

    def convert_opportunity(self, partner, user_ids=False, team_id=False):
        self._note_call("convert_opportunity")
        return super().convert_opportunity(partner, user_ids, team_id)

    def _handle_partner_assignment(
        self, force_partner_id=False, create_missing=True, with_parent=None
    ):
        self._note_call("_handle_partner_assignment")
        return super()._handle_partner_assignment(force_partner_id, create_missing, with_parent)

    def _handle_salesmen_assignment(self, user_ids=False, team_id=False):
        self._note_call("_handle_salesmen_assignment")
        return super()._handle_salesmen_assignment(user_ids, team_id)

    def _get_lead_duplicates(self, partner=None, email=None, include_lost=False):
        self._note_call("_get_lead_duplicates")
        return super()._get_lead_duplicates(partner, email, include_lost)

    def _sort_by_confidence_level(self, reverse=False):
        self._note_call("_sort_by_confidence_level")
        return super()._sort_by_confidence_level(reverse)
