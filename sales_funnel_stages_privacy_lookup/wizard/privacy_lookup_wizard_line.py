from odoo import api, fields, models


class PrivacyLookupWizardLine(models.TransientModel):
    """Of our records, texts are blanked, and the records stay."""

    _inherit = "privacy.lookup.wizard.line"

    is_blanked_only = fields.Boolean(string="Only Its Texts", compute="_compute_is_blanked_only")

    @api.depends("res_model")
    def _compute_is_blanked_only(self):
        ours = self.env["crm.erasure.mixin"]._get_models_about_people()
        for line in self:
            line.is_blanked_only = line.res_model in ours

    def action_unlink(self):
        self.ensure_one()
        if self.is_unlinked or not self.is_blanked_only:
            return super().action_unlink()
        return self._blank_texts()

    def action_unlink_all(self):
        ours = self.filtered(lambda line: line.is_blanked_only and not line.is_unlinked)
        ours._blank_texts()
        return super(PrivacyLookupWizardLine, self - ours).action_unlink_all()

    def _blank_texts(self):
        """Blank what the records of these lines say of who was looked up."""
        self.check_access("write")
        for (wizard, model_name), lines in self.grouped(
            lambda line: (line.wizard_id, line.res_model)
        ).items():
            # sudo: whoever may use the lookup may have somebody forgotten, as Odoo does it
            records = self.env[model_name].sudo().browse(lines.mapped("res_id")).exists()
            records._forget(wizard._get_person())
            for line in lines:
                line.execution_details = self.env._(
                    "Blanked %(model)s #%(id)s", model=line.res_model_id.name, id=line.res_id
                )
            lines.is_unlinked = True
