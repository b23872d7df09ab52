from odoo import api, fields, models

from ..models.mass_conversion.choices import prepare_choices
from ..names import BATCH_LIMIT_PARAMETER, DEFAULT_BATCH_LIMIT
from ..tools.mass_conversion import BATCH_FIELDS
from .crm_lead_to_opportunity_mass import CHOICE_FIELDS


class CrmLead2opportunityPartnerMass(models.TransientModel):
    """Odoo's mass conversion, which leaves to scheduled jobs what a web request cannot bear.

    What will happen to so many is not worked out with each choice, but once, when it is asked for.
    """

    _inherit = "crm.lead2opportunity.partner.mass"

    is_in_batch = fields.Boolean(help="It converts a part of a batch: now, however many they are.")

    is_for_batch = fields.Boolean(compute="_compute_is_for_batch")
    is_worked_out = fields.Boolean(
        compute="_compute_is_worked_out",
        store=True,
        readonly=False,
        help="What will happen with these choices has been worked out.",
    )

    # made of escaped parts only, as the outcome; nobody else writes it
    foreseen = fields.Html(sanitize=False, groups=fields.NO_ACCESS)

    @api.depends("name", "lead_tomerge_ids")
    def _compute_is_for_batch(self):
        for wizard in self:
            leads = wizard.lead_tomerge_ids
            wizard.is_for_batch = wizard.name == "convert" and wizard._is_for_batch(leads)

    @api.depends(*CHOICE_FIELDS)
    def _compute_is_worked_out(self):
        # another choice, another outcome
        self.is_worked_out = False

    def action_work_out(self):
        """Say what will happen with what is chosen."""
        self.ensure_one()
        # sudo: see the field; it is worked out as whoever asks for it may
        self.sudo().foreseen = self._work_out_outcome()
        self.is_worked_out = True
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.action_crm_send_mass_convert")
        return {**action, "res_id": self.id, "context": self.env.context}

    def _start_batch(self, leads):
        """Have these leads converted by scheduled jobs.

        :return: the action that opens the batch
        """
        batch = self.env["crm.lead.conversion.batch"]._start(leads, self._prepare_batch_values())
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
        return len(leads) > int(parameters.get_param(BATCH_LIMIT_PARAMETER, DEFAULT_BATCH_LIMIT))

    def _get_outcome(self):
        if not self.is_for_batch:
            return self._work_out_outcome()
        # sudo: whose wizard it is may know what was worked out for them
        return self.is_worked_out and self.sudo().foreseen

    def _get_batch_sentences(self):
        if not self.is_for_batch:
            return []
        sentences = [self.env._("This many leads are converted in the background.")]
        if self.deduplicate:
            sentences.append(
                self.env._("The conversion can be undone, but not for leads that are merged.")
            )
        return sentences

    def _prepare_batch_values(self):
        choices = self._get_choices()
        values = {**prepare_choices(choices, BATCH_FIELDS), "other_choices": choices.others}
        return {**values, **self._prepare_override_values()}

    def _prepare_override_values(self):
        """Return the reason to override the rules, if one is given."""
        if not (self.override_reason or "").strip():
            return {}
        lead_model = self.env["crm.lead"]
        return {
            "override_reason": lead_model._check_override(self.override_reason),
            "override_make_good_date": lead_model._read_make_good_date(
                self.override_make_good_date
            ),
        }
