from datetime import timedelta

from odoo import api, models

from ..erasure.erasure_mixin import OF_LEAD
from ..rules.answered_criterion import DAYS_OF_GRACE
from ..rules.described_field import (
    DescribedDate,
    DescribedRecord,
    DescribedSelection,
    DescribedText,
)
from ..rules.shown_field import ShownBoolean
from .past_answer import ANSWERS

# what is noted of an answer, and by nobody but this addon
SIGNATURE = ("user_id", "date", "expiry_date")
# what was said by it
CONTENT = {"lead_id", "criterion_id", "answer", "evidence"}


class CrmQualificationAnswer(models.Model):
    """What was answered to a criterion that no field of the lead tells, by whom and when.

    A lead has one for each criterion at most; without any, nobody has asked yet. Whoever
    may read or change the lead may do so with its answers (see ``ir.rule``).
    """

    _name = "crm.qualification.answer"
    _inherit = ["crm.erasure.mixin"]
    _description = "Qualification Answer"
    _is_part_of_lead = True
    _order = "id"
    _rec_name = "criterion_id"
    _personal_texts = {"evidence": OF_LEAD}

    lead_id = DescribedRecord(
        "crm.lead", string="Lead or Opportunity", required=True, ondelete="cascade"
    )
    criterion_id = DescribedRecord(
        "crm.qualification.criterion",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('check_by', '=', 'answer')]",
    )
    answer = DescribedSelection(ANSWERS)
    evidence = DescribedText(help="How you know: who said it, where it is written.")
    user_id = DescribedRecord("res.users", string="Answered By", readonly=True)
    date = DescribedDate(string="Answered On", readonly=True)
    expiry_date = DescribedDate(
        string="Valid Until",
        compute="_compute_expiry_date",
        store=True,
        help="The last day on which the answer counts. Empty: it does not grow old.",
    )
    is_expired = ShownBoolean(string="Expired", compute="_compute_is_expired")

    # finds those of a lead, too
    _lead_criterion_unique = models.UniqueIndex(
        "(lead_id, criterion_id)", "This criterion has been answered there already."
    )

    @api.depends("date", "criterion_id.answer_validity", "criterion_id.answer_validity_unit")
    def _compute_expiry_date(self):
        for answer in self:
            answer.expiry_date = answer.criterion_id._get_expiry_date(answer.date)

    @api.depends("expiry_date")
    def _compute_is_expired(self):
        grace = timedelta(days=DAYS_OF_GRACE)
        for answer in self:
            answer.is_expired = bool(
                answer.expiry_date and answer.expiry_date + grace < answer.lead_id._get_rule_day()
            )

    @api.onchange("answer", "evidence")
    def _onchange_answer(self):
        self.update(self._prepare_signature(self.lead_id._get_rule_day(), self.answer))

    @api.model_create_multi
    def create(self, vals_list):
        created = super().create([self._unsigned(vals) for vals in vals_list])
        for value, answers in created.filtered("answer").grouped("answer").items():
            answers._give({"answer": value})
        return created

    def write(self, vals):
        """Write; what is given so is signed: who gives it, and the day, and what it replaces kept.

        An answer belongs to who gave it: a change of what it says, of what it answers or of its
        lead is another answer. Its day is by the clock that the criteria of its lead follow.
        """
        if vals.get("lead_id"):
            # Odoo checks where a record is, not where it goes
            self.env["crm.lead"].browse(vals["lead_id"]).check_access("write")
        vals = self._unsigned(vals)
        if CONTENT.isdisjoint(vals):
            return super().write(vals)
        before = self._get_given()
        self._give(vals)
        after = self._get_given()
        self._keep_replaced({id_: kept for id_, kept in before.items() if after[id_] != kept})
        return True

    def unlink(self):
        replaced = self._get_given()
        result = super().unlink()
        self._keep_replaced(replaced)
        return result

    def _give(self, vals):  # pylint: disable=missing-return
        """Write values, signed where they change what is said; the same answer is given anew."""
        unsigned = self.browse()
        if "answer" not in vals:
            unsigned = self.filtered(lambda answer: not answer._is_changed_by(vals))
            # pylint: disable-next=super-method-mismatch
            super(CrmQualificationAnswer, unsigned).write(vals)
        signed = (self - unsigned).grouped(
            lambda answer: (answer.lead_id._get_rule_day(), vals.get("answer", answer.answer))
        )
        for (day, value), answers in signed.items():
            signature = self._prepare_signature(day, value)
            # pylint: disable-next=super-method-mismatch
            super(CrmQualificationAnswer, answers).write({**vals, **signature})

    def _is_changed_by(self, vals):
        """Tell whether values change what was answered, and not only something else."""
        self.ensure_one()
        return any(
            self._fields[name].convert_to_write(self[name], self) != (vals[name] or False)
            for name in CONTENT.intersection(vals)
        )

    @api.model
    def _prepare_signature(self, day, value):
        return {"user_id": value and self.env.uid, "date": value and day}

    @api.model
    def _unsigned(self, vals):
        return {name: value for name, value in vals.items() if name not in SIGNATURE}

    # ------------------------------------------------------------------
    # What has been replaced
    # ------------------------------------------------------------------

    def _get_given(self):
        """Return ``{id: values}`` of what is said by these, as it is kept."""
        # sudo: what was said is kept with its names, whoever may read them
        return {
            answer.id: {
                "lead_id": answer.lead_id.id,
                "criterion_id": answer.criterion_id.id,
                "criterion_name": answer.criterion_id.name,
                "answer": answer.answer,
                "evidence": answer.evidence,
                "user_id": answer.user_id.id,
                "user_name": answer.user_id.name,
                "date": answer.date,
            }
            for answer in self.sudo()
        }

    @api.model
    def _keep_replaced(self, given):
        """Keep what was said by answers that say something else now, or are gone.

        :param dict given: what ``_get_given`` returned of them
        """
        said = [kept for kept in given.values() if kept["answer"] or kept["evidence"]]
        if said:
            self.env["crm.qualification.answer.past"]._keep(said)

    def _move_to_lead(self, lead):
        """Let a lead take over these answers as they were given: nobody says anything new."""
        lead.check_access("write")
        return super().write({"lead_id": lead.id})  # pylint: disable=super-method-mismatch
