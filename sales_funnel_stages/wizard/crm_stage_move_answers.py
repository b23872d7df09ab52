from odoo import api, fields, models

from ..tools.rulebook import CONVERSION, REQUIRED
from .crm_qualification_answer_draft import DRAFT_PATHS

# kept here until the move is made, with the access of whoever makes it: any lead can be put
# into a wizard
ANSWER = {"compute": "_compute_answers", "store": True, "readonly": False, "compute_sudo": False}


def _selection_of(name):
    """Return what offers the values that a field of leads has."""
    return lambda self: self.env["crm.lead"]._fields[name]._description_selection(self.env)


class CrmStageMove(models.TransientModel):
    """What a lead lacks for its move, to be filled in on the spot.

    The answers are copies: they reach the lead in the step that makes the move, or not at all.
    """

    _inherit = "crm.stage.move"

    contact_role = fields.Selection(_selection_of("contact_role"), **ANSWER)
    need_level = fields.Selection(_selection_of("need_level"), string="Need", **ANSWER)
    need_summary = fields.Text(string="Why They Buy", **ANSWER)
    requirement_summary = fields.Text(string="Requirements", **ANSWER)
    budget_status = fields.Selection(_selection_of("budget_status"), string="Budget", **ANSWER)
    company_currency = fields.Many2one(related="lead_id.company_currency", related_sudo=False)
    budget_amount = fields.Monetary(currency_field="company_currency", **ANSWER)
    purchase_date = fields.Date(string="Ready to Buy By", **ANSWER)
    first_contact_date = fields.Date(string="Contact Established On", **ANSWER)
    engagement_date = fields.Date(string="Engagement Discussed On", **ANSWER)
    supplier_status = fields.Selection(
        _selection_of("supplier_status"), string="Current Supplier", **ANSWER
    )
    incumbent_supplier = fields.Char(string="Supplier Name", **ANSWER)
    payment_terms_status = fields.Selection(
        _selection_of("payment_terms_status"), string="Payment Terms", **ANSWER
    )
    contract_status = fields.Selection(
        _selection_of("contract_status"), string="Contract", **ANSWER
    )
    partner_id = fields.Many2one("res.partner", string="Customer", **ANSWER)
    expected_revenue = fields.Monetary(currency_field="company_currency", **ANSWER)
    email_from = fields.Char(string="Email", **ANSWER)
    phone = fields.Char(**ANSWER)
    qualification_answer_ids = fields.One2many(
        "crm.qualification.answer.draft",
        "move_id",
        string="Qualification Answers",
        **{**ANSWER, "compute": "_compute_qualification_answer_ids"},
    )

    checklist = fields.Json(compute="_compute_checklist", help="What the move still needs.")
    fields_to_fill = fields.Json(
        compute="_compute_checklist", help="Those of the fields above that it looks at."
    )
    has_other_fields = fields.Boolean(
        compute="_compute_checklist", help="Some of it cannot be filled in here."
    )

    @api.model
    def _get_answer_fields(self):
        """Return the names of the fields that can be filled in here."""
        return [name for name, field in self._fields.items() if field.compute == ANSWER["compute"]]

    @api.depends("lead_ids")
    def _compute_answers(self):
        names = self._get_answer_fields()
        for wizard in self:
            lead = wizard.lead_id._origin
            wizard.update({name: lead[name] for name in names})

    @api.depends("lead_ids")
    def _compute_qualification_answer_ids(self):
        for wizard in self:
            wizard.qualification_answer_ids = wizard.lead_id._origin._prepare_answer_drafts()

    def _get_answers(self):
        """Return what was answered here otherwise than on the lead, as values for it."""
        self.ensure_one()
        lead = self.lead_id._origin
        given = lead._prepare_given_answers(self.qualification_answer_ids)
        return ({"qualification_answer_ids": given} if given else {}) | {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self.fields_to_fill or ()
            if self[name] != lead[name]
        }

    def _save_answers(self):
        self.ensure_one()
        answers = self._get_answers()
        if answers:
            self.lead_id.write(answers)

    @api.depends(
        lambda self: (
            "lead_id",
            "is_conversion",
            "to_stage_id",
            "is_made",
            *self._get_answer_fields(),
            *DRAFT_PATHS,
        )
    )
    @api.depends_context("lang", "uid")
    def _compute_checklist(self):
        self.checklist = self.fields_to_fill = self.has_other_fields = False
        offered = set(self._get_answer_fields())
        # in their lines of the checklist
        answered = self.env["crm.qualification.criterion"]._get_answered_ids()
        for wizard in self.filtered("lead_id"):
            lead, move = wizard.lead_id._origin, wizard._prepare_move()
            # what was missing stays in sight when it is met
            missing = lead._get_missing(move)
            criteria = self.env["crm.qualification.criterion"].browse(missing)
            to_fill = [
                offered.intersection(names)
                for id_, names in criteria._get_fields_to_fill().items()
                if id_ not in answered
            ]
            wizard.fields_to_fill = sorted(set().union(*to_fill))
            wizard.has_other_fields = not all(to_fill)
            wizard.checklist = wizard._prepare_checklist(move, missing)

    def _prepare_move(self):
        """Return what the move writes on the lead."""
        if self.is_made:
            return {}
        [vals] = self.lead_id._origin._prepare_move(self.is_conversion, self.to_stage_id._origin)
        return vals

    def _prepare_checklist(self, move, missing):
        """Return what the checklist shows: what was missing, and what is missing now.

        :param dict move: what the move writes on the lead
        :param set missing: the criteria that were missing without what is answered here
        """
        lead = self.lead_id._origin
        unmet = lead._get_missing({**move, **self._get_answers()})
        stage = lead.stage_id if self.is_made else self.to_stage_id or lead.stage_id
        criteria = lead._get_shown_criteria(missing | unmet)
        checklist = lead._prepare_checklist(
            {stage.id or CONVERSION: {each.id: REQUIRED for each in criteria}},
            unmet,
            criteria,
            lead._get_stage_names(each.id for each in lead._get_rulebook().stages),
        )
        for line in checklist["lines"]:
            # its fields stand beside it
            line["fields"] = []
        for gate in checklist["gates"]:
            # of what is missing alone it would not be the lead's
            gate["score"] = False
        return checklist

    def action_open_lead(self):
        """Open the lead, for what cannot be filled in here."""
        self.ensure_one()
        return self.lead_id.get_formview_action()
