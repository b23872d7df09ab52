from dateutil.relativedelta import relativedelta

from odoo import api, fields, models, tools

from ...tools.answers import UNDISCLOSED, YES

FILTER, ANSWER = "filter", "answer"

# the last day of an answer has not ended everywhere when it has ended by the company's clock
DAYS_OF_GRACE = 1

# what the domain of an answered criterion is made of; the domain itself is not to be changed
DERIVED_FROM = {"check_by", "is_undisclosed_met", "domain"}


class CrmQualificationCriterion(models.Model):
    """Criteria that no field of a lead tells: they are answered on the lead.

    They are domains all the same, over the answers. So whatever evaluates, searches or
    counts criteria needs to know nothing of answers.
    """

    _inherit = "crm.qualification.criterion"

    check_by = fields.Selection(
        [(FILTER, "By a filter on fields"), (ANSWER, "Answered on the lead")],
        string="Checked",
        required=True,
        default=FILTER,
        help="Where no field tells, salespeople answer yes or no on the lead.",
    )
    is_undisclosed_met = fields.Boolean(
        string="“Will Not Say” Counts",
        help="The criterion is also met where the customer will not say.",
    )
    answer_validity = fields.Integer(
        string="Answer Valid For",
        help="How long an answer counts before it has to be asked again. 0: for ever.",
    )
    answer_validity_unit = fields.Selection(
        [("day", "Days"), ("month", "Months")], required=True, default="month"
    )

    _check_answer_validity = models.Constraint(
        "CHECK (answer_validity BETWEEN 0 AND 9999)",
        "An answer is valid for 0 (for ever) to 9999 days or months.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        criteria = super().create(vals_list)
        criteria._derive_domain()
        return criteria

    def write(self, vals):
        result = super().write(vals)
        if not DERIVED_FROM.isdisjoint(vals):
            self._derive_domain()
        return result

    @api.onchange("check_by")
    def _onchange_check_by(self):
        if self.check_by == FILTER and self._origin.check_by == ANSWER:
            self.domain = "[]"

    def _derive_domain(self):
        """Give the criteria among these that are answered on the lead their domain."""
        for criterion in self:
            if criterion._is_domain_to_derive():
                criterion.domain = criterion._make_answer_domain()

    def _is_domain_to_derive(self):
        return self.check_by == ANSWER and self.domain != self._make_answer_domain()

    def _make_answer_domain(self):
        """Return, as text, the domain of the leads on which the answer is the right one."""
        answers = [YES, UNDISCLOSED] if self.is_undisclosed_met else [YES]
        return repr(
            [
                (
                    "qualification_answer_ids",
                    "any",
                    [
                        ("criterion_id", "=", self.id),
                        ("answer", "in", answers),
                        "|",
                        ("expiry_date", "=", False),
                        ("expiry_date", ">=", f"today -{DAYS_OF_GRACE}d"),
                    ],
                )
            ]
        )

    def _get_expiry_date(self, date):
        """Return the last day on which an answer of a date counts, False where it always does.

        It counts until that day has ended for whoever looks (``DAYS_OF_GRACE``).
        """
        if not date or not self.answer_validity:
            return False
        return date + relativedelta(**{f"{self.answer_validity_unit}s": self.answer_validity})

    @api.model
    @tools.ormcache("self.env['crm.rulebook']._get_version()")
    def _get_answered_ids(self):
        """Return the ids of the criteria that are answered on the lead."""
        # sudo: everybody is under the same rules, whatever they may read
        return frozenset(self.sudo().search([("check_by", "=", ANSWER)]).ids)
