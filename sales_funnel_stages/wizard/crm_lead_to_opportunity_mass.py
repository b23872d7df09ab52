from odoo import Command, fields, models

from ..models.crm_lead_mass_hooks import OUTCOME_KEY, WIZARD_HOOKS
from ..tools.mass_conversion import Choices, Outcome

# what is chosen in the wizard: the fields by which it is said what will happen
CHOICE_FIELDS = (
    "lead_tomerge_ids",
    "name",
    "deduplicate",
    "action",
    "partner_id",
    "user_ids",
    "team_id",
    "force_assignment",
)


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
        lead_model = self.env["crm.lead"]
        if self.name != "convert" or lead_model._get_hooks_of_others(WIZARD_HOOKS, self._name):
            # crm goes through them one by one, and calls what other addons have to say
            result = super().action_mass_convert()
        else:
            result = self._convert_in_mass()
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

    def _convert_in_mass(self):
        """Convert all at once.

        :return: the action that opens the first of them, as crm's does; of none, that closes
        """
        leads = self._with_override().env["crm.lead"].browse(self.env.context.get("active_ids", []))
        outcome = leads._convert_in_mass(self._get_choices())
        self._hold_back(outcome)
        gone = outcome.merged.keys()
        remaining = [id_ for id_ in leads._ids if id_ not in gone] + outcome.kept_ids
        if not remaining:
            return {"type": "ir.actions.act_window_close"}
        return leads.browse(remaining[:1]).redirect_lead_opportunity_view()

    def action_view_held_back(self):
        """Open the leads that were left as they are, as a list to work through."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_all_leads")
        action["name"] = self.env._("Not converted")
        action["domain"] = [("id", "in", self.held_back_ids.lead_id.ids)]
        action["context"] = {"active_test": False}
        return action

    def _convert_and_allocate(  # pylint: disable=missing-return
        self, leads, user_ids, team_id=False
    ):
        def convert(leads):
            return super(CrmLead2opportunityPartnerMass, self)._convert_and_allocate(
                leads, user_ids, team_id=team_id
            )

        outcome = self.env.context.get(OUTCOME_KEY)
        outcome = outcome if isinstance(outcome, Outcome) else Outcome()
        leads._convert_those_allowed(self._get_choices(), outcome, convert)
        self._hold_back(outcome)

    def _get_choices(self):
        """Return the :class:`Choices` that this wizard stands for."""
        return Choices(
            deduplicate=self.deduplicate,
            action=self.action,
            partner_id=self.partner_id._origin.id or 0,
            user_ids=tuple(self.user_ids.ids),
            team_id=self.team_id._origin.id or 0,
            force_assignment=self.force_assignment,
            customer_user_id=self.user_id._origin.id or 0,
        )

    def _hold_back(self, outcome):
        """Note the leads that are left as they are, and why."""
        reasons = self.env["crm.lead"]._tell_held_back(outcome.held_back)
        self.held_back_ids = [
            Command.create({"lead_id": id_, "reason": reason}) for id_, reason in reasons.items()
        ]


class CrmLead2opportunityHeldBack(models.TransientModel):
    """A lead that a mass conversion left as it is, and why."""

    _name = "crm.lead2opportunity.held.back"
    _description = "Lead Left by a Mass Conversion"

    wizard_id = fields.Many2one(
        "crm.lead2opportunity.partner.mass", required=True, ondelete="cascade", index=True
    )
    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade")
    reason = fields.Char(readonly=True)
