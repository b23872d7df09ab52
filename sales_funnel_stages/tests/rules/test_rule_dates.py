from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from ...tools.rulebook import REQUIRED
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, QUALIFIED_ANSWERS, StageRuleCommon

DAY = date(2031, 3, 10)


@tagged("post_install", "-at_install")
class TestRuleDates(StageRuleAssertions, StageRuleCommon):
    """Rules in force from a date on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).resource_calendar_id.tz = "Europe/Brussels"
        cls.framework.rule_ids.unlink()
        cls.rule = cls.env["crm.stage.rule"].create(
            {
                "framework_id": cls.framework.id,
                "criterion_id": cls.criterion("contract").id,
                "stage_id": cls.stage_qualified.id,
                "tier": REQUIRED,
                "date_from": DAY,
            }
        )

    def required_at(self, moment):
        """Return whether the rule is in force at a moment, in UTC."""
        with freeze_time(moment):
            book = self.env["crm.lead"]._get_rulebook()
            return bool(book.asked(self.framework.id, self.stage_qualified.id, self.team.id))

    def test_it_comes_into_force_by_itself(self):
        """Nothing is read again, so no restart is needed on that day."""
        self.assertFalse(self.required_at("2031-03-09 22:59:59"))
        with self.assertQueryCount(0):
            self.assertTrue(self.required_at("2031-03-09 23:00:00"))
            self.assertTrue(self.required_at("2031-06-01"))
            self.assertFalse(self.required_at("2031-01-01"))

    def test_it_is_for_moves_made_from_then_on(self):
        answers = self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS)
        early, late = [self.make_opportunity(name, **answers) for name in ("Early", "Late")]
        with freeze_time("2031-03-09 12:00:00"):
            early.stage_id = self.stage_qualified
        with freeze_time("2031-03-10 12:00:00"):
            with self.assert_refused(late, unmet=["contract"]):
                late.stage_id = self.stage_qualified
            # what is there stays there
            early.name = "Still there"
        self.assert_moved(early, self.stage_qualified)

    def test_without_a_date_it_counts_now(self):
        self.rule.date_from = False
        self.assertTrue(self.required_at("2031-01-01"))

    def test_its_company_has_the_clock(self):
        here = self.env.company
        self.framework.company_id = here
        here.resource_calendar_id.tz = "America/New_York"
        self.assertFalse(self.required_at("2031-03-10 03:59:59"))
        self.assertTrue(self.required_at("2031-03-10 04:00:00"))

    def test_a_shared_framework_waits_for_all_companies(self):
        there = self.env["res.company"].create({"name": "There"})
        there.resource_calendar_id.tz = "Pacific/Honolulu"
        self.assertFalse(self.required_at("2031-03-10 09:59:59"))
        self.assertTrue(self.required_at("2031-03-10 10:00:00"))

    def test_it_is_shown_from_then_on(self):
        lead = self.make_opportunity()
        with freeze_time("2031-03-09 12:00:00"):
            self.assertFalse(lead.qualification_checklist["lines"])
        lead.invalidate_recordset()
        with freeze_time("2031-03-10 12:00:00"):
            self.assertTrue(lead.qualification_checklist["lines"])

    def test_its_impact_is_known_before(self):
        self.make_opportunity()
        rule = self.rule.with_user(self.manager)
        self.assertEqual(rule.stage_rule_impact["held_back"], 1)
        self.assertEqual(self.team.with_user(self.manager).stage_rule_impact["held_back"], 0)
