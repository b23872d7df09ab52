from odoo.tests import HttpCase, tagged

from ..support.conversion_batch_common import ConversionBatchCommon


@tagged("post_install", "-at_install")
class TestConversionBatchTour(HttpCase, ConversionBatchCommon):
    def test_a_batch_from_its_start_to_its_undoing(self):
        admin = self.env.ref("base.user_admin")
        leads = self.make_leads("Tour: One", "Tour: Two", user=admin, contact_name="Ann")
        leads[0].email_from, leads[1].email_from = "one@example.com", "two@example.com"
        bad = self.make_lead("Tour: Bad", admin)
        self.start_tour("/odoo", "sales_funnel_stages_conversion_batch", login="admin")
        self.assertEqual((leads + bad).mapped("type"), ["lead"] * 3)
        batch = self.env["crm.lead.conversion.batch"].search([])
        self.assertEqual((batch.undone_count, batch.skipped_count), (2, 1))
