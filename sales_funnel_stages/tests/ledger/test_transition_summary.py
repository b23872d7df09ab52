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

    def test_what_was_lost_was_not_in_its_stage(self):
        """What is restored has been lost meanwhile, and whatever becomes of it then."""
        row_model = self.env["crm.stage.transition"]
        lost = {
            "seconds_in_previous": 3 * 86400,
            "from_type": "opportunity",
            "from_status": "lost",
            "from_stage_name": "Qualified",
            "to_type": "opportunity",
            "to_stage_name": "Qualified",
        }
        restored = row_model.new({**lost, "direction": "reopened", "to_status": "open"})
        self.assertEqual(restored.summary, "Lost for 3 days, reopened in Qualified")
        won = row_model.new({**lost, "direction": "forward", "to_status": "won"})
        self.assertEqual(won.summary, "Lost for 3 days, won")
        left = row_model.new({**lost, "direction": "lost", "from_status": "open"})
        self.assertEqual(left.summary, "3 days in Qualified, marked as lost")
