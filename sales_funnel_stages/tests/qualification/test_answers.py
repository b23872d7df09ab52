from datetime import date

import psycopg2
from freezegun import freeze_time

from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from ...tools.answers import NO, UNDISCLOSED, YES
from ...tools.rulebook import OFF
from ..support.answer_common import AnswerCommon
from ..support.case import StageRuleAssertions


@tagged("post_install", "-at_install")
class TestAnswers(AnswerCommon, StageRuleAssertions):
    def test_it_notes_who_answered_and_when(self):
        lead = self.make_lead()
        forged = {"user_id": self.manager.id, "date": "2000-01-01", "expiry_date": False}
        answer = self.answer(lead, self.metrics, YES, "2026-03-31", **forged)
        self.assertEqual((answer.user_id, answer.date), (self.rep, date(2026, 3, 31)))
        answer.write(forged)
        self.assertEqual((answer.user_id, answer.date), (self.rep, date(2026, 3, 31)))
        self.assertEqual(answer.expiry_date, date(2026, 4, 30))
        with freeze_time("2026-04-10 12:00:00"):
            answer.with_user(self.manager).evidence = "Their annual report"
            # another answer: what they make of it
            self.assertEqual((answer.user_id, answer.date), (self.manager, date(2026, 4, 10)))
            # given again: it still holds
            answer.with_user(self.manager).answer = YES
            self.assertEqual((answer.user_id, answer.date), (self.manager, date(2026, 4, 10)))
            self.assertEqual(answer.expiry_date, date(2026, 5, 10))
            answer.answer = False
        self.assertFalse(answer.user_id or answer.date or answer.expiry_date)

    def test_defaults_are_signed_too(self):
        """Whoever calls over RPC chooses the context."""
        model = self.env["crm.qualification.answer"].with_user(self.rep)
        defaults = {"answer": YES, "user_id": self.manager.id, "date": "2000-01-01"}
        lead = self.make_lead()
        answer = model.with_context(**{f"default_{k}": v for k, v in defaults.items()}).create(
            {"lead_id": lead.id, "criterion_id": self.metrics.id}
        )
        self.assertEqual((answer.answer, answer.user_id), (YES, self.rep))
        self.assertEqual(answer.date, lead._get_rule_day())

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
        self.assertIn("answered there already", said)

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
                {"id": self.metrics.id, "name": "Gain in figures", "guidance": "", "earlier": 0},
                {"id": self.rival.id, "name": "Competition known", "guidance": "", "earlier": 0},
                {
                    "id": late.id,
                    "name": "Paper process known",
                    "guidance": "Ask who signs.",
                    "earlier": 0,
                },
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
