from odoo.fields import Date
from odoo.tests import Form, tagged

from ..support.common import StageRuleCommon


@tagged("post_install", "-at_install")
class TestPlausible(StageRuleCommon):
    """What the customer says, and what the salesperson expects."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deal = cls.make_opportunity("Desks", expected_revenue=0)

    def test_what_is_empty_is_proposed(self):
        day = Date.add(Date.today(), days=20)
        with Form(self.deal) as form:
            form.purchase_date = day
            form.budget_status = "estimated"
            form.budget_amount = 500
            self.assertEqual(form.expected_revenue, 500)
            self.assertEqual(Date.to_date(form.date_deadline), day)

    def test_what_is_there_stays(self):
        day = Date.today()
        self.deal.write({"date_deadline": day, "expected_revenue": 700})
        with Form(self.deal) as form:
            form.purchase_date = Date.add(day, days=1)
            form.budget_status = "estimated"
            form.budget_amount = 500
            self.assertEqual(form.expected_revenue, 700)
            self.assertEqual(Date.to_date(form.date_deadline), day)
            self.assertEqual(
                form.expectation_doubts,
                "This is expected to close before they are ready to buy.",
            )

    def test_nothing_is_proposed_for_a_lead(self):
        lead = self.make_lead("Chairs")
        with Form(lead) as form:
            form.purchase_date = Date.today()
        self.assertFalse(lead.date_deadline)

    def test_won_for_nothing(self):
        self.deal.with_env(self.env).sudo().action_set_won()
        self.assertEqual(
            self.deal.expectation_doubts, "This is won, with an expected revenue of 0."
        )
        self.deal.expected_revenue = 1
        self.assertFalse(self.deal.expectation_doubts)
