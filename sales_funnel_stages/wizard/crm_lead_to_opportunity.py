from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.rules.described_field import DescribedDate, DescribedText
from ..models.rules.shown_field import ShownBoolean, ShownJson
from ..tools.rulebook import CONVERSION
from .crm_qualification_answer_draft import DRAFT_PATHS

# the answers that can be given while converting
ANSWER_FIELDS = (
    "contact_role",
    "need_level",
    "need_summary",
    "requirement_summary",
    "budget_status",
    "budget_amount",
    "purchase_date",
    "first_contact_date",
    "engagement_date",
    "supplier_status",
)


class CrmLead2opportunityPartner(models.TransientModel):
    """Odoo's conversion wizard, which also shows what the conversion asks for.

    The fields are those of the lead: what is typed here is kept on it, converted or not. The
    answers to criteria are copies: they reach it with the conversion, or not at all.
    """

    _inherit = "crm.lead2opportunity.partner"

    # not as superuser, which Odoo would do: any lead can be put into an unsaved wizard
    contact_role = fields.Selection(
        related="lead_id.contact_role", readonly=False, related_sudo=False
    )
    need_level = fields.Selection(related="lead_id.need_level", readonly=False, related_sudo=False)
    need_summary = fields.Text(related="lead_id.need_summary", readonly=False, related_sudo=False)
    requirement_summary = fields.Text(
        related="lead_id.requirement_summary", readonly=False, related_sudo=False
    )
    budget_status = fields.Selection(
        related="lead_id.budget_status", readonly=False, related_sudo=False
    )
    company_currency = fields.Many2one(related="lead_id.company_currency", related_sudo=False)
    budget_amount = fields.Monetary(
        related="lead_id.budget_amount",
        readonly=False,
        related_sudo=False,
        currency_field="company_currency",
    )
    purchase_date = fields.Date(related="lead_id.purchase_date", readonly=False, related_sudo=False)
    first_contact_date = fields.Date(
        related="lead_id.first_contact_date", readonly=False, related_sudo=False
    )
    engagement_date = fields.Date(
        related="lead_id.engagement_date", readonly=False, related_sudo=False
    )
    supplier_status = fields.Selection(
        related="lead_id.supplier_status", readonly=False, related_sudo=False
    )
    qualification_answer_ids = fields.One2many(
        "crm.qualification.answer.draft",
        "conversion_id",
        compute="_compute_qualification_answer_ids",
        precompute=True,
        store=True,
        readonly=False,
        compute_sudo=False,
    )
    qualification_checklist = ShownJson(compute="_compute_qualification")
    is_held_back = ShownBoolean(compute="_compute_qualification")
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
    def _compute_qualification_answer_ids(self):
        for wizard in self:
            wizard.qualification_answer_ids = wizard.lead_id._prepare_answer_drafts()

    @api.depends("lead_id", "action", "partner_id", *ANSWER_FIELDS, *DRAFT_PATHS)
    def _compute_qualification(self):
        self.qualification_checklist = False
        self.is_held_back = False
        for wizard in self.filtered("lead_id"):
            vals_list = [wizard._prepare_qualification_values()]
            before = wizard.lead_id._get_states()
            with wizard.lead_id._as_drafts(vals_list) as draft:
                wizard.qualification_checklist = draft.qualification_checklist
                wizard.is_held_back = bool(draft._judge_conversion_of_drafts(before, vals_list))

    @api.depends_context("uid")
    def _compute_can_override(self):
        # nobody has to where nothing can be refused
        lead_model = self.env["crm.lead"]
        self.can_override = lead_model._may_override() and lead_model._can_be_refused()

    def _prepare_qualification_values(self):
        """Return what this wizard writes on the lead that may qualify it."""
        self.ensure_one()
        vals = {name: self[name] for name in ANSWER_FIELDS}
        partner = self.partner_id or self.lead_id.partner_id
        return {
            **vals,
            "partner_id": self._foresee_customer(self.lead_id, partner),
            "qualification_answer_ids": self._get_given_answers(),
        }

    def _get_given_answers(self):
        return self.lead_id._prepare_given_answers(self.qualification_answer_ids)

    def _foresee_customer(self, lead, partner):
        """Return the customer that the conversion gives a lead, unsaved if it creates one."""
        if partner or self.action == "exist":
            return partner
        return lead._foresee_customer(self.commercial_partner_id)

    def action_apply(self):
        self.ensure_one()
        # a merge that cannot be converted is no merge: all of it is undone
        with self.env["crm.lead"]._undone_if_refused():
            leads = self.lead_id | self.duplicated_lead_ids
            wizard = self.with_env(self._take_reason(leads).env)
            wizard._save_given_answers()
            return super(CrmLead2opportunityPartner, wizard).action_apply()

    def _save_given_answers(self):
        given = self._get_given_answers()
        if given:
            self.lead_id.write({"qualification_answer_ids": given})

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
        if (self.override_reason or "").strip():
            gates = [CONVERSION, *self._get_gates_of_merge(leads)]
            return leads._with_override(
                self.override_reason, self.override_make_good_date, gates=gates
            )
        if self.name == "convert" and self.is_held_back and self.can_override:
            raise UserError(
                self.env._(
                    "“%s” does not meet the conversion rules yet. Fill in what is missing, "
                    "or give a reason to convert it anyway.",
                    self.lead_id.name,
                )
            )
        return leads
