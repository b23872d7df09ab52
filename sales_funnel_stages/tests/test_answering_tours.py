from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..tools.answers import UNDISCLOSED, YES
from .support.answer_common import AnswerCommon


@tagged("post_install", "-at_install")
class TestAnsweringTours(HttpCase, AnswerCommon):
    """A rep answers wherever a missing criterion is offered."""

    def test_in_the_dialog_of_a_refused_move(self):
        paper = self.make_question("Paper process known", self.stage_qualified)
        lead = self.make_opportunity("Tour: desks")
        self.answer(lead, self.metrics, YES)
        self.answer(lead, self.rival, YES, "2026-01-31")
        self.rival.answer_validity = 1
        # Odoo's server notes in its log that moves are refused
        with mute_logger("odoo.http"):
            self.start_tour("/odoo", "sales_funnel_stages_answer_and_move", login=self.rep.login)
        self.assertEqual(lead.stage_id, self.stage_qualified)
        answers = lead.qualification_answer_ids
        self.assertEqual(answers.criterion_id, self.metrics + self.rival + paper)
        self.assertEqual(set(answers.mapped("date")), {lead._get_rule_day()})
        self.assertEqual(answers[-1].evidence, "Legal takes a month")
        self.assert_step(lead, verdict="passed", by_user_id=self.rep)

    def test_in_the_panel_and_in_the_conversion_wizard(self):
        self.env.ref("base.group_user").implied_ids |= self.env.ref("crm.group_use_lead")
        lead = self.make_lead("Tour: office chairs")
        self.start_tour("/odoo", "sales_funnel_stages_answer_and_convert", login=self.rep.login)
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(
            {each.criterion_id: each.answer for each in lead.qualification_answer_ids},
            {self.metrics: YES, self.rival: UNDISCLOSED},
        )
        self.assert_step(lead, verdict="passed", by_user_id=self.rep)
