from datetime import timedelta

from odoo import api, fields, models

from ...tools.answers import NO, UNDISCLOSED, YES
from ..erasure.erasure_mixin import OF_LEAD
from ..rules.answered_criterion import DAYS_OF_GRACE

# what is noted of an answer, and by nobody but this addon
SIGNATURE = ("user_id", "date", "expiry_date")


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

    lead_id = fields.Many2one(
        "crm.lead", string="Lead or Opportunity", required=True, ondelete="cascade"
    )
    criterion_id = fields.Many2one(
        "crm.qualification.criterion",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('check_by', '=', 'answer')]",
    )
    answer = fields.Selection([(YES, "Yes"), (NO, "No"), (UNDISCLOSED, "Will not say")])
    evidence = fields.Text(help="How you know: who said it, where it is written.")
    user_id = fields.Many2one("res.users", string="Answered By", readonly=True)
    date = fields.Date(string="Answered On", readonly=True)
    expiry_date = fields.Date(
        string="Valid Until",
        compute="_compute_expiry_date",
        store=True,
        help="The last day on which the answer counts. Empty: it does not grow old.",
    )
    is_expired = fields.Boolean(string="Expired", compute="_compute_is_expired")

    # finds those of a lead, too
    _lead_criterion_unique = models.UniqueIndex(
        "(lead_id, criterion_id)", "This criterion has been answered on that lead already."
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

    @api.onchange("answer")
    def _onchange_answer(self):
        self.update(self._prepare_signature(self.lead_id._get_rule_day(), self.answer))

    @api.model_create_multi
    def create(self, vals_list):
        created = super().create([self._unsigned(vals) for vals in vals_list])
        for value, answers in created.filtered("answer").grouped("answer").items():
            # signs them
            answers.write({"answer": value})
        return created

    def write(self, vals):
        """Write; an answer that is given is signed: who gives it, and the day.

        Its day is by the clock that the criteria of its lead follow.
        """
        if vals.get("lead_id"):
            # Odoo checks where a record is, not where it goes
            self.env["crm.lead"].browse(vals["lead_id"]).check_access("write")
        vals = self._unsigned(vals)
        if "answer" not in vals:
            return super().write(vals)
        for day, answers in self.grouped(lambda answer: answer.lead_id._get_rule_day()).items():
            signature = self._prepare_signature(day, vals["answer"])
            super(CrmQualificationAnswer, answers).write({**vals, **signature})
        return True

    @api.model
    def _prepare_signature(self, day, value):
        return {"user_id": value and self.env.uid, "date": value and day}

    @api.model
    def _unsigned(self, vals):
        return {name: value for name, value in vals.items() if name not in SIGNATURE}
