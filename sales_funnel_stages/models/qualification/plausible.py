from odoo import api, models

from ..rules.shown_field import ShownText


class CrmLead(models.Model):
    """What the customer says and what the salesperson expects: two things that should fit.

    When they are ready to buy and what they can spend is theirs; when the deal closes and what
    it is worth is expected here. The one is proposed from the other where that is empty.
    """

    _inherit = "crm.lead"

    expectation_doubts = ShownText(
        string="To Check",
        compute="_compute_expectation_doubts",
        help="Where what is expected contradicts what the customer says.",
    )

    @api.depends("type", "stage_id", "expected_revenue", "date_deadline", "purchase_date")
    @api.depends_context("lang")
    def _compute_expectation_doubts(self):
        for lead in self:
            doubts = []
            is_won = lead.stage_id.is_won
            if lead.type == "opportunity":
                if is_won and not lead.expected_revenue:
                    doubts.append(self.env._("This is won, with an expected revenue of 0."))
                closing, ready = lead.date_deadline, lead.purchase_date
                if closing and ready and closing < ready and not is_won:
                    doubts.append(
                        self.env._("This is expected to close before they are ready to buy.")
                    )
            lead.expectation_doubts = "\n".join(doubts)

    @api.onchange("purchase_date")
    def _onchange_purchase_date(self):
        if self.type == "opportunity" and not self.date_deadline:
            self.date_deadline = self.purchase_date

    @api.onchange("budget_amount")
    def _onchange_budget_amount(self):
        if self.type == "opportunity" and not self.expected_revenue:
            self.expected_revenue = self.budget_amount
