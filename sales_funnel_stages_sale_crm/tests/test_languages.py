from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sales_funnel_stages.tests.support.translations import (
    TranslationAssertions,
    load_french,
)

from .test_quotations import REASON, QuotationsCommon

MODULE = "sales_funnel_stages_sale_crm"


@tagged("post_install", "-at_install")
class TestLanguages(QuotationsCommon, TranslationAssertions):
    def test_all_of_it(self):
        self.assert_translated(MODULE)

    def test_what_stands_in_the_way(self):
        load_french(self.env, MODULE)
        opportunity = self.make_opportunity("Bureaux").with_context(lang="fr_FR")
        order = self.quote(opportunity)
        with self.assertRaises(UserError) as caught:
            opportunity.action_return_to_lead(REASON)
        self.assertIn(
            "«\xa0Bureaux\xa0» doit rester une opportunité à cause de ses devis ou commandes\xa0: "
            f"{order.name}. Annulez-les d’abord",
            str(caught.exception),
        )
