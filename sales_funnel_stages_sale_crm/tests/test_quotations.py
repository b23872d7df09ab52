from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command, Date
from odoo.tests import tagged

from odoo.addons.sales_funnel_stages.tests.support.case import StageRuleAssertions
from odoo.addons.sales_funnel_stages.tests.support.common import LeadsInUseCommon

REASON = "They only wanted the price list"


class QuotationsCommon(LeadsInUseCommon, StageRuleAssertions):
    """A product, to be quoted for opportunities."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Chair", "list_price": 50})

    def quote(self, opportunity, user=None):
        """Make a quotation for an opportunity, as the button of its form does."""
        opportunity.partner_id = self.customer
        return (
            self.env["sale.order"]
            .with_user(user or self.manager)
            .create(
                {
                    "partner_id": self.customer.id,
                    "opportunity_id": opportunity.id,
                    "order_line": [Command.create({"product_id": self.product.id})],
                }
            )
        )


@tagged("post_install", "-at_install")
class TestQuotations(QuotationsCommon):
    """What others have quoted keeps an opportunity from being a lead again."""

    def assert_kept(self, opportunity, *orders):
        """Assert that an opportunity cannot return for these orders, which are named."""
        stage = opportunity.stage_id
        with self.assertRaises(UserError) as caught:
            opportunity.action_return_to_lead(REASON)
        self.assertIn(f"“{opportunity.name}” has to stay", str(caught.exception))
        self.assertIn(": " + ", ".join(order.name for order in orders), str(caught.exception))
        self.assertIn("Cancel them", str(caught.exception))
        self.assert_moved(opportunity, stage)

    def test_a_quotation(self):
        opportunity = self.make_opportunity("Office chairs", stage=self.stage_qualified)
        draft, sent = self.quote(opportunity), self.quote(opportunity)
        sent.action_quotation_sent()
        self.assert_kept(opportunity, draft, sent)
        sent._action_cancel()
        self.assert_kept(opportunity, draft)
        draft._action_cancel()
        opportunity.action_return_to_lead(REASON)
        self.assert_moved(opportunity, self.stage_new, type_="lead")
        self.assertEqual(opportunity.sudo().order_ids, (draft + sent).sudo())

    def test_an_order(self):
        opportunity = self.make_opportunity()
        order = self.quote(opportunity)
        order.action_confirm()
        self.assert_kept(opportunity, order)

    def test_quotations_of_others(self):
        """Also those that whoever returns it may not read."""
        opportunity = self.make_opportunity()
        order = self.quote(opportunity, self.all_rep)
        self.assertFalse(order.with_user(self.rep).has_access("read"))
        self.assert_kept(opportunity, order.sudo())

    def test_given_to_another_opportunity(self):
        opportunity, other = self.make_opportunity(), self.make_opportunity("Other")
        self.quote(opportunity).opportunity_id = other
        opportunity.action_return_to_lead(REASON)
        self.assert_moved(opportunity, self.stage_new, type_="lead")

    def test_several(self):
        """All that stand in the way are named; the reason of each is its own."""
        good, quoted = self.make_opportunity("Good"), self.make_opportunity("Quoted")
        lead = self.make_lead("Still a lead")
        order = self.quote(quoted)
        with self.assertRaises(UserError) as caught:
            (good + quoted + lead).action_return_to_lead(REASON)
        self.assertIn(order.name, str(caught.exception))
        self.assertIn("“Still a lead” is a lead already", str(caught.exception))
        self.assertNotIn("“Good”", str(caught.exception))
        self.assert_moved(good + quoted, self.stage_new)

    def test_nobody_writes_a_reason_in_vain(self):
        opportunity = self.make_opportunity()
        order = self.quote(opportunity)
        with self.assertRaisesRegex(UserError, order.name):
            opportunity.action_open_return()

    def test_lost_for_now(self):
        """On the day it is an opportunity again, in the first stage; others are leads."""
        day = Date.context_today(self.env.user) + timedelta(days=30)
        quoted = self.make_opportunity("Quoted", stage=self.stage_qualified)
        other = self.make_opportunity("Other", stage=self.stage_qualified)
        self.quote(quoted)
        (quoted + other).action_set_lost(revisit_date=day)
        with freeze_time(day), self.enter_registry_test_mode():
            self.env.ref("sales_funnel_stages.ir_cron_revisit").method_direct_trigger()
        self.assert_moved(quoted, self.stage_new)
        self.assertEqual(quoted.won_status, "pending")
        self.assertEqual(quoted.activity_ids.user_id, self.rep)
        self.assert_moved(other, self.stage_new, type_="lead")
