from odoo import fields, models
from odoo.fields import Command

LIMIT_PARAMETER = "sales_funnel_stages.conversion_batch_limit"
DEFAULT_LIMIT = 200


class CrmLead2opportunityPartnerMass(models.TransientModel):
    """Odoo's mass conversion, which leaves to scheduled jobs what a web request cannot bear."""

    _inherit = "crm.lead2opportunity.partner.mass"

    is_in_batch = fields.Boolean(help="It converts a part of a batch: now, however many they are.")

    def action_mass_convert(self):
        lead_ids = self.env.context.get("active_ids", [])
        if self.name != "convert" or self.is_in_batch or not self._is_for_batch(lead_ids):
            return super().action_mass_convert()
        batch = self.env["crm.lead.conversion.batch"]._start(
            self.env["crm.lead"].browse(lead_ids), self._prepare_batch_values()
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": batch._name,
            "res_id": batch.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _is_for_batch(self, leads):
        """Return whether these are more than are converted at once, in the request."""
        # sudo: a number that is no secret
        parameters = self.env["ir.config_parameter"].sudo()
        return len(leads) > int(parameters.get_param(LIMIT_PARAMETER, DEFAULT_LIMIT))

    def _tell_outcome(self):
        sentences = super()._tell_outcome()
        if sentences and self._is_for_batch(self.lead_tomerge_ids):
            sentences.append(
                self.env._("They are so many that they are converted in the background.")
            )
            if self.deduplicate:
                sentences.append(
                    self.env._("The conversion can be undone, but not for leads that are merged.")
                )
        return sentences

    def _prepare_batch_values(self):
        return {
            "deduplicate": self.deduplicate,
            "action": self.action,
            "partner_id": self.partner_id.id,
            "user_ids": [Command.set(self.user_ids.ids)],
            "team_id": self.team_id.id,
            "force_assignment": self.force_assignment,
            "customer_user_id": self.user_id.id,
        }
