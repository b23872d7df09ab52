from dataclasses import replace

from odoo import models
from odoo.fields import Command

from ...tools.mass_conversion import CREATE, LINK_OR_CREATE, WIZARD_FIELDS, Report
from ...tools.transition import MERGED
from .choices import prepare_choices
from .extended import WIZARD


class CrmLead(models.Model):
    """Leads that crm converts one by one, since another addon has its say in it."""

    _inherit = "crm.lead"

    def _convert_through_wizard(self, choices):
        """Convert these leads as the wizard does where another addon extends it.

        :param choices: :class:`Choices`
        :return: :class:`Result`
        """
        report = Report()
        wizard_model = self.env[WIZARD].with_context(
            active_model=self._name, active_ids=self.ids, **report.context()
        )
        wizard = wizard_model.create(
            {
                **choices.others,
                "lead_tomerge_ids": [Command.set(self.ids)],
                "name": "convert",
                # however many they are: whoever calls this wants them converted now
                "is_in_batch": True,
                **prepare_choices(choices, WIZARD_FIELDS),
            }
        )
        wizard.action_mass_convert()
        return replace(report.result, merged=(self - self.exists())._get_heirs())

    def _get_heirs(self):
        """Return ``{id: id}``: the leads that these, which are gone, have been merged into."""
        # sudo: whoever has merged leads may know into which
        rows = (
            self.env["crm.stage.transition"]
            .sudo()
            ._read_group(
                [("lead_ref", "in", self.ids), ("direction", "=", MERGED)], ["lead_ref", "lead_id"]
            )
        )
        return {lead_ref: lead.id for lead_ref, lead in rows}

    def _get_new_customers(self):
        """Return those customers of these leads that were created in this transaction."""
        # sudo: whoever converts a lead may know whom it is linked to
        partners = self.sudo().partner_id
        partners |= partners.parent_id
        return partners.filtered(lambda partner: partner.create_date == self.env.cr.now())

    def _assign_customers_one_by_one(self, choices):
        """Link each of these leads to its customer, as crm's wizard does.

        :param choices: :class:`Choices`
        :return: the partners that were created
        """
        is_matched = choices.action == LINK_OR_CREATE
        for lead in self:
            partner = lead._find_matching_partner() if is_matched else lead.partner_id
            lead._handle_partner_assignment(
                force_partner_id=(not is_matched and choices.partner_id) or partner.id,
                create_missing=choices.action in (LINK_OR_CREATE, CREATE),
                with_parent=self.env["res.partner"],
            )
        return self._get_new_customers()
