from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...tools.rulebook import GUIDE
from ..support.case import StageRuleAssertions
from ..support.common import (
    CONVERT_ANSWERS,
    CONVERT_UNMET,
    PROPOSITION_ANSWERS,
    QUALIFIED_ANSWERS,
    QUALIFIED_UNMET,
    WON_ANSWERS,
    StageRuleCommon,
)


@tagged("post_install", "-at_install")
class TestAdvance(StageRuleCommon, StageRuleAssertions):
    """The button that makes the next move."""

    def ready(self, name="Ready", stage=None):
        """Return an opportunity that meets all of the default framework."""
        return self.make_opportunity(
            name,
            stage=stage,
            partner_id=self.customer.id,
            **self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS, PROPOSITION_ANSWERS, WON_ANSWERS),
        )

    def test_stage_by_stage_to_the_end(self):
        lead = self.ready()
        for stage in (self.stage_qualified, self.stage_proposition):
            self.assertEqual(lead.next_stage_id, stage)
            self.assertIs(lead.action_advance(), True)
            self.assert_moved(lead, stage)
            self.assert_step(lead, to_stage_id=stage, verdict="passed", by_user_id=self.rep)
        lead.action_advance()
        self.assert_moved(lead, self.stage_won)
        self.assertEqual(lead.won_status, "won")
        self.assertFalse(lead.next_stage_id)

    def test_winning_is_celebrated(self):
        lead = self.ready(stage=self.stage_proposition)
        effect = lead.action_advance()["effect"]
        self.assertEqual(effect["type"], "rainbow_man")
        self.assertTrue(effect["message"])

    def test_the_gate_holds_it_back(self):
        lead = self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        with self.assert_refused(lead, unmet=set(QUALIFIED_UNMET) - set(CONVERT_UNMET)):
            lead.action_advance()

    def test_all_or_none(self):
        ready, unready = self.ready("One"), self.make_opportunity("Two")
        with self.assert_refused(unready, unmet=QUALIFIED_UNMET):
            (ready + unready).action_advance()
        self.assert_moved(ready, self.stage_new)

    def test_each_to_its_own_next_stage(self):
        first, second = self.ready("One"), self.ready("Two", stage=self.stage_qualified)
        (first + second).action_advance()
        self.assert_moved(first, self.stage_qualified)
        self.assert_moved(second, self.stage_proposition)

    def test_stages_that_are_not_on_the_way(self):
        self.stage_qualified.team_ids = self.make_team("Others", GUIDE)
        parked = self.env["crm.stage"].create(
            {"name": "On hold", "sequence": 2, "is_outside_pipeline": True}
        )
        lead = self.ready()
        self.assertEqual(lead.next_stage_id, self.stage_proposition)
        lead.stage_id = parked
        self.assertEqual(lead.next_stage_id, self.stage_new, "it comes back from a place to park")

    def test_who_has_no_next_stage(self):
        lead = self.make_lead()
        lost = self.ready("Lost")
        lost.action_set_lost()
        archived = self.ready("Archived")
        archived.action_archive()
        won = self.ready("Won", stage=self.stage_won)
        everybody = lead + lost + archived + won
        self.assertFalse(everybody.next_stage_id)
        before = everybody.mapped("stage_id")
        self.assertIs(everybody.action_advance(), True)
        self.assertEqual(everybody.mapped("stage_id"), before)
        self.assertEqual(lead.type, "lead")

    def test_a_form_that_is_out_of_date(self):
        """Who presses the button moves to the stage that they were shown, or nowhere."""
        lead = self.ready()
        seen = lead.with_context(advance_to_stage_id=lead.next_stage_id.id)
        lead.stage_id = self.stage_qualified
        with self.assertRaises(UserError) as caught:
            seen.action_advance()
        self.assertIn("Qualified", str(caught.exception))
        self.assert_moved(lead, self.stage_qualified)
        lead.with_context(advance_to_stage_id=lead.next_stage_id.id).action_advance()
        self.assert_moved(lead, self.stage_proposition)

    def test_the_button_follows_the_form(self):
        with Form(self.ready()) as form:
            self.assertEqual(form.next_stage_id, self.stage_qualified)
            form.stage_id = self.stage_proposition
            self.assertEqual(form.next_stage_id, self.stage_won)
        with Form(self.make_lead()) as form:
            self.assertFalse(form.next_stage_id)

    def test_the_number_of_queries_does_not_grow(self):
        leads = self.make_opportunity("One") + self.ready("Two")
        counted = []
        self.env.invalidate_all()
        leads.mapped("next_stage_id")  # what is cached in the registry is read once
        for batch in (leads[:1], leads):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch.mapped("next_stage_id")
            counted.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counted[0], counted[1])
