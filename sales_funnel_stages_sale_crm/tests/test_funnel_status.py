from odoo.tests import tagged

from odoo.addons.sales_funnel_stages.tests.insight.test_funnel_status import FunnelStatusAssertions

from .test_quotations import QuotationsCommon


@tagged("post_install", "-at_install")
class TestFunnelStatus(QuotationsCommon, FunnelStatusAssertions):
    """Who has ordered is a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.env["res.partner"].create({"name": "Ann", "parent_id": cls.customer.id})
        cls.acme = cls.customer + cls.ann

    def test_an_order(self):
        opportunity = self.make_opportunity(partner_id=self.ann.id)
        order = self.quote(opportunity)
        order.action_quotation_sent()
        self.assert_status(self.acme, "opportunity")
        order.action_confirm()
        self.assert_status(self.acme, "customer")
        order._action_cancel()
        self.assert_status(self.acme, "opportunity")

    def test_an_order_without_opportunity(self):
        order = self.env["sale.order"].create({"partner_id": self.ann.id})
        self.assert_status(self.acme, "contact")
        order.action_confirm()
        self.assert_status(self.acme, "customer")

    def test_orders_of_others(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.ann.id, "user_id": self.all_rep.id}
        )
        order.action_confirm()
        self.assertFalse(order.with_user(self.rep).has_access("read"))
        self.assert_status(self.acme, "customer")

    def test_orders_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        order = self.env["sale.order"].create(
            {"partner_id": self.ann.id, "company_id": other.id, "user_id": False}
        )
        order.action_confirm()
        self.assert_status(self.acme, "contact")

    def test_won_without_an_order(self):
        self.make_opportunity(partner_id=self.ann.id, stage=self.stage_won)
        self.assert_status(self.acme, "customer")
