from odoo.tests import HttpCase, tagged

from .conversion.test_conversion_plan import ConversionPlanCommon


@tagged("post_install", "-at_install")
class TestCustomerTours(HttpCase, ConversionPlanCommon):
    """From a contact to a lead, and from a lead to an opportunity that is worked on."""

    def test_conversion_words(self):
        lead = self.make_ready("Tour: office chairs", contact_name="Ann", partner_name="Chairs Ltd")
        self.start_tour("/odoo", "sales_funnel_stages_conversion_words", login=self.rep.login)
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.partner_id.parent_id.name, "Chairs Ltd")
        self.assert_planned(lead, ("Call them", self.rep, 0), ("Visit them", self.rep, 7))

    def test_customer_status(self):
        self.customer.name = "Tour: Acme"
        self.make_opportunity(partner_id=self.customer.id, stage=self.stage_won)
        eve = self.env["res.partner"].create({"name": "Tour: Eve", "email": "eve@example.com"})
        self.start_tour("/odoo", "sales_funnel_stages_customer_status", login=self.rep.login)
        lead = self.env["crm.lead"].search([("partner_id", "=", eve.id)])
        self.assertEqual(lead.type, "lead")
        self.assertEqual(lead.email_from, "eve@example.com")
        self.assertEqual(lead.user_id, self.rep)
