from odoo import Command, fields, models

from ..exceptions import StageRuleError


class CrmLead2opportunityPartnerMass(models.TransientModel):
    """Odoo's mass conversion, which leaves alone the leads that may not move, and says why."""

    _inherit = "crm.lead2opportunity.partner.mass"

    # a field of its own kind, which stays empty: it asks for nothing about one lead
    qualification_answer_ids = fields.One2many(
        inverse_name="mass_conversion_id", compute=None, precompute=False
    )
    held_back_ids = fields.One2many(
        "crm.lead2opportunity.held.back", "wizard_id", string="Left as They Are"
    )

    def _compute_qualification(self):
        # it asks for nothing about one lead; Odoo sets the first of the selection
        self.qualification_checklist = False
        self.is_held_back = False

    def _save_given_answers(self):
        """It takes none."""

    def _check_not_converted_meanwhile(self):
        """It leaves those alone that somebody else moves meanwhile, and converts the others."""

    def action_mass_convert(self):
        result = super().action_mass_convert()
        if not self.held_back_ids:
            return result
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not converted"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "view_id": self.env.ref(
                "sales_funnel_stages.crm_lead2opportunity_partner_mass_view_form_result"
            ).id,
            "target": "new",
        }

    def action_view_held_back(self):
        """Open the leads that were left as they are, as a list to work through."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_all_leads")
        action["name"] = self.env._("Not converted")
        action["domain"] = [("id", "in", self.held_back_ids.lead_id.ids)]
        action["context"] = {"active_test": False}
        return action

    def _convert_and_allocate(self, leads, user_ids, team_id=False):
        leads = self._hold_back_moved(leads)
        unmet = self._foresee_refusals(leads)
        while True:
            leads = self._hold_back_unmet(leads, unmet)
            try:
                with leads._undone_if_refused():
                    return super()._convert_and_allocate(leads, user_ids, team_id=team_id)
            except StageRuleError as error:
                # refused for what could not be foreseen, such as an automation: once more
                # without that one
                unmet = {each["lead_id"]: each["criterion_ids"] for each in error.refusals}
                if unmet.keys().isdisjoint(leads.ids):
                    raise

    def _foresee_refusals(self, leads):
        """Return ``{lead_id: criterion_ids}``: who would be refused, and what they lack.

        All at once, with the customer that each is going to have.
        """
        if not leads._can_be_refused():
            return {}
        leads = leads._filter_convertible()
        verdict_by_lead = leads._judge_conversion(
            [{"partner_id": self._foresee_customer(lead, lead.partner_id)} for lead in leads]
        )
        leads._note_refusals(verdict_by_lead)
        return {id_: verdict.unmet for id_, verdict in verdict_by_lead.items()}

    def _foresee_customer(self, lead, partner):
        if self.action == "each_exist_or_create":
            return super()._foresee_customer(lead, lead._find_matching_partner())
        return super()._foresee_customer(lead, self.partner_id or partner)

    def _hold_back_moved(self, leads):
        """Note the leads that somebody else has moved since this request was first run.

        :return: the other leads
        """
        moved = leads.browse(leads._get_moved_meanwhile(leads._get_states()))
        return self._hold_back(leads, moved._describe_moved_meanwhile())

    def _hold_back_unmet(self, leads, unmet):
        """Note the leads that the stage rules refuse to convert.

        :param dict unmet: ``{lead_id: criterion_ids}``: what they lack
        :return: the other leads
        """
        names = leads._get_criterion_names({id_ for ids in unmet.values() for id_ in ids})
        reasons = {}
        for lead_id, criterion_ids in unmet.items():
            missing = ", ".join(name for id_, name in names.items() if id_ in criterion_ids)
            reasons[lead_id] = self.env._("Still missing: %s", missing)
        return self._hold_back(leads, reasons)

    def _hold_back(self, leads, reasons):
        """Note leads that are left as they are.

        :param dict reasons: ``{lead_id: text}``
        :return: the other leads
        """
        held_back = leads.filtered(lambda lead: lead.id in reasons)
        self.held_back_ids = [
            Command.create({"lead_id": lead.id, "reason": reasons[lead.id]}) for lead in held_back
        ]
        return leads - held_back


class CrmLead2opportunityHeldBack(models.TransientModel):
    """A lead that a mass conversion left as it is, and why."""

    _name = "crm.lead2opportunity.held.back"
    _description = "Lead Left by a Mass Conversion"

    wizard_id = fields.Many2one(
        "crm.lead2opportunity.partner.mass", required=True, ondelete="cascade", index=True
    )
    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade")
    reason = fields.Char(readonly=True)
