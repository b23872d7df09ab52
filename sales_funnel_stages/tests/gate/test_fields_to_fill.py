from odoo.tests import tagged

from ..support.common import StageRuleCommon


@tagged("post_install", "-at_install")
class TestFieldsToFill(StageRuleCommon):
    """Which fields of a lead somebody fills in to meet a criterion."""

    def fields_to_fill(self, criterion):
        return criterion._get_fields_to_fill()[criterion.id]

    def make_criterion(self, domain):
        return self.env["crm.qualification.criterion"].create(
            {"name": "Some question", "framework_id": self.framework.id, "domain": domain}
        )

    def test_the_fields_that_the_criterion_reads(self):
        criteria = self.criterion("need") + self.criterion("authority")
        self.assertEqual(
            criteria._get_fields_to_fill(),
            {
                self.criterion("need").id: ("need_level",),
                self.criterion("authority").id: ("contact_role", "stakeholder_ids"),
            },
        )

    def test_each_field_once_and_those_of_others_by_the_lead_s(self):
        criterion = self.make_criterion(
            "['|', ('expected_revenue', '>', 5), '&', ('expected_revenue', '>', 1),"
            " ('partner_id.email', '!=', False)]"
        )
        self.assertEqual(self.fields_to_fill(criterion), ("expected_revenue", "partner_id"))

    def test_what_moves_a_lead_is_no_answer(self):
        criterion = self.make_criterion(
            f"[('stage_id', '=', {self.stage_new.id}), ('probability', '>', 1),"
            " ('team_id', '!=', False), ('phone', '!=', False)]"
        )
        self.assertEqual(self.fields_to_fill(criterion), ("phone",))

    def test_what_nobody_can_fill_in_is_no_answer(self):
        criterion = self.make_criterion("[('date_open', '!=', False), ('day_open', '>=', 0)]")
        self.assertEqual(self.fields_to_fill(criterion), ())

    def test_it_follows_the_criterion(self):
        need = self.criterion("need")
        self.assertEqual(self.fields_to_fill(need), ("need_level",))
        need.domain = "[('need_summary', '!=', False)]"
        self.assertEqual(self.fields_to_fill(need), ("need_summary",))

    def test_it_is_read_once(self):
        criteria = self.framework.criterion_ids
        criteria._get_fields_to_fill()
        with self.assertQueryCount(0):
            self.assertEqual(set(criteria._get_fields_to_fill()), set(criteria.ids))
