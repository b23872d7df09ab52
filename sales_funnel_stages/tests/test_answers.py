from datetime import date

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from ..tools.rulebook import ENFORCE, OFF
from .answer_common import AnswerCommon
from .case import CriterionAssertions, StageRuleAssertions

YES, NO, UNDISCLOSED = "yes", "no", "undisclosed"


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
    """An answer counts until its last day has ended, by the clock of the company."""

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
            ("2026-04-30 23:59:59", True),
            ("2026-05-01 00:00:01", False),
        ]:
            with self.subTest(now), freeze_time(now):
                self.env.company.resource_calendar_id.tz = "UTC"
                self.assertEqual(self.is_met(lead), is_met)

    def test_the_clock_of_the_company(self):
        lead = self.make_lead()
        self.answer(lead, self.metrics, YES, "2026-03-31")
        for tz, now, is_met in [
            ("Pacific/Pago_Pago", "2026-05-01 10:59:00", True),
            ("Pacific/Pago_Pago", "2026-05-01 11:01:00", False),
            ("Pacific/Kiritimati", "2026-04-30 09:59:00", True),
            ("Pacific/Kiritimati", "2026-04-30 10:01:00", False),
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


@tagged("post_install", "-at_install")
class TestAnswers(AnswerCommon, StageRuleAssertions):
    def test_it_notes_who_answered_and_when(self):
        lead = self.make_lead()
        forged = {"user_id": self.manager.id, "date": "2000-01-01"}
        answer = self.answer(lead, self.metrics, YES, "2026-03-31", **forged)
        self.assertEqual((answer.user_id, answer.date), (self.rep, date(2026, 3, 31)))
        answer.write(forged)
        self.assertEqual((answer.user_id, answer.date), (self.rep, date(2026, 3, 31)))
        with freeze_time("2026-04-10 12:00:00"):
            answer.with_user(self.manager).evidence = "Their annual report"
            self.assertEqual((answer.user_id, answer.date), (self.rep, date(2026, 3, 31)))
            # given again: it still holds
            answer.with_user(self.manager).answer = YES
            self.assertEqual((answer.user_id, answer.date), (self.manager, date(2026, 4, 10)))
            self.assertEqual(answer.expiry_date, date(2026, 5, 10))
            answer.answer = False
        self.assertFalse(answer.user_id or answer.date or answer.expiry_date)

    def test_several_at_once(self):
        leads = self.make_lead("One") + self.make_lead("Two")
        answers = self.env["crm.qualification.answer"].browse()
        for lead in leads:
            answers += self.answer(lead, self.metrics, NO, "2026-03-31")
        with freeze_time("2026-04-10 12:00:00"):
            answers.write({"answer": YES})
        self.assertEqual(set(answers.mapped("date")), {date(2026, 4, 10)})
        self.assertEqual(set(answers.mapped("answer")), {YES})

    def test_one_for_each_lead_and_criterion(self):
        lead = self.make_lead()
        self.answer(lead, self.metrics, YES)
        with self.assertRaises(psycopg2.IntegrityError) as caught, mute_logger("odoo.sql_db"):
            self.answer(lead, self.metrics, NO)
        said = self.env["crm.qualification.answer"]._sql_error_to_message(caught.exception)
        self.assertIn("answered on that lead already", said)

    def test_what_it_opens(self):
        lead = self.make_lead()
        with self._swallowed_refusal() as caught:
            lead.convert_opportunity(self.customer)
        self.assertIn("Gain in figures", str(caught.exception))
        lead.write({"qualification_answer_ids": self.answered(metrics=YES, rival=UNDISCLOSED)})
        lead.convert_opportunity(self.customer)
        self.assert_moved(lead, self.stage_new)

    def test_answered_in_the_same_save(self):
        lead = self.make_lead()
        lead.write(
            {
                "type": "opportunity",
                "qualification_answer_ids": self.answered(metrics=YES, rival=YES),
            }
        )
        self.assert_moved(lead, self.stage_new)

    def test_the_questions_of_a_lead(self):
        late = self.make_question("Paper process known", self.stage_won, guidance="Ask who signs.")
        self.env["crm.qualification.criterion"].create(
            {"name": "Nobody asks for it", "framework_id": self.own.id, "check_by": "answer"}
        )
        lead = self.make_lead()
        self.assertEqual(
            lead.qualification_questions,
            [
                {"id": self.metrics.id, "name": "Gain in figures", "guidance": ""},
                {"id": self.rival.id, "name": "Competition known", "guidance": ""},
                {"id": late.id, "name": "Paper process known", "guidance": "Ask who signs."},
            ],
        )
        lead.team_id = self.make_team("Others", OFF)
        self.assertFalse(lead.qualification_questions)

    def test_live(self):
        """What is answered counts before anything is saved, also in a line just made."""
        lead = self.make_lead()
        old = self.answer(lead, self.metrics, YES, "2020-03-31")
        self.assertFalse(lead.is_qualified)
        with Form(lead) as form:
            self.assertEqual(form.qualification_checklist["met"], 0)
            with form.qualification_answer_ids.new() as line:
                line.criterion_id = self.rival
                line.answer = NO
            self.assertEqual(form.qualification_checklist["met"], 0)
            with form.qualification_answer_ids.edit(1) as line:
                line.answer = UNDISCLOSED
                self.assertEqual(line.user_id, self.rep)
            self.assertEqual(form.qualification_checklist["met"], 1)
            with form.qualification_answer_ids.edit(0) as line:
                self.assertTrue(line.is_expired)
                line.answer = YES
                self.assertFalse(line.is_expired)
                self.assertEqual(line.date, lead._get_rule_day())
            self.assertEqual(form.qualification_checklist["met"], 2)
            self.assertFalse(lead.is_qualified, "nothing is saved yet")
        self.assertTrue(lead.is_qualified)
        self.assertEqual(old.date, lead._get_rule_day())

    def test_live_on_a_new_lead(self):
        model = self.env["crm.lead"].with_user(self.rep)
        model = model.with_context(default_type="lead", default_team_id=self.team.id)
        with Form(model) as form:
            form.name = "Some lead"
            for criterion in self.metrics + self.rival:
                with form.qualification_answer_ids.new() as line:
                    line.criterion_id = criterion
                    line.answer = YES
            self.assertEqual(form.qualification_checklist["met"], 2)
        self.assertTrue(form.record.is_qualified)

    def test_an_answer_belongs_to_one_deal(self):
        lead = self.make_lead()
        answer = self.answer(lead, self.metrics, YES)
        self.assertFalse(lead.copy().qualification_answer_ids)
        lead.sudo().unlink()
        self.assertFalse(answer.exists())

    def test_a_deleted_criterion_takes_its_answers_along(self):
        answer = self.answer(self.make_lead(), self.metrics, YES)
        self.metrics.rule_ids.unlink()
        self.metrics.unlink()
        self.assertFalse(answer.exists())


@tagged("post_install", "-at_install")
class TestAnswerAccess(AnswerCommon):
    """Whoever may read or change a lead may do so with its answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.my_lead = cls.make_lead("Mine")
        cls.their_lead = cls.make_lead("Theirs", cls.all_rep)
        cls.mine, cls.theirs = (
            cls.answer(lead, cls.metrics, YES) for lead in (cls.my_lead, cls.their_lead)
        )

    def test_a_rep_has_those_of_their_leads(self):
        model = self.env["crm.qualification.answer"].with_user(self.rep)
        self.assertEqual(model.search([("criterion_id", "=", self.metrics.id)]), self.mine)
        theirs = self.theirs.with_user(self.rep)
        mine = self.mine.with_user(self.rep)
        for forbidden in (
            lambda: theirs.read(["answer"]),
            lambda: theirs.write({"answer": NO}),
            lambda: theirs.unlink(),
            lambda: self.answer(self.their_lead.with_user(self.rep), self.rival, YES),
            lambda: mine.write({"lead_id": self.their_lead.id, "criterion_id": self.rival.id}),
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                forbidden()
        mine.answer = NO
        mine.unlink()

    def test_others(self):
        for user in (self.all_rep, self.manager):
            found = self.env["crm.qualification.answer"].with_user(user).search([])
            self.assertEqual(found & (self.mine + self.theirs), self.mine + self.theirs)

    def test_another_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.team.company_id = self.env.company
        self.assertEqual(self.my_lead.sudo().company_id, self.env.company)
        self.manager.company_ids += elsewhere
        model = self.env["crm.qualification.answer"].with_user(self.manager)
        there = model.with_context(allowed_company_ids=elsewhere.ids)
        self.assertFalse(there.search([]) & self.mine)
        self.assertIn(self.mine, model.search([]))


@tagged("post_install", "-at_install")
class TestAnswerMerge(AnswerCommon):
    """A merge keeps the answers of the lead that is left, and fills what is missing there."""

    def merge(self, *answers_by_lead):
        leads = self.env["crm.lead"].with_user(self.rep)
        for number, answers in enumerate(answers_by_lead):
            make = self.make_lead if number else self.make_opportunity
            lead = make(f"Lead {number}")
            leads += lead
            for name, (answer, day, evidence) in answers.items():
                self.answer(lead, getattr(self, name), answer, day, evidence=evidence)
        merged = leads.with_user(self.rep).merge_opportunity()
        self.assertEqual(merged, leads[0])
        return merged

    def kept(self, merged):
        return {
            answer.criterion_id: (answer.answer, str(answer.date or ""), answer.evidence)
            for answer in merged.qualification_answer_ids
        }

    def test_what_is_kept(self):
        merged = self.merge(
            {"metrics": (NO, "2026-01-01", "The boss")},
            {"metrics": (YES, "2026-02-01", "Ann"), "rival": (NO, "2026-01-01", "Bob")},
            {"rival": (UNDISCLOSED, "2026-02-01", "Cy")},
        )
        self.assertEqual(
            self.kept(merged),
            {
                self.metrics: (NO, "2026-01-01", "The boss"),
                self.rival: (UNDISCLOSED, "2026-02-01", "Cy"),
            },
        )
        self.assertEqual(merged.qualification_answer_ids.user_id, self.rep)
        body = "".join(merged.message_ids.mapped("body"))
        self.assertIn("Gain in figures", body)
        self.assertIn("Yes – Ann", body)

    def test_notes_without_an_answer_are_kept(self):
        merged = self.merge(
            {"metrics": (False, None, "To be asked in May")},
            {"metrics": (YES, "2026-02-01", "Ann"), "rival": (False, None, "Bob knows")},
            {"metrics": (False, None, "Nothing new")},
        )
        self.assertEqual(
            self.kept(merged),
            {
                self.metrics: (YES, "2026-02-01", "Ann\n\nTo be asked in May"),
                self.rival: (False, "", "Bob knows"),
            },
        )


@tagged("post_install", "-at_install")
class TestAnswerQueries(AnswerCommon):
    """Who has no criterion in force that is answered on the lead pays nothing for them."""

    def count(self, run):
        self.env.flush_all()
        self.env.invalidate_all()
        run()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        run()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def make_batch(self, size, **values):
        return self.env["crm.lead"].create(
            [
                {
                    "name": f"Lead {number}",
                    "type": "opportunity",
                    "team_id": self.team.id,
                    "user_id": self.rep.id,
                    "qualification_answer_ids": self.answered(metrics=YES, rival=YES),
                    **values,
                }
                for number in range(size)
            ]
        )

    def test_the_number_of_queries_does_not_grow(self):
        batches = {size: self.make_batch(size).with_user(self.rep) for size in (5, 50)}
        for name, run in {
            "read": lambda leads: leads.mapped("is_qualified"),
            "questions": lambda leads: leads.mapped("qualification_questions"),
            "move": lambda leads: (
                leads.write({"stage_id": self.stage_qualified.id}),
                leads.write({"stage_id": self.stage_new.id}),
            ),
            "answer": lambda leads: leads.qualification_answer_ids.write({"answer": YES}),
        }.items():
            counted = {
                size: self.count(lambda run=run, leads=leads: run(leads))
                for size, leads in batches.items()
            }
            with self.subTest(name):
                self.assertEqual(counted[5], counted[50])

    def test_who_has_none_pays_nothing(self):
        leads = self.make_batch(5, qualification_answer_ids=False).with_user(self.rep)
        self.team.stage_rule_policy = ENFORCE
        self.team.framework_id = self.framework
        self.env.flush_all()
        self.env.invalidate_all()
        asked = []
        execute = type(self.env.cr).execute

        def listen(cursor, query, *args, **kwargs):
            asked.append(str(query))
            return execute(cursor, query, *args, **kwargs)

        self.patch(type(self.env.cr), "execute", listen)
        leads.mapped("is_qualified")
        leads.mapped("qualification_questions")
        leads.with_user(self.env.ref("base.user_root")).write({"stage_id": self.stage_qualified.id})
        self.env.flush_all()
        self.assertTrue(asked)
        self.assertFalse([query for query in asked if "qualification_answer" in query])


@tagged("post_install", "-at_install")
class TestAnswersTour(HttpCase, AnswerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.group_user").implied_ids |= cls.env.ref("crm.group_use_lead")

    def test_a_rep_answers(self):
        lead = self.make_lead("Tour: office chairs")
        self.answer(lead, self.rival, YES, "2026-01-31")
        self.rival.answer_validity = 1
        self.start_tour("/odoo", "sales_funnel_stages_answers", login=self.rep.login)
        answers = {
            answer.criterion_id: (answer.answer, answer.evidence, answer.user_id, answer.date)
            for answer in lead.qualification_answer_ids
        }
        today = lead._get_rule_day()
        self.assertEqual(
            answers,
            {
                self.metrics: (YES, "Their annual report", self.rep, today),
                self.rival: (YES, False, self.rep, today),
            },
        )
        self.assertTrue(lead.is_qualified)
