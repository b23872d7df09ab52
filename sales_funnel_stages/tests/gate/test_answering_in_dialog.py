from odoo.fields import Date
from odoo.tests import Form, tagged

from ...tools.answers import NO, UNDISCLOSED, YES
from ...tools.rulebook import GUIDE
from ..support.answering_common import REASON, AnsweringCommon

VIEW = "sales_funnel_stages.crm_lead_view_form_stage_move"


@tagged("post_install", "-at_install")
class TestAnsweringInDialog(AnsweringCommon):
    """The dialog of a refused move takes answers, as any other field of the lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paper = cls.make_question("Paper process known", cls.stage_qualified)

    def make_asked(self, **values):
        return super().make_asked(
            **{"type": "opportunity", "stage_id": self.stage_new.id, **values}
        )

    def dialog(self, lead, **context):
        context = {"stage_move_stage_id": self.stage_qualified.id, **context}
        return Form(lead.with_context(**context), view=VIEW)

    def renew_in(self, form, answer=YES):
        with form.qualification_answer_ids.edit(0) as line:
            self.assertTrue(line.is_expired)
            line.answer = answer
            self.assertFalse(line.is_expired)

    def assert_unmet_as(self, form, **expected):
        lines = {line["id"]: line for line in form.stage_move_checklist["lines"]}
        for name, why in expected.items():
            with self.subTest(name):
                line = lines[getattr(self, name).id]
                self.assertEqual(line["unmet_as"], why)
                self.assertEqual(line["is_met"], not why)
                self.assertEqual(line["answered_in"], "qualification_answer_ids")

    def test_what_it_says(self):
        form = self.dialog(self.make_asked())
        self.assert_unmet_as(form, metrics="outdated", rival="missing", paper="missing")

    def test_answering(self):
        """Judged as the rep answers, and kept without the move."""
        lead = self.make_asked()
        form = self.dialog(lead)
        self.renew_in(form)
        self.assert_unmet_as(form, metrics=False, rival="missing")
        self.give(form, self.rival, UNDISCLOSED)
        self.give(form, self.paper, NO, "Legal takes a month")
        self.assert_unmet_as(form, metrics=False, rival=False, paper="not_met")
        self.assert_old(lead)
        form.save()
        self.assert_moved(lead, self.stage_new)
        self.assert_answers(lead, metrics=YES, rival=UNDISCLOSED, paper=NO)

    def test_answering_and_moving(self):
        """Written in the step that moves, and signed by whoever gives them."""
        lead = self.make_asked()
        today = lead._get_rule_day()
        values = {
            "qualification_answer_ids": [
                (1, self.old.id, {"answer": YES}),
                (0, 0, {"criterion_id": self.rival.id, "answer": UNDISCLOSED}),
                (0, 0, {"criterion_id": self.paper.id, "answer": YES, "evidence": "Ann says so"}),
            ]
        }
        lead.save_and_move(values, {"stage_id": self.stage_qualified.id})
        self.assert_moved(lead, self.stage_qualified)
        self.assert_answers(lead, metrics=YES, rival=UNDISCLOSED, paper=YES)
        for answer in lead.qualification_answer_ids:
            self.assertEqual((answer.user_id, answer.date), (self.rep, today))
        self.assert_step(lead, verdict="passed", by_user_id=self.rep)

    def test_refused(self):
        lead = self.make_asked()
        values = {
            "qualification_answer_ids": [(0, 0, {"criterion_id": self.paper.id, "answer": YES})]
        }
        with self._swallowed_refusal() as caught, self.env.cr.savepoint():
            lead.save_and_move(values, {"stage_id": self.stage_qualified.id})
        self.assertIn("Competition known", str(caught.exception))
        self.assertNotIn("Paper process", str(caught.exception))
        self.assert_old(lead)

    def test_will_not_say(self):
        """It counts where the criterion says so."""
        form = self.dialog(self.make_asked())
        self.renew_in(form, UNDISCLOSED)
        self.give(form, self.rival, UNDISCLOSED)
        self.assert_unmet_as(form, metrics="not_met", rival=False)

    def test_completing_a_guided_move(self):
        self.team.stage_rule_policy = GUIDE
        lead = self.make_asked()
        lead.stage_id = self.stage_qualified
        form = self.dialog(lead, stage_move_stage_id=False, stage_move_is_made=True)
        self.assert_unmet_as(form, metrics="outdated", rival="missing", paper="missing")
        self.renew_in(form)
        self.give(form, self.rival, NO)
        self.assert_unmet_as(form, metrics=False, rival="not_met", paper="missing")
        form.save()
        self.assert_answers(lead, metrics=YES, rival=NO)
        self.assertEqual(self.old.date, Date.context_today(lead))

    def test_overriding(self):
        lead = self.make_asked(user=self.manager)
        values = {
            "qualification_answer_ids": [(0, 0, {"criterion_id": self.paper.id, "answer": YES})]
        }
        move = {"stage_id": self.stage_qualified.id, "reason": REASON}
        lead.save_and_move(values, move)
        row = self.assert_step(lead, verdict="overridden")
        self.assertEqual(row.unmet_criterion_ids, self.metrics + self.rival)
        self.assert_old(lead, paper=YES)
