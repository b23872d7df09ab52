import logging

from odoo.tests import tagged

from ..support.backfill_common import NEW, PROPOSITION, QUALIFIED, WON, BackfillCommon
from ..support.guard import let_history_change

DAY = 24 * 3600
LOGGER = "odoo.addons.sales_funnel_stages.models.ledger.backfill.backfill"


@tagged("post_install", "-at_install")
class TestBackfill(BackfillCommon):
    """What Odoo tracked before is in the ledger, as far as it can be told."""

    def test_a_lead_that_was_won(self):
        lead = self.make_tracked_lead()
        self.on_day(2, lead, self.manager, type="opportunity")
        self.on_day(5, lead, stage_id=self.stage_qualified.id, expected_revenue=250)
        self.on_day(9, lead, stage_id=self.stage_won.id)
        rows = self.backfill(lead)
        self.assert_rows(
            rows,
            [
                (0, "created", "lead", NEW, "open"),
                (2, "forward", "opportunity", NEW, "open"),
                (5, "forward", "opportunity", QUALIFIED, "open"),
                (9, "skipped", "opportunity", WON, "won"),
            ],
        )
        self.assertEqual(rows.mapped("seconds_in_previous"), [0, 2 * DAY, 3 * DAY, 4 * DAY])
        self.assertEqual(rows.mapped("expected_revenue"), [100, 100, 250, 250])
        self.assertFalse(any(rows.mapped("is_gap")))
        self.assertEqual(rows[1].by_user_id, self.manager)
        self.assertEqual(rows[1].by_user_name, self.manager.name)
        self.assertEqual(rows[2].by_user_id, self.env.user)

    def test_what_a_row_keeps(self):
        lead = self.make_tracked_lead(type="opportunity", company_id=self.env.company.id)
        self.on_day(1, lead, stage_id=self.stage_qualified.id)
        row = self.backfill(lead)[1]
        self.assertEqual(row.lead_id.id, lead.id)
        self.assertEqual((row.lead_ref, row.lead_name), (lead.id, "Past"))
        self.assertEqual((row.from_stage_id, row.to_stage_id), (self.stage_new, lead.stage_id))
        self.assertEqual((row.from_stage_name, row.to_stage_name), (NEW, QUALIFIED))
        self.assertEqual((row.from_type, row.from_status), ("opportunity", "open"))
        self.assertEqual((row.user_id, row.user_name), (self.rep, self.rep.name))
        self.assertEqual((row.team_id, row.team_name), (self.team, self.team.name))
        self.assertFalse(row.from_team_name)
        self.assertEqual(row.company_id, self.env.company)

    def test_what_was_first_has_nothing_before(self):
        row = self.backfill(self.make_tracked_lead())
        self.assertFalse(row.from_type or row.from_status or row.from_stage_id)
        self.env.cr.execute(
            "SELECT from_type, from_stage_name, from_status, seconds_in_previous"
            " FROM crm_stage_transition WHERE id = %s",
            row.ids,
        )
        self.assertEqual(self.env.cr.fetchall(), [(None, None, None, None)])

    def test_several_changes_at_once_are_one_row(self):
        other = self.make_team("Others", "off")
        lead = self.make_tracked_lead()
        self.on_day(
            3, lead, type="opportunity", stage_id=self.stage_proposition.id, team_id=other.id
        )
        rows = self.backfill(lead)
        self.assert_rows(
            rows,
            [
                (0, "created", "lead", NEW, "open"),
                (3, "skipped", "opportunity", PROPOSITION, "open"),
            ],
        )
        self.assertEqual(rows.mapped("team_name"), [self.team.name, "Others"])
        self.assertEqual(rows[1].from_team_name, self.team.name)

    def test_back_lost_and_restored(self):
        lead = self.make_tracked_lead(type="opportunity", stage_id=self.stage_proposition.id)
        self.on_day(1, lead, stage_id=self.stage_new.id)
        self.on_day(2, lead, active=False, probability=0)
        self.on_day(3, lead, active=True, probability=50)
        self.on_day(4, lead, type="lead")
        self.assert_rows(
            self.backfill(lead),
            [
                (0, "created", "opportunity", PROPOSITION, "open"),
                (1, "backward", "opportunity", NEW, "open"),
                (2, "lost", "opportunity", NEW, "lost"),
                (3, "reopened", "opportunity", NEW, "open"),
                (4, "backward", "lead", NEW, "open"),
            ],
        )

    def test_archived_leads_have_a_past(self):
        lead = self.make_tracked_lead(type="opportunity")
        self.on_day(1, lead, stage_id=self.stage_qualified.id)
        # with a probability, archiving does not lose
        self.on_day(2, lead, active=False, probability=20)
        self.assert_rows(
            self.backfill(lead),
            [
                (0, "created", "opportunity", NEW, "open"),
                (1, "forward", "opportunity", QUALIFIED, "open"),
            ],
        )

    def test_handed_over(self):
        other = self.make_team("Others", "off")
        lead = self.make_tracked_lead(type="opportunity")
        self.on_day(1, lead, team_id=other.id, user_id=False)
        self.on_day(4, lead, stage_id=self.stage_qualified.id)
        self.on_day(5, lead, user_id=self.manager.id, team_id=other.id)
        rows = self.backfill(lead)
        self.assert_rows(
            rows,
            [
                (0, "created", "opportunity", NEW, "open"),
                (1, "handed_over", "opportunity", NEW, "open"),
                (4, "forward", "opportunity", QUALIFIED, "open"),
            ],
        )
        self.assertEqual(rows.mapped("seconds_in_previous"), [0, 0, 4 * DAY])
        self.assertEqual(rows.mapped("user_id"), self.rep)
        self.assertFalse(rows[1].user_id)

    def test_a_second_run_adds_nothing(self):
        lead = self.make_tracked_lead(type="opportunity")
        self.on_day(1, lead, stage_id=self.stage_qualified.id)
        rows = self.backfill(lead)
        count = self.env["crm.stage.transition"].search_count([])
        self.on_day(2, lead, stage_id=self.stage_proposition.id)
        with self.assertLogs(LOGGER, logging.INFO) as caught:
            self.env["crm.stage.transition"]._backfill()
        self.assertIn("0 leads, 0 rows", caught.output[0])
        live = self.ledger_of(lead) - rows
        self.assertFalse(live.filtered("is_reconstructed"))
        self.assertEqual(self.env["crm.stage.transition"].search_count([]), count + len(live))

    def test_messages_of_merged_leads_tell_of_those(self):
        lead, other = (self.make_tracked_lead(type="opportunity") for _ in range(2))
        self.on_day(1, lead, stage_id=self.stage_qualified.id)
        self.on_day(2, other, stage_id=self.stage_proposition.id)
        (lead + other).merge_opportunity(auto_unlink=True)
        self.env.flush_all()
        self.env.cr.precommit.run()
        lead = (lead + other).exists()
        expected = lead.stage_id.name
        day = 1 if expected == QUALIFIED else 2
        rows = self.backfill(lead)
        self.assertEqual(rows[0].to_stage_name, NEW)
        self.assertEqual((rows[1].date.day - 6, rows[1].to_stage_name), (day, expected))

    def test_a_conversion_that_only_left_its_date(self):
        lead = self.make_tracked_lead()
        self.on_day(
            2, lead, tracked=False, type="opportunity", date_conversion="2020-01-08 09:00:00"
        )
        self.on_day(5, lead, stage_id=self.stage_qualified.id)
        rows = self.backfill(lead)
        self.assert_rows(
            rows,
            [
                (0, "created", "lead", NEW, "open"),
                (2, "forward", "opportunity", NEW, "open"),
                (5, "forward", "opportunity", QUALIFIED, "open"),
            ],
        )
        self.assertFalse(any(rows.mapped("is_gap")))

    def test_an_opportunity_stamped_as_it_was_created_was_born_as_one(self):
        lead = self.make_tracked_lead(type="opportunity")
        self.stamp(lead, date_conversion=0)
        self.assert_rows(self.backfill(lead), [(0, "created", "opportunity", NEW, "open")])

    def test_progress_in_the_log(self):
        self.make_tracked_lead()
        let_history_change(self.env)
        self.env.cr.execute("DELETE FROM crm_stage_transition")
        with self.assertLogs(LOGGER, logging.INFO) as caught:
            self.env["crm.stage.transition"]._backfill()
        self.assertRegex(caught.output[0], r"lead \d+ of \d+: 1 leads, 1 rows, \d+\.\d seconds")
