from odoo import Command, fields, models

from ..exceptions import StageRuleError


class CrmLead2opportunityPartnerMass(models.TransientModel):
    """Odoo's mass conversion, which leaves alone the leads that do not qualify, and says why."""

    _inherit = "crm.lead2opportunity.partner.mass"

    held_back_ids = fields.One2many(
        "crm.lead2opportunity.held.back", "wizard_id", string="Left as They Are"
    )

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
        try:
            # where all qualify, as in a well-kept list, it costs what it costs in Odoo
            with leads._undone_if_refused():
                return super()._convert_and_allocate(leads, user_ids, team_id=team_id)
        except StageRuleError:
            held_back = self._hold_back(leads)
            return super()._convert_and_allocate(leads - held_back, user_ids, team_id=team_id)

    def _hold_back(self, leads):
        """Convert each lead by itself, and note those that the stage rules refuse.

        Nothing is left of a refused one, neither a new customer nor a salesperson. Odoo
        then goes on with the others, which are converted already.

        :return: the refused leads
        """
        held_back = leads.browse()
        for lead in leads:
            try:
                with lead._undone_if_refused():
                    # as in Odoo's own loop
                    if lead.active:
                        self._convert_handle_partner(
                            lead, self.action, self.partner_id.id or lead.partner_id.id
                        )
                    lead.convert_opportunity(lead.partner_id)
            except StageRuleError as error:
                held_back += lead
                missing = lead._get_criterion_names(
                    {id_ for refusal in error.refusals for id_ in refusal["criterion_ids"]}
                )
                self.held_back_ids = [
                    Command.create({"lead_id": lead.id, "missing": ", ".join(missing.values())})
                ]
        return held_back


class CrmLead2opportunityHeldBack(models.TransientModel):
    """A lead that a mass conversion left as it is, and what it lacks."""

    _name = "crm.lead2opportunity.held.back"
    _description = "Lead Left by a Mass Conversion"

    wizard_id = fields.Many2one(
        "crm.lead2opportunity.partner.mass", required=True, ondelete="cascade", index=True
    )
    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade")
    missing = fields.Char(readonly=True)
