from odoo import api, fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    custom_source = fields.Char(required=True, default="unknown", tracking=True)
    custom_class = fields.Char(
        compute="_compute_custom_class", store=True, precompute=True, required=True, tracking=True
    )
    custom_region = fields.Char(compute="_compute_custom_region", store=True, readonly=False)
    custom_code = fields.Char(compute="_compute_custom_code", store=True, copy=False)

    # the company numbers its opportunities
    _custom_code_unique = models.UniqueIndex("(custom_code)")

    @api.depends("type", "user_id", "partner_id")
    def _compute_custom_class(self):
        for lead in self:
            parts = (lead.type, lead.user_id.login, lead.partner_id.custom_class)
            lead.custom_class = "/".join(part or "-" for part in parts)

    @api.depends("partner_id", "team_id")
    def _compute_custom_region(self):
        for lead in self:
            lead.custom_region = lead.partner_id.city or lead.team_id.name

    @api.depends("type")
    def _compute_custom_code(self):
        for lead in self:
            if lead.type == "opportunity" and not lead.custom_code and lead._origin.id:
                lead.custom_code = f"O{lead._origin.id}"
            else:
                lead.custom_code = lead.custom_code

    @api.model_create_multi
    def create(self, vals_list):
        self._note_call("create", len(vals_list))
        return super().create(vals_list)

    def write(self, vals):
        self._note_call("write")
        return super().write(vals)

    def unlink(self):
        self._note_call("unlink")
        return super().unlink()

    def copy_data(self, default=None):
        self._note_call("copy_data")
        return super().copy_data(default)

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        self._note_call("_handle_won_lost")
        return super()._handle_won_lost(old_status_by_lead, new_status_by_lead)

    def action_set_lost(self, **additional_values):
        self._note_call("action_set_lost")
        return super().action_set_lost(**additional_values)

    def action_set_won(self):
        self._note_call("action_set_won")
        return super().action_set_won()

    def action_unarchive(self):
        self._note_call("action_unarchive")
        return super().action_unarchive()

    def _stage_find(self, team_id=False, domain=None, order="sequence, id", limit=1):
        self._note_call("_stage_find")
        return super()._stage_find(team_id, domain, order, limit)

    def _get_rainbowman_message(self):
        self._note_call("_get_rainbowman_message")
        return super()._get_rainbowman_message()
