from odoo import api, fields, models
from odoo.fields import Command

from ..models.rules.described_field import DescribedBoolean, DescribedRecord, DescribedText
from ..models.rules.shown_field import ShownBoolean, ShownDate, ShownRecord

# what decides in a wizard which answers are given there
DRAFT_PATHS = tuple(
    f"qualification_answer_ids.{name}"
    for name in ("criterion_id", "answer", "evidence", "is_given", "is_noted")
)


class CrmQualificationAnswerDraft(models.TransientModel):
    """An answer as it stands in a wizard: that of the lead, until it is given anew here.

    A copy: it reaches the lead in the step that the wizard makes, or not at all.
    """

    _name = "crm.qualification.answer.draft"
    _description = "Qualification Answer in a Wizard"

    conversion_id = DescribedRecord("crm.lead2opportunity.partner", ondelete="cascade")
    mass_conversion_id = DescribedRecord("crm.lead2opportunity.partner.mass", ondelete="cascade")
    lead_id = fields.Many2one("crm.lead", compute="_compute_lead_id")
    criterion_id = DescribedRecord("crm.qualification.criterion", required=True, ondelete="cascade")
    answer = fields.Selection(
        lambda self: (
            self.env["crm.qualification.answer"]._fields["answer"]._description_selection(self.env)
        )
    )
    evidence = DescribedText()
    is_given = DescribedBoolean(help="The answer was given here, or confirmed.")
    is_noted = DescribedBoolean(help="The evidence was written here.")
    user_id = ShownRecord("res.users", string="Answered By", compute="_compute_signature")
    date = ShownDate(string="Answered On", compute="_compute_signature")
    is_expired = ShownBoolean(string="Expired", compute="_compute_signature")

    @api.depends("conversion_id.lead_id")
    def _compute_lead_id(self):
        for draft in self:
            draft.lead_id = draft.conversion_id.lead_id._origin

    @api.depends("lead_id", "criterion_id", "answer", "is_given", "is_noted")
    @api.depends_context("uid")
    def _compute_signature(self):
        for draft in self:
            if draft.is_given or draft.is_noted:
                draft.update(draft._prepare_signature())
                draft.is_expired = False
                continue
            known = draft.lead_id.qualification_answer_ids.filtered(
                lambda answer, draft=draft: answer.criterion_id == draft.criterion_id
            )
            draft.user_id, draft.date = known.user_id, known.date
            draft.is_expired = known.is_expired

    @api.onchange("answer")
    def _onchange_answer(self):
        self.is_given = True

    @api.onchange("evidence")
    def _onchange_evidence(self):
        self.is_noted = True

    def _prepare_signature(self):
        return self.env["crm.qualification.answer"]._prepare_signature(
            self.lead_id._get_rule_day(), self.answer
        )

    def _prepare_answer_values(self):
        """Return what was given here, as values for the answer of the lead.

        Signed, so that an unsaved lead can be judged with it; what is written signs itself.
        """
        self.ensure_one()
        if not (self.is_given or self.is_noted):
            return {}
        signature = self._prepare_signature()
        expiry_date = self.criterion_id._get_expiry_date(signature["date"])
        vals = {"expiry_date": expiry_date, **signature}
        if self.is_given:
            vals["answer"] = self.answer
        if self.is_noted:
            vals["evidence"] = self.evidence
        return vals


class CrmLead(models.Model):
    """The answers of a lead as a wizard offers them, to be given with the step that it makes."""

    _inherit = "crm.lead"

    def _prepare_answer_drafts(self):
        """Return commands that fill a wizard with copies of the answers of this lead, if any."""
        return [Command.clear()] + [
            Command.create(
                {
                    "criterion_id": answer.criterion_id.id,
                    "answer": answer.answer,
                    "evidence": answer.evidence,
                }
            )
            for answer in self.qualification_answer_ids
        ]

    def _prepare_given_answers(self, drafts):
        """Return commands that give this lead what was answered in a wizard; none if nothing was.

        :param drafts: the ``crm.qualification.answer.draft`` of the wizard
        """
        if not drafts:
            return []
        id_by_criterion = {
            answer.criterion_id: answer.id for answer in self.qualification_answer_ids
        }
        commands = []
        for draft in drafts:
            vals = draft._prepare_answer_values()
            id_ = id_by_criterion.get(draft.criterion_id)
            if id_ and vals:
                commands.append(Command.update(id_, vals))
            elif not id_ and (draft.answer or draft.evidence):
                commands.append(Command.create({"criterion_id": draft.criterion_id.id, **vals}))
        return commands
