from odoo.tests import tagged

from ..support.common import StageRuleCommon


@tagged("post_install", "-at_install")
class TestTransitionSummary(StageRuleCommon):
    """What a step is called where no stage can be named."""

    def test_a_move_to_no_stage(self):
        opportunity = self.make_opportunity(stage=self.stage_qualified)
        opportunity.stage_id = False
        row = opportunity.transition_ids.sorted("id")[-1]
        self.assertFalse(row.to_stage_name)
        self.assertIn("taken out of its stage by", row.summary.lower())

    def test_a_move_of_which_the_stage_is_not_known(self):
        row = self.env["crm.stage.transition"].new(
            {
                "direction": "forward",
                "from_type": "opportunity",
                "to_type": "opportunity",
                "is_reconstructed": True,
            }
        )
        self.assertIn("Moved to a stage that is not known", row.summary)
