from odoo.fields import Command
from odoo.tests import tagged

from ...tools.answers import NO, UNDISCLOSED, YES
from ..support.answering_common import REASON, AnsweringCommon
from ..support.conversion_form import ConversionForm


@tagged("post_install", "-at_install")
class TestAnsweringInConversion(AnsweringCommon):
    """The conversion wizard takes answers, which are kept on the lead, converted or not."""

    def test_answering_and_converting(self):
        lead = self.make_asked()
        form = ConversionForm(lead)
        self.assert_met(form.qualification_checklist, metrics=False, rival=False)
        self.assertTrue(form.is_held_back)
        self.renew(form)
        self.assert_met(form.qualification_checklist, metrics=True, rival=False)
        self.give(form, self.rival, UNDISCLOSED, "They smiled")
        self.assert_met(form.qualification_checklist, metrics=True, rival=True)
        self.assertFalse(form.is_held_back)
        self.assert_old(lead)
        form.save().action_apply()
        self.assert_moved(lead, self.stage_new)
        self.assert_answers(lead, metrics=YES, rival=UNDISCLOSED)
        self.assertEqual(lead.qualification_answer_ids.mapped("user_id"), self.rep)
        self.assertEqual(lead.qualification_answer_ids[-1].evidence, "They smiled")
        self.assert_step(lead, verdict="passed", by_user_id=self.rep)

    def test_refused(self):
        """Nothing moves, and what was answered is kept."""
        lead = self.make_asked()
        form = ConversionForm(lead)
        self.renew(form)
        self.give(form, self.rival, NO)
        self.assertTrue(form.is_held_back)
        wizard = form.save()
        with self._swallowed_refusal() as caught:
            wizard.action_apply()
        self.assertIn("Competition known", str(caught.exception))
        self.assert_moved(lead, type_="lead")
        self.assert_answers(lead, metrics=YES, rival=NO)
        lead.qualification_answer_ids[-1].answer = YES
        wizard.action_apply()
        self.assert_moved(lead, self.stage_new)

    def test_given_up(self):
        lead = self.make_asked()
        form = ConversionForm(lead)
        self.renew(form, NO)
        self.give(form, self.rival, YES)
        self.assert_old(lead)

    def test_will_not_say(self):
        form = ConversionForm(self.make_asked())
        self.renew(form, UNDISCLOSED)
        self.give(form, self.rival, UNDISCLOSED)
        self.assert_met(form.qualification_checklist, metrics=False, rival=True)

    def test_overriding(self):
        lead = self.make_asked(user=self.manager)
        form = ConversionForm(lead)
        self.give(form, self.rival, YES)
        form.override_reason = REASON
        form.save().action_apply()
        row = self.assert_step(lead, verdict="overridden")
        self.assertEqual(row.unmet_criterion_ids, self.metrics)
        self.assert_old(lead, rival=YES)

    def test_merging(self):
        """What was answered before the rep saw that it is known already counts, too."""
        lead = self.make_asked(email_from="ada@acme.example.com")
        other = self.make_lead("Chairs", email_from="ada@acme.example.com")
        form = ConversionForm(lead)
        self.assertEqual(form.name, "merge")
        form.name = "convert"
        self.renew(form)
        self.give(form, self.rival, YES)
        form.name = "merge"
        form.save().action_apply()
        [merged] = (lead + other).exists()
        self.assert_moved(merged, self.stage_new)
        self.assert_answers(merged, metrics=YES, rival=YES)

    def test_mass_conversion(self):
        """It takes no answers, and leaves those of the leads as they are."""
        lead = self.make_asked()
        ready = self.make_lead("Chairs")
        self.answer(ready, self.metrics, YES)
        self.answer(ready, self.rival, YES)
        wizard = (
            self.env["crm.lead2opportunity.partner.mass"]
            .with_user(self.rep)
            .with_context(active_model="crm.lead", active_ids=(lead + ready).ids)
            .create({"user_ids": [Command.set(self.rep.ids)], "deduplicate": False})
        )
        self.assertFalse(wizard.filled_lead_ids)
        wizard.action_mass_convert()
        self.assert_moved(ready, self.stage_new)
        self.assert_moved(lead, type_="lead")
        self.assert_old(lead)
