from odoo.tests import TransactionCase, tagged

from odoo.addons.sales_funnel_stages.tests.support.translations import TranslationAssertions


@tagged("post_install", "-at_install")
class TestLanguages(TransactionCase, TranslationAssertions):
    def test_all_of_it(self):
        self.assert_translated("sales_funnel_stages_privacy_lookup")
