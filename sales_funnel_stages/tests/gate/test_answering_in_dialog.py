from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ...tools.answers import NO, UNDISCLOSED, YES
from ...tools.rulebook import GUIDE
from ..support.answering_common import REASON, AnsweringCommon


@tagged("post_install", "-at_install")
class TestAnsweringInDialog(AnsweringCommon):
    """The dialog of a refused move takes answers, which reach the lead with the move."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paper = cls.make_question("Paper process known", cls.stage_qualified)

    def make_asked(self, **values):
        return super().make_asked(
            **{"type": "opportunity", "stage_id": self.stage_new.id, **values}
        )

    def wizard(self, leads, **values):
        values = {
            "lead_ids": [Command.set(leads.ids)],
            "to_stage_id": self.stage_qualified.id,
            **values,
        }
        context = {f"default_{name}": value for name, value in values.items()}
        return Form(self.env["crm.stage.move"].with_user(leads.env.user).with_context(**context))

    def test_what_it_offers(self):
        form = self.wizard(self.make_asked())
        self.assertFalse(form.fields_to_fill or form.has_other_fields)
        self.assert_met(form.checklist, metrics=False, rival=False, paper=False)
        self.assertEqual(len(form.qualification_answer_ids), 1)
        with form.qualification_answer_ids.edit(0) as line:
            self.assertTrue(line.is_expired)
            self.assertEqual(line.criterion_id, self.metrics)
            self.assertEqual((line.answer, line.evidence), (YES, "A report"))
            self.assertEqual((line.user_id, line.date), (self.manager, date(2020, 3, 31)))

    def test_answering_and_moving(self):
        """Judged as the rep answers, and written in the step that moves."""
        lead = self.make_asked()
        form = self.wizard(lead)
        self.renew(form)
        self.assert_met(form.checklist, metrics=True, rival=False, paper=False)
        self.give(form, self.rival, UNDISCLOSED)
        self.give(form, self.paper, NO, "Legal takes a month")
        self.assert_met(form.checklist, metrics=True, rival=True, paper=False)
        with form.qualification_answer_ids.edit(2) as line:
            line.answer = YES
        self.assertEqual(form.checklist["met"], form.checklist["total"])
        wizard = form.save()
        self.assert_old(lead)
        self.assertTrue(wizard.action_move()["infos"]["is_done"])
        self.assert_moved(lead, self.stage_qualified)
        self.assert_answers(lead, metrics=YES, rival=UNDISCLOSED, paper=YES)
        self.assertEqual(self.old.evidence, "A report")
        for answer in lead.qualification_answer_ids:
            self.assertEqual((answer.user_id, answer.date), (self.rep, lead._get_rule_day()))
        self.assertEqual(lead.qualification_answer_ids[-1].evidence, "Legal takes a month")
        self.assert_step(lead, verdict="passed", by_user_id=self.rep)

    def test_refused(self):
        """What was answered goes with the move, and stays in the dialog."""
        lead = self.make_asked()
        form = self.wizard(lead)
        self.renew(form)
        self.give(form, self.paper, YES)
        wizard = form.save()
        with self._swallowed_refusal() as caught, self.env.cr.savepoint():
            wizard.action_move()
        self.assertIn("Competition known", str(caught.exception))
        self.assertNotIn("Paper process", str(caught.exception))
        self.assert_moved(lead, self.stage_new)
        self.assert_old(lead)
        self.assertEqual(wizard.qualification_answer_ids.mapped("is_given"), [True, True])
        with Form(wizard) as form:
            self.give(form, self.rival, YES)
        wizard.action_move()
        self.assert_moved(lead, self.stage_qualified)
        self.assert_answers(lead, metrics=YES, rival=YES, paper=YES)

    def test_given_up(self):
        lead = self.make_asked()
        form = self.wizard(lead)
        self.renew(form, NO)
        self.give(form, self.paper, YES)
        self.assert_old(lead)
        form.save()
        self.assert_old(lead)

    def test_will_not_say(self):
        """It counts where the criterion says so."""
        lead = self.make_asked()
        form = self.wizard(lead)
        self.renew(form, UNDISCLOSED)
        self.give(form, self.rival, UNDISCLOSED)
        self.give(form, self.paper, YES)
        self.assert_met(form.checklist, metrics=False, rival=True, paper=True)
        wizard = form.save()
        with self._swallowed_refusal(), self.env.cr.savepoint():
            wizard.action_move()
        self.assert_old(lead)

    def test_what_is_not_touched_stays_old(self):
        """Neither renewed, nor taken back to what it was when the dialog opened."""
        self.team.stage_rule_policy = GUIDE
        lead = self.make_asked()
        form = self.wizard(lead)
        self.give(form, self.paper, YES)
        with freeze_time("2020-04-10 12:00:00"):
            self.old.with_user(self.manager).evidence = "Another report"
        form.save().action_move()
        self.assert_moved(lead, self.stage_qualified)
        self.assert_answers(lead, metrics=YES, paper=YES)
        self.assertEqual(self.old.evidence, "Another report")
        self.assertEqual((self.old.date, self.old.user_id), (date(2020, 4, 10), self.manager))

    def test_other_evidence_is_another_answer(self):
        """Of whoever knows it, today; that of the one before is kept with what they knew."""
        self.team.stage_rule_policy = GUIDE
        lead = self.make_asked()
        form = self.wizard(lead)
        with form.qualification_answer_ids.edit(0) as line:
            line.evidence = "A better report"
            self.assertFalse(line.is_expired)
            self.assertEqual(line.user_id, self.rep)
        self.assert_met(form.checklist, metrics=True)
        form.save().action_move()
        self.assertEqual(self.old.evidence, "A better report")
        self.assertEqual((self.old.date, self.old.user_id), (lead._get_rule_day(), self.rep))
        past = self.env["crm.qualification.answer.past"].search([("lead_id", "=", lead.id)])
        self.assertEqual((past.date, past.user_id), (date(2020, 3, 31), self.manager))

    def test_what_is_looked_at_leaves_nothing_to_the_next_look(self):
        lead = self.make_asked()
        form = self.wizard(lead)
        self.renew(form)
        wizard = form.save()
        move = {"stage_id": self.stage_qualified.id}
        for _look in range(2):
            self.assertIn(self.metrics.id, lead._get_missing(move))
            missing = lead._get_missing({**move, **wizard._get_answers()})
            self.assertNotIn(self.metrics.id, missing)

    def test_an_answer_taken_back(self):
        self.answer(lead := self.make_asked(), self.rival, YES)
        form = self.wizard(lead)
        self.renew(form)
        self.give(form, self.paper, YES)
        with form.qualification_answer_ids.edit(1) as line:
            line.answer = False
            self.assertFalse(line.user_id or line.date)
        self.assert_met(form.checklist, metrics=True, rival=False, paper=True)

    def test_nothing_is_left_of_what_was_taken_back_at_once(self):
        self.team.stage_rule_policy = GUIDE
        lead = self.make_asked()
        form = self.wizard(lead)
        self.give(form, self.paper, YES)
        with form.qualification_answer_ids.edit(1) as line:
            line.answer = False
        form.save().action_move()
        self.assert_old(lead)

    def test_answered_meanwhile(self):
        """By somebody else, on the lead: there is one answer, the last one."""
        lead = self.make_asked()
        form = self.wizard(lead)
        self.renew(form)
        self.give(form, self.rival, YES)
        self.give(form, self.paper, YES)
        wizard = form.save()
        theirs = self.answer(lead.with_user(self.all_rep), self.paper, NO)
        wizard.action_move()
        self.assert_moved(lead, self.stage_qualified)
        self.assertEqual((theirs.answer, theirs.user_id), (YES, self.rep))

    def test_completing_a_guided_move(self):
        self.team.stage_rule_policy = GUIDE
        lead = self.make_asked()
        lead.stage_id = self.stage_qualified
        form = self.wizard(lead, to_stage_id=False, is_made=True)
        self.assert_met(form.checklist, metrics=False, rival=False, paper=False)
        self.renew(form)
        self.give(form, self.rival, NO)
        self.assert_met(form.checklist, metrics=True, rival=False, paper=False)
        form.save().action_move()
        self.assert_answers(lead, metrics=YES, rival=NO)

    def test_overriding(self):
        lead = self.make_asked(user=self.manager)
        form = self.wizard(lead)
        self.give(form, self.paper, YES)
        form.reason = REASON
        form.save().action_override()
        row = self.assert_step(lead, verdict="overridden")
        self.assertEqual(row.unmet_criterion_ids, self.metrics + self.rival)
        self.assert_old(lead, paper=YES)

    def test_several_leads(self):
        """Nothing is answered for several at once, and what they have stays as it is."""
        leads = self.make_asked(user=self.manager) + self.make_opportunity(user=self.manager)
        form = self.wizard(leads)
        self.assertEqual(len(form.qualification_answer_ids), 0)
        form.reason = REASON
        form.save().action_override()
        self.assert_moved(leads, self.stage_qualified)
        self.assert_old(leads[0])
        self.assertFalse(leads[1].qualification_answer_ids)

    def test_who_may_see_what_is_answered(self):
        """Nobody else, before it is on the lead; and nobody on leads that they may not see."""
        form = self.wizard(self.make_asked())
        self.give(form, self.paper, YES)
        drafts = form.save().qualification_answer_ids
        self.assertEqual(len(drafts), 2)
        for operation in ("read", "write", "unlink"):
            self.assertTrue(drafts.has_access(operation))
            self.assertFalse(drafts.with_user(self.all_rep).has_access(operation))
        with self.assertRaises(AccessError):
            self.wizard(self.make_asked(user=self.all_rep).with_user(self.rep))
        employee = new_test_user(self.env, "funnel_employee", "base.group_user")
        for operation in ("read", "write", "create", "unlink"):
            self.assertFalse(drafts.browse().with_user(employee).has_access(operation))
