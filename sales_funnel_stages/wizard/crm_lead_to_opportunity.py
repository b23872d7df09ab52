from lxml.builder import E

from odoo import api, models
from odoo.exceptions import UserError

from ..models.gate.move_dialog import MOVE_FORM
from ..models.rules.described_field import DescribedDate, DescribedRecords, DescribedText
from ..models.rules.shown_field import ShownBoolean
from ..tools.rulebook import CONVERSION


class CrmLead2opportunityPartner(models.TransientModel):
    """Odoo's conversion wizard, which also takes what the conversion asks for.

    It has the lead's own form in it, as the dialog of a refused move has: what is typed is kept
    on the lead, converted or not.
    """

    _inherit = "crm.lead2opportunity.partner"

    filled_lead_ids = DescribedRecords(
        "crm.lead",
        "crm_lead2opportunity_partner_filled_rel",
        "wizard_id",
        "lead_id",
        string="What Is Asked For",
        context={"active_test": False},
        compute="_compute_filled_lead_ids",
        precompute=True,
        store=True,
        readonly=False,
        compute_sudo=False,
        help="The lead, to be filled in.",
    )
    can_override = ShownBoolean(compute="_compute_can_override")
    override_reason = DescribedText(
        help="Why this lead becomes an opportunity although it does not meet the rules. "
        "It is posted in the chatter."
    )
    override_make_good_date = DescribedDate(
        string="Complete By",
        help="When the missing information will be filled in. A reminder is shown until then.",
    )

    @api.depends("lead_id")
    def _compute_filled_lead_ids(self):
        for wizard in self:
            wizard.filled_lead_ids = wizard.lead_id

    @api.depends_context("uid")
    def _compute_can_override(self):
        # nobody has to where nothing can be refused
        lead_model = self.env["crm.lead"]
        self.can_override = lead_model._may_override() and lead_model._can_be_refused()

    # ------------------------------------------------------------------
    # The form
    # ------------------------------------------------------------------

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        # which fields the form of the lead has follows from the rules
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._get_names_of_form()) if view_type == "form" else key

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        for node in arch.xpath("//field[@name='filled_lead_ids']"):
            form, _view = self.env["crm.lead"]._get_view(self.env.ref(MOVE_FORM).id, "form")
            names = self._get_names_of_form()
            node.append(E.form(*(each for each in form if each.get("name") in names)))
        return arch, view

    @api.model
    def _get_names_of_form(self):
        """Return the names of the fields that a conversion may ask for: to read others costs.

        :rtype: frozenset
        """
        lead_model = self.env["crm.lead"]
        required = lead_model._get_rulebook().followed_criterion_ids
        to_fill = self.env["crm.qualification.criterion"]._get_fields_to_fill_by_criterion()
        names = {name for id_ in required for name in to_fill.get(id_, ())}
        if "qualification_answer_ids" in names:
            names.add("qualification_questions")
        names |= {
            lead_model._fields[name].get_currency_field(lead_model)
            for name in names
            if lead_model._fields[name].type == "monetary"
        }
        return frozenset(names)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_apply(self):
        self.ensure_one()
        # a merge that cannot be converted is no merge: all of it is undone
        with self.env["crm.lead"]._undone_if_refused():
            leads = self.lead_id | self.duplicated_lead_ids
            wizard = self.with_env(self._take_reason(leads).env)
            return super(CrmLead2opportunityPartner, wizard).action_apply()

    def action_override(self):
        """Convert the lead although it is held back, with the reason that has been given."""
        self.ensure_one()
        self.env["crm.lead"]._check_override(self.override_reason)
        return self.action_apply()

    def action_ask_for_approval(self):
        """Ask for permission to convert the lead all the same, and convert nothing."""
        self.ensure_one()
        self.lead_id.action_request_stage_approval(
            {
                "type": "opportunity",
                "reason": self.override_reason,
                "make_good_date": self.override_make_good_date,
            }
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.lead_id._name_who_is_asked(),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _action_merge(self):
        leads = self.duplicated_lead_ids | self.lead_id
        with leads._merged_and_reopened() as context:
            wizard = self.with_context(**context)
            return super(CrmLead2opportunityPartner, wizard)._action_merge().with_env(self.env)

    def _action_convert(self):
        self._check_not_converted_meanwhile()
        return super()._action_convert()

    def _check_not_converted_meanwhile(self):
        """Check that nobody has moved or converted the lead since the wizard was opened."""
        lead = self.lead_id
        lead._check_not_moved_meanwhile(lead._get_states())
        if lead.type != "opportunity":
            return
        # sudo: whoever may convert a lead may know who was faster
        conversion = lead.sudo().transition_ids.filtered(
            lambda row: row.from_type == "lead" and row.to_type == "opportunity"
        )[:1]
        if not conversion:
            raise UserError(self.env._("“%s” is an opportunity already.", lead.name))
        raise UserError(
            self.env._(
                "“%(lead)s” has just been converted by %(user)s.",
                lead=lead.name,
                user=conversion._get_by_name(),
            )
        )

    def _get_gates_of_merge(self, leads):
        """Return the ids of the stages that are entered where a merge opens what was lost."""
        if self.name != "merge":
            return []
        kept, _vals = leads._foresee_merge()
        return kept.stage_id.ids if kept.won_status == "lost" else []

    def _take_reason(self, leads):
        """Return these leads so that their conversion overrides the rules, if a reason is given."""
        if (self.override_reason or "").strip() and self._needs_reason():
            gates = [CONVERSION, *self._get_gates_of_merge(leads)]
            return leads._with_override(
                self.override_reason, self.override_make_good_date, gates=gates
            )
        if self.name == "convert" and self.can_override and self.is_held_back:
            raise UserError(
                self.env._(
                    "“%s” does not meet the conversion rules yet. Fill in what is missing, "
                    "or give a reason to convert it anyway.",
                    self.lead_id.name,
                )
            )
        return leads

    def _needs_reason(self):
        """Tell whether a reason that was given is of use: maybe all was filled in after it."""
        return self.name == "merge" or self.is_held_back


class CrmQualificationCriterion(models.Model):
    _inherit = "crm.qualification.criterion"

    @api.model
    def _get_models_that_follow(self):
        return [*super()._get_models_that_follow(), "crm.lead2opportunity.partner"]
