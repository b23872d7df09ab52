import uuid

from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    custom_number = fields.Char(
        compute="_compute_custom_number", store=True, precompute=True, required=True, copy=False
    )
    custom_origin = fields.Char()
    custom_class = fields.Char(
        compute="_compute_custom_class", store=True, precompute=True, required=True
    )

    _custom_number_unique = models.UniqueIndex("(custom_number)")

    @api.depends()
    def _compute_custom_number(self):
        for partner in self:
            partner.custom_number = partner.custom_number or uuid.uuid4().hex

    @api.depends("is_company", "email")
    def _compute_custom_class(self):
        for partner in self:
            kind = "company" if partner.is_company else "person"
            partner.custom_class = f"{kind} {'with' if partner.email else 'without'} e-mail"

    @api.model_create_multi
    def create(self, vals_list):
        self._note_call("res.partner.create", len(vals_list))
        return super().create(vals_list)
