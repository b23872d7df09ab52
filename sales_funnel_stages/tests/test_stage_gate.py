from odoo.tests import tagged

from .case import StageRuleAssertions
from .common import CONVERT_ANSWERS, PROPOSITION_ANSWERS, QUALIFIED_ANSWERS, StageRuleCommon


@tagged("post_install", "-at_install")
class TestStageGate(StageRuleCommon, StageRuleAssertions):
    def test_conversion_is_refused_until_qualified(self):
        lead = self.make_lead()
        with self.assert_refused(lead, unmet=["need", "budget", "timeframe"]):
            lead.convert_opportunity(self.customer)
        lead.write(self.answers(CONVERT_ANSWERS))
        lead.convert_opportunity(self.customer)
        self.assert_moved(lead, self.stage_new)

    def test_filling_and_moving_in_one_save(self):
        lead = self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        lead.write({**self.answers(QUALIFIED_ANSWERS), "stage_id": self.stage_qualified.id})
        self.assert_moved(lead, self.stage_qualified)

    def test_skipping_a_stage_skips_no_rule(self):
        lead = self.make_opportunity(**self.answers(CONVERT_ANSWERS, PROPOSITION_ANSWERS))
        with self.assert_refused(lead, unmet=["relationship", "requirements", "engagement"]):
            lead.stage_id = self.stage_proposition

    def test_all_of_a_batch_is_named(self):
        good = self.make_opportunity("Good", **self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS))
        bad = self.make_opportunity("Bad", **self.answers(CONVERT_ANSWERS))
        worse = self.make_opportunity("Worse")
        with self.assert_refused(
            bad + worse,
            unmet=["need", "budget", "timeframe", "relationship", "requirements", "engagement"],
        ):
            (good + bad + worse).write({"stage_id": self.stage_qualified.id})
        self.assert_moved(good, self.stage_new)
