from odoo.tests import tagged

from ..support.backfill_common import NEW, QUALIFIED, WON, BackfillCommon


@tagged("post_install", "-at_install")
class TestBackfillOldSeries(BackfillCommon):
    """Before Odoo 19, whether a lead was won or lost was not tracked."""

    def make_all_old(self):
        """Forget what Odoo 19 tracks besides, and say that all of it was before."""
        self.env.cr.execute(
            """
            DELETE FROM mail_tracking_value
             WHERE field_id IN (SELECT id FROM ir_model_fields
                                 WHERE model = 'crm.lead' AND name = 'won_status')
            """
        )
        self.env.cr.execute(
            "UPDATE ir_model_data SET create_date = '2020-06-01'"
            " WHERE module = 'crm' AND name = 'field_crm_lead__won_status'"
        )

    def test_lost_restored_and_won(self):
        lead = self.make_tracked_lead(type="opportunity")
        self.on_day(1, lead, active=False, probability=0)
        self.on_day(2, lead, active=True, probability=50)
        self.on_day(3, lead, stage_id=self.stage_won.id)
        self.on_day(4, lead, stage_id=self.stage_qualified.id)
        self.on_day(5, lead, active=False, probability=0)
        self.make_all_old()
        rows = self.backfill(lead)
        self.assert_rows(
            rows,
            [
                (0, "created", "opportunity", NEW, "open"),
                (1, "lost", "opportunity", NEW, "lost"),
                (2, "reopened", "opportunity", NEW, "open"),
                (3, "skipped", "opportunity", WON, "won"),
                (4, "backward", "opportunity", QUALIFIED, "open"),
                (5, "lost", "opportunity", QUALIFIED, "lost"),
            ],
        )
        self.assertFalse(any(rows.mapped("is_gap")))

    def test_archived_only(self):
        lead = self.make_tracked_lead(type="opportunity")
        self.on_day(1, lead, active=False, probability=20)
        self.make_all_old()
        self.assert_rows(self.backfill(lead), [(0, "created", "opportunity", NEW, "open")])

    def test_archiving_says_nothing_since_the_status_is_tracked(self):
        lead = self.make_tracked_lead(type="opportunity")
        self.on_day(1, lead, active=False, probability=20)
        self.on_day(2, lead, active=True)
        self.env.cr.execute(
            "UPDATE ir_model_data SET create_date = '2020-01-01'"
            " WHERE module = 'crm' AND name = 'field_crm_lead__won_status'"
        )
        self.assert_rows(self.backfill(lead), [(0, "created", "opportunity", NEW, "open")])
