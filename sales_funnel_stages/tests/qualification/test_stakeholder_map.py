from odoo.tests import HttpCase, tagged

from ..support.common import StageRuleCommon


@tagged("post_install", "-at_install")
class TestStakeholderMapTour(HttpCase, StageRuleCommon):
    def test_stakeholder_map(self):
        lead = self.make_opportunity("Tour: desks", contact_name="Ann", contact_role="adviser")
        self.start_tour("/odoo", "sales_funnel_stages_stakeholder_map", login=self.rep.login)
        stakeholder = lead.stakeholder_ids
        self.assertEqual(
            (stakeholder.contact_name, stakeholder.role, stakeholder.relationship),
            ("Bob", "decision_maker", "champion"),
        )
        self.assertTrue(stakeholder.is_key_contact)
