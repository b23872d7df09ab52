from datetime import date

import psycopg2
from freezegun import freeze_time

from odoo.fields import Domain
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...tools.answers import NO, UNDISCLOSED, YES
from ..support.answer_common import AnswerCommon
from ..support.case import CriterionAssertions


@tagged("post_install", "-at_install")
class TestAnsweredCriterion(AnswerCommon, CriterionAssertions):
    """A criterion that is answered on the lead is a domain, as every other one."""

    def make_leads(self):
        """Create a lead for each answer there is to the two criteria, one of each age."""
        leads = self.make_lead("Nobody asked")
        for metrics in (YES, NO, UNDISCLOSED, False):
            for rival in (YES, NO, UNDISCLOSED, False):
                for day in (None, "2020-02-02"):
                    lead = self.make_lead(f"{metrics} {rival} {day}")
                    self.answer(lead, self.metrics, metrics, day)
                    self.answer(lead, self.rival, rival, day)
                    leads += lead
        return leads

    def assert_met(self, criterion, leads, names):
        domain = criterion._parse_domain(criterion.domain)
        found = self.assert_search_agrees(domain, leads)
        self.assertEqual(set(found.mapped("name")), set(names))

    def test_search_and_records_agree(self):
        leads = self.make_leads()
        ages = [None, "2020-02-02"]
        answers = [YES, NO, UNDISCLOSED, False]
        self.assert_met(self.metrics, leads, {f"{YES} {rival} {None}" for rival in answers})
        self.assert_met(
            self.rival,
            leads,
            {
                f"{metrics} {rival} {age}"
                for metrics in answers
                for rival in (YES, UNDISCLOSED)
                for age in ages
            },
        )
        qualified = leads.filtered("is_qualified")
        self.assertEqual(set(qualified.mapped("name")), {"yes yes None", "yes undisclosed None"})
        self.assertEqual(
            leads.search([("id", "in", leads.ids), ("is_qualified", "=", True)]).sorted("id"),
            qualified.sorted("id"),
        )

    def test_what_counts_can_be_changed(self):
        leads = self.make_leads()
        self.metrics.write({"is_undisclosed_met": True, "answer_validity": 0})
        self.rival.is_undisclosed_met = False
        answers, ages = [YES, NO, UNDISCLOSED, False], [None, "2020-02-02"]
        self.assert_met(
            self.metrics,
            leads,
            {
                f"{metrics} {rival} {age}"
                for metrics in (YES, UNDISCLOSED)
                for rival in answers
                for age in ages
            },
        )
        self.assert_met(
            self.rival, leads, {f"{metrics} {YES} {age}" for metrics in answers for age in ages}
        )

    def test_the_domain_is_its_own(self):
        domain = self.metrics.domain
        self.metrics.domain = "[('need_level', '=', 'weak')]"
        self.assertEqual(self.metrics.domain, domain)
        copy = self.metrics.copy()
        self.assertNotEqual(copy.domain, domain)
        lead = self.make_lead()
        self.answer(lead, self.metrics, YES)
        self.assertEqual(lead._get_unmet_criteria((self.metrics + copy).ids)[lead.id], {copy.id})

    def test_from_a_filter_and_back(self):
        need = self.env["crm.qualification.criterion"].create(
            {
                "name": "Need",
                "framework_id": self.own.id,
                "domain": "[('need_level', '=', 'weak')]",
            }
        )
        lead = self.make_lead(need_level="weak")
        self.assertFalse(lead._get_unmet_criteria(need.ids)[lead.id])
        self.assertNotIn(need.id, self.env["crm.qualification.criterion"]._get_answered_ids())
        with Form(need) as form:
            form.check_by = "answer"
        self.assertTrue(lead._get_unmet_criteria(need.ids)[lead.id])
        self.assertIn(need.id, self.env["crm.qualification.criterion"]._get_answered_ids())
        with Form(need) as form:
            form.check_by = "filter"
            self.assertEqual(form.domain, "[]")
            form.domain = "[('need_level', '=', 'weak')]"
        self.assertFalse(lead._get_unmet_criteria(need.ids)[lead.id])

    def test_a_manager_makes_one(self):
        model = self.env["crm.qualification.criterion"].with_user(self.manager)
        with Form(model.with_context(default_framework_id=self.own.id)) as form:
            form.name = "Budget holder named"
            form.check_by = "answer"
            form.answer_validity = 10
            form.answer_validity_unit = "day"
        criterion = form.record
        lead = self.make_lead()
        answer = self.answer(lead, criterion, YES, "2026-03-31")
        self.assertEqual(answer.expiry_date, date(2026, 4, 10))

    def test_a_validity_is_not_negative(self):
        for days in (-1, 10_000):
            with (
                self.assertRaises(psycopg2.IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.metrics.answer_validity = days
                self.metrics.flush_recordset()


@tagged("post_install", "-at_install")
class TestAnswerExpiry(AnswerCommon):
    """An answer counts until its last day has ended, and a day more, by the company's clock.

    So it has ended for whoever answers, too, wherever they are.
    """

    def is_met(self, lead):
        """Tell whether the criterion is met, by a search and by a look at the lead."""
        lead.invalidate_recordset()
        lead.qualification_answer_ids.invalidate_recordset()
        domain = self.metrics._parse_domain(self.metrics.domain)
        canonical = lead._in_canonical_env()
        found = canonical.search(Domain("id", "in", lead.ids) & domain)
        is_met = self.metrics not in self.unmet(lead)
        self.assertEqual(bool(found), is_met)
        self.assertEqual(lead.qualification_answer_ids.is_expired, not is_met)
        return is_met

    def test_the_last_day(self):
        lead = self.make_lead()
        answer = self.answer(lead, self.metrics, YES, "2026-03-31")
        self.assertEqual((answer.date, answer.expiry_date), (date(2026, 3, 31), date(2026, 4, 30)))
        for now, is_met in [
            ("2026-03-31 12:00:00", True),
            ("2026-04-30 00:00:01", True),
            ("2026-05-01 23:59:59", True),
            ("2026-05-02 00:00:01", False),
        ]:
            with self.subTest(now), freeze_time(now):
                self.env.company.resource_calendar_id.tz = "UTC"
                self.assertEqual(self.is_met(lead), is_met)

    def test_the_clock_of_the_company(self):
        lead = self.make_lead()
        self.answer(lead, self.metrics, YES, "2026-03-31")
        for tz, now, is_met in [
            ("Pacific/Pago_Pago", "2026-05-02 10:59:00", True),
            ("Pacific/Pago_Pago", "2026-05-02 11:01:00", False),
            ("Pacific/Kiritimati", "2026-05-01 09:59:00", True),
            ("Pacific/Kiritimati", "2026-05-01 10:01:00", False),
        ]:
            with self.subTest(tz, now=now), freeze_time(now):
                self.env.company.resource_calendar_id.tz = tz
                self.assertEqual(self.is_met(lead.with_context(tz="Asia/Tokyo")), is_met)

    def test_the_day_of_an_answer(self):
        for tz, day in (("Pacific/Kiritimati", 2), ("Pacific/Pago_Pago", 1)):
            self.env.company.resource_calendar_id.tz = tz
            with freeze_time("2026-03-01 10:30:00" if day == 2 else "2026-03-02 10:30:00"):
                lead = self.make_lead().with_context(tz="Europe/Paris")
                self.assertEqual(self.answer(lead, self.metrics, YES).date, date(2026, 3, day))

    def test_a_changed_validity_holds_for_answers_given(self):
        lead = self.make_lead()
        answer = self.answer(lead, self.metrics, YES, "2026-03-31")
        self.metrics.write({"answer_validity": 2, "answer_validity_unit": "day"})
        self.assertEqual(answer.expiry_date, date(2026, 4, 2))
        self.metrics.answer_validity = 0
        self.assertFalse(answer.expiry_date)
        self.assertFalse(answer.is_expired)
