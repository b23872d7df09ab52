from datetime import timedelta

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo.fields import Command, Date, Domain
from odoo.tests import tagged

from ...tools.shipped_rules import SHIPPED_RULES
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, QUALIFIED_ANSWERS, StageRuleCommon

AHEAD, BEHIND, UTC = "Pacific/Auckland", "America/Los_Angeles", "UTC"
# the shipped criteria that compare a day with today, and what meets them today
BY_DAY = {
    "bant_timeframe": {"purchase_date": "in half a year"},
    "bant_contact": {"first_contact_date": "today"},
    "bant_relationship": {"first_contact_date": "today", "contact_role": "buyer"},
    "bant_engagement": {"engagement_date": "today"},
    "gpctba_timeline": {"purchase_date": "in a year"},
    "meddpicc_economic_buyer": {"first_contact_date": "today", "contact_role": "decision_maker"},
}


class WhoseTodayCommon(StageRuleCommon):
    def shift(self, company_tz, user_tz, moment):
        """Let a company's clock be in a time zone and a rep in another, at a moment in UTC."""
        self.env["res.company"].search([]).resource_calendar_id.tz = company_tz
        self.rep.tz = user_tz
        freezer = freeze_time(moment)
        freezer.start()
        self.addCleanup(freezer.stop)
        # who answers by the calendar on the wall
        self.there = self.env["crm.lead"].with_user(self.rep).with_context(tz=user_tz)
        self.today = Date.context_today(self.there)

    def values(self, values):
        days = {
            "today": self.today,
            "in half a year": self.today + relativedelta(months=6),
            "in a year": self.today + relativedelta(months=12),
        }
        return {name: days.get(value, value) for name, value in values.items()}

    def is_met(self, criterion, lead):
        """Tell whether a criterion is met, by a search and by a look at the lead."""
        is_met = criterion.id not in lead._get_unmet_criteria(criterion.ids)[lead.id]
        canonical = lead._in_canonical_env()
        domain = criterion._parse_domain(criterion.domain)
        self.assertEqual(bool(canonical.search(Domain("id", "=", lead.id) & domain)), is_met)
        return is_met


@tagged("post_install", "-at_install")
class TestWhoseToday(WhoseTodayCommon, StageRuleAssertions):
    """What is today for whoever fills it in meets the shipped criteria, wherever they are."""

    def test_every_shipped_criterion_that_looks_at_a_day(self):
        criteria = self.env["crm.qualification.criterion"].browse(
            self.env["crm.qualification.framework"]._get_shipped_criterion_ids().values()
        )
        by_day = criteria.filtered(
            lambda each: "today" in each.domain and each.check_by == "filter"
        )
        named = [self.env.ref(f"sales_funnel_stages.criterion_{name}") for name in BY_DAY]
        self.assertEqual(set(by_day), set(named))

    def test_whoever_is_ahead_and_whoever_is_behind(self):
        for company_tz, user_tz, moment in [
            (UTC, "Australia/Sydney", "2026-03-09 22:30:00"),
            (UTC, "Australia/Sydney", "2026-02-28 22:30:00"),
            (BEHIND, AHEAD, "2026-03-10 00:30:00"),
            (BEHIND, AHEAD, "2026-08-30 18:30:00"),
            (AHEAD, BEHIND, "2026-03-10 00:30:00"),
            (UTC, BEHIND, "2026-03-10 00:30:00"),
            (AHEAD, "Pacific/Kiritimati", "2026-03-10 10:30:00"),
        ]:
            self.shift(company_tz, user_tz, moment)
            for name, values in BY_DAY.items():
                criterion = self.env.ref(f"sales_funnel_stages.criterion_{name}")
                with self.subTest(name, company=company_tz, user=user_tz, now=moment):
                    lead = self.make_lead(**self.values(values))
                    self.assertTrue(self.is_met(criterion, lead))

    def test_a_day_to_come_is_none(self):
        self.shift(UTC, UTC, "2026-03-09 22:30:00")
        for name, values in BY_DAY.items():
            criterion = self.env.ref(f"sales_funnel_stages.criterion_{name}")
            values = self.values(values)
            later = {
                name: value + timedelta(days=2)
                for name, value in values.items()
                if name.endswith("date")
            }
            with self.subTest(name):
                self.assertFalse(self.is_met(criterion, self.make_lead(**{**values, **later})))

    def test_a_rep_in_sydney_notes_a_meeting_of_this_morning(self):
        self.shift(UTC, "Australia/Sydney", "2026-03-09 22:30:00")
        self.assertEqual(self.today, Date.to_date("2026-03-10"))
        lead = self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        met = {**QUALIFIED_ANSWERS, "first_contact_date": "today", "engagement_date": "today"}
        lead = lead.with_context(tz="Australia/Sydney")
        lead.write({**self.values(met), "stage_id": self.stage_qualified.id})
        self.assert_moved(lead, self.stage_qualified)

    def test_custom_ones_count_by_the_clock_of_the_company(self):
        custom = self.env["crm.qualification.criterion"].create(
            {
                "name": "Met",
                "framework_id": self.framework.id,
                "domain": "[('first_contact_date', '<=', 'today')]",
            }
        )
        self.shift(UTC, "Australia/Sydney", "2026-03-09 22:30:00")
        lead = self.make_lead(first_contact_date=self.today)
        self.assertFalse(self.is_met(custom, lead))
        lead.first_contact_date -= timedelta(days=1)
        self.assertTrue(self.is_met(custom, lead))


@tagged("post_install", "-at_install")
class TestWhoseLastDay(WhoseTodayCommon):
    """An answer counts until its last day has ended for whoever is behind the company's clock."""

    def test_it(self):
        self.team.framework_id = self.env.ref("sales_funnel_stages.framework_meddpicc")
        criterion = self.env.ref("sales_funnel_stages.criterion_meddpicc_metrics")
        self.assertIn("metrics", SHIPPED_RULES["meddpicc"]["relationship", "required"])
        for company_tz, user_tz, moment in [
            (UTC, BEHIND, "2026-03-10 00:30:00"),
            (AHEAD, BEHIND, "2026-03-10 00:30:00"),
            (BEHIND, AHEAD, "2026-03-10 00:30:00"),
        ]:
            with self.subTest(company=company_tz, user=user_tz):
                self.shift(company_tz, user_tz, moment)
                lead = self.make_lead()
                lead.qualification_answer_ids = [
                    Command.create({"criterion_id": criterion.id, "answer": "yes"})
                ]
                answer = lead.qualification_answer_ids
                # what is written next is not computed anew
                self.env.flush_all()
                for days, is_met in ((0, True), (-3, False)):
                    # sudo: as though it had been given earlier
                    answer.sudo()._write({"expiry_date": self.today + timedelta(days=days)})
                    answer.invalidate_recordset()
                    self.assertEqual(self.is_met(criterion, lead), is_met)
                    self.assertEqual(answer.is_expired, not is_met)
