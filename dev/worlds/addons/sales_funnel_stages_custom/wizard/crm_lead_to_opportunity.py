from odoo import fields, models


class CrmLead2opportunityPartner(models.TransientModel):
    _inherit = "crm.lead2opportunity.partner"

    custom_source = fields.Char(help="Where the leads came from")

    def _convert_and_allocate(self, leads, user_ids, team_id=False):
        self._note_call("_convert_and_allocate")
        if self.custom_source:
            leads.custom_source = self.custom_source
        return super()._convert_and_allocate(leads, user_ids, team_id=team_id)

    def _convert_handle_partner(self, lead, action, partner_id):
        self._note_call("_convert_handle_partner")
        return super()._convert_handle_partner(lead, action, partner_id)


class CrmLead2opportunityPartnerMass(models.TransientModel):
    _inherit = "crm.lead2opportunity.partner.mass"

    custom_source = fields.Char(help="Where the leads came from")

    def _convert_and_allocate(self, leads, user_ids, team_id=False):
        self._note_call("mass _convert_and_allocate")
        if self.custom_source:
            leads.custom_source = self.custom_source
        return super()._convert_and_allocate(leads, user_ids, team_id=team_id)

    def _convert_handle_partner(self, lead, action, partner_id):
        self._note_call("mass _convert_handle_partner")
        return super()._convert_handle_partner(lead, action, partner_id)
