from odoo.tests import tagged

from ..support.backfill_common import NEW, PROPOSITION, QUALIFIED, WON, BackfillCommon


@tagged("post_install", "-at_install")
class TestBackfillGaps(BackfillCommon):
    """What nobody tracked is told as a gap."""

    def test_between_two_steps(self):
        lead = self.make_tracked_lead(type="opportunity")
        self.on_day(1, lead, stage_id=self.stage_qualified.id)
        self.on_day(2, lead, tracked=False, stage_id=self.stage_new.id)
        self.on_day(3, lead, stage_id=self.stage_proposition.id)
        rows = self.backfill(lead)
        self.assert_rows(
            rows,
            [
                (0, "created", "opportunity", NEW, "open"),
                (1, "forward", "opportunity", QUALIFIED, "open"),
                (3, "skipped", "opportunity", PROPOSITION, "open"),
            ],
        )
        self.assertEqual(rows.mapped("is_gap"), [False, False, True])
        self.assertEqual(rows[2].from_stage_id, self.stage_new)

    def test_up_to_today(self):
        lead = self.make_tracked_lead(type="opportunity")
        self.on_day(1, lead, stage_id=self.stage_qualified.id)
        self.on_day(2, lead, tracked=False, stage_id=self.stage_proposition.id)
        self.stamp(lead, date_last_stage_update=2)
        rows = self.backfill(lead)
        self.assert_rows(
            rows,
            [
                (0, "created", "opportunity", NEW, "open"),
                (1, "forward", "opportunity", QUALIFIED, "open"),
                (2, "forward", "opportunity", PROPOSITION, "open"),
            ],
        )
        self.assertEqual(rows.mapped("is_gap"), [False, False, True])
        self.assertFalse(rows[2].by_user_id)

    def test_never_before_what_is_known(self):
        lead = self.make_tracked_lead(type="opportunity")
        self.on_day(5, lead, stage_id=self.stage_qualified.id)
        self.on_day(6, lead, tracked=False, stage_id=self.stage_proposition.id)
        self.stamp(lead, date_last_stage_update=3)
        self.assertEqual([(row.date.day - 6) for row in self.backfill(lead)], [0, 5, 5])

    def test_lost_without_a_trace(self):
        lead = self.make_tracked_lead(type="opportunity", stage_id=self.stage_qualified.id)
        self.on_day(3, lead, tracked=False, active=False, probability=0)
        self.stamp(lead, date_closed=3)
        rows = self.backfill(lead)
        self.assert_rows(
            rows,
            [
                (0, "created", "opportunity", QUALIFIED, "open"),
                (3, "lost", "opportunity", QUALIFIED, "lost"),
            ],
        )
        self.assertTrue(rows[1].is_gap)

    def test_won_without_a_trace(self):
        """From which stage is not known."""
        lead = self.make_tracked_lead(type="opportunity", stage_id=self.stage_qualified.id)
        self.on_day(3, lead, tracked=False, stage_id=self.stage_won.id)
        self.stamp(lead, date_closed=3)
        rows = self.backfill(lead)
        self.assertEqual(rows.mapped("to_status"), ["open", "won"])
        self.assertEqual(rows.mapped("to_stage_id"), self.stage_won)
        self.assertFalse(rows[0].to_stage_id or rows[1].from_stage_id)
        self.assertTrue(rows[1].is_gap)

    def test_won_when_it_was_created(self):
        lead = self.make_tracked_lead(type="opportunity", stage_id=self.stage_won.id)
        self.stamp(lead, date_closed=0)
        self.assert_rows(self.backfill(lead), [(0, "created", "opportunity", WON, "won")])

    def test_restored_without_a_trace(self):
        lead = self.make_tracked_lead(type="opportunity")
        self.on_day(1, lead, active=False, probability=0)
        self.on_day(2, lead, tracked=False, active=True, probability=50)
        self.stamp(lead, write_date=4)
        rows = self.backfill(lead)
        self.assert_rows(
            rows,
            [
                (0, "created", "opportunity", NEW, "open"),
                (1, "lost", "opportunity", NEW, "lost"),
                (4, "reopened", "opportunity", NEW, "open"),
            ],
        )
        self.assertTrue(rows[2].is_gap)

    def test_changed_hands_without_a_trace(self):
        other = self.make_team("Others", "off")
        lead = self.make_tracked_lead(type="opportunity", team_id=other.id, user_id=False)
        self.on_day(1, lead, team_id=self.team.id)
        self.on_day(2, lead, tracked=False, team_id=other.id)
        self.stamp(lead, write_date=4)
        rows = self.backfill(lead)
        self.assertEqual(rows.mapped("direction"), ["created", "handed_over", "handed_over"])
        self.assertEqual(rows.mapped("team_name"), ["Others", self.team.name, "Others"])
        self.assertEqual(rows.mapped("is_gap"), [False, False, True])
