from odoo.tests import TransactionCase, tagged

from odoo.addons.sales_funnel_stages.tests.french import FrenchAssertions


@tagged("post_install", "-at_install")
class TestFrench(TransactionCase, FrenchAssertions):
    def test_all_of_it(self):
        self.assert_in_french("sales_funnel_stages_base_import")
