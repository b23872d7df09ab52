from datetime import timedelta

from odoo.tests import tagged

from ..support.backfill_common import NEW, PROPOSITION, QUALIFIED, START, WON, BackfillCommon

# what says how a row came into the ledger, and by which rules it was judged
OF_RECORDING = {
    *("id", "is_reconstructed", "verdict", "policy", "rules_version", "receipt", "met_by"),
    *("unmet_criterion_ids", "summary", "missing", "by_user_id", "by_user_name"),
    *("hash", "frozen_ids", "salts", "date_deadline", "next_activity_date"),
}


@tagged("post_install", "-at_install")
class TestBackfillPast(BackfillCommon):
    """What was imported with its dates before the addon was there, happened on these dates."""

    def make_imported(self, status="open", **days):
        """Create an opportunity with dates of the past, as a sales administrator.

        :param days: of each date
        """
        values = {
            "open": {"stage_id": self.stage_qualified.id},
            "won": {"stage_id": self.stage_won.id},
            "lost": {"stage_id": self.stage_qualified.id, "active": False, "probability": 0},
        }[status]
        dates = {name: START + timedelta(days=day) for name, day in days.items()}
        lead = self.make_lead("Past", self.manager, **{"type": "opportunity", **values, **dates})
        self.env.flush_all()
        self.env.cr.precommit.run()
        return lead.with_user(self.env.user).with_context(tracking_disable=False)

    def test_as_if_it_had_been_there(self):
        """The rows are those of an import into a database with the addon."""
        for status, days in (
            ("won", {"date_conversion": 4, "date_closed": 9}),
            ("won", {"date_closed": 9}),
            ("lost", {"date_conversion": 4, "date_closed": 9}),
            ("lost", {"date_closed": 9}),
            ("open", {"date_conversion": 4}),
        ):
            with self.subTest(status, days=days):
                lead = self.make_imported(status, **days)
                recorded = self.read_rows(self.ledger_of(lead))
                self.assertTrue(all(row["is_imported"] for row in recorded))
                rows = self.backfill(lead)
                self.assertEqual(self.read_rows(rows), recorded)
                self.assertTrue(all(rows.mapped("is_reconstructed")))

    def read_rows(self, rows):
        return [
            {name: value for name, value in row.items() if name not in OF_RECORDING}
            for row in rows.read(load=False)
        ]

    def test_a_lead_that_was_lost(self):
        lead = self.make_imported("lost", date_closed=9)
        lead.with_context(tracking_disable=True).type = "lead"
        self.assert_rows(
            self.backfill(lead),
            [(9, "created", "lead", QUALIFIED, "open"), (9, "lost", "lead", QUALIFIED, "lost")],
        )

    def test_what_happened_since(self):
        """It was open when it came, and was closed here."""
        lead = self.make_imported(date_conversion=4)
        self.stamp(lead, create_date=60)
        self.on_day(63, lead, stage_id=self.stage_proposition.id)
        self.on_day(65, lead, stage_id=self.stage_won.id)
        rows = self.backfill(lead)
        self.assert_rows(
            rows,
            [
                (4, "created", "lead", NEW, "open"),
                (4, "forward", "opportunity", QUALIFIED, "open"),
                (63, "forward", "opportunity", PROPOSITION, "open"),
                (65, "forward", "opportunity", WON, "won"),
            ],
        )
        self.assertEqual(rows.mapped("is_imported"), [True, True, False, False])

    def test_won_and_delivered_since(self):
        """A sibling: the stage in which it was won is that of the import."""
        delivered = self.env["crm.stage"].create({"name": "Delivered", "is_won": True})
        lead = self.make_imported("won", date_closed=9)
        self.stamp(lead, create_date=60)
        self.on_day(63, lead, stage_id=delivered.id)
        self.assertEqual(lead.date_closed, START + timedelta(days=9))
        rows = self.backfill(lead)
        self.assertEqual(rows.mapped("to_stage_name"), [NEW, WON, "Delivered"])
        self.assertEqual([(row.date - START).days for row in rows], [9, 9, 63])
        self.assertEqual(rows.mapped("is_imported"), [True, True, False])

    def test_a_team_of_its_own_stages(self):
        """Where what was won began is where its team starts."""
        team = self.make_team("Others", "off")
        stage = self.env["crm.stage"].create({"name": "Demo", "sequence": 0, "team_ids": team.ids})
        lead = self.make_imported("won", date_closed=9)
        other = self.make_lead(
            "Theirs",
            self.manager,
            type="opportunity",
            user_id=False,
            team_id=team.id,
            stage_id=self.stage_won.id,
            date_closed=START,
        )
        rows = self.backfill(lead, other)
        began = rows.filtered(lambda row: row.direction == "created")
        self.assertEqual(began.to_stage_id, self.stage_new + stage)

    def test_a_copy_is_no_import(self):
        """To a copy Odoo gives the date on which its original was converted."""
        original = self.make_tracked_lead()
        self.on_day(2, original, type="opportunity")
        self.stamp(original, date_conversion=2)
        copy = original.copy({"name": "Another deal"})
        self.stamp(copy, create_date=60, date_conversion=2)
        rows = self.backfill(original, copy).filtered(lambda row: row.lead_id == copy)
        self.assert_rows(rows, [(60, "created", "opportunity", NEW, "open")])
        self.assertFalse(rows.is_imported)

    def test_a_copy_of_an_import(self):
        """A sibling: the original was not converted here."""
        original = self.make_imported(date_conversion=4)
        copy = original.copy()
        self.stamp(original, create_date=50)
        self.stamp(copy, create_date=60, date_conversion=4)
        rows = self.backfill(original, copy)
        self.assertEqual(
            rows.filtered("is_imported").mapped("lead_id").ids, original.ids, "not the copy"
        )

    def test_two_imports_of_a_day(self):
        """What came with others of the same date and name is no copy of them."""
        leads = self.make_imported(date_conversion=4) + self.make_imported(date_conversion=4)
        rows = self.backfill(*leads)
        self.assertEqual(rows.filtered("is_imported").lead_id, leads)

    def test_dates_that_contradict_each_other(self):
        """What cannot be is left out: it was not converted after it was closed."""
        lead = self.make_imported("lost", date_closed=9)
        self.stamp(lead, date_conversion=20)
        self.assert_rows(
            self.backfill(lead),
            [
                (9, "created", "opportunity", QUALIFIED, "open"),
                (9, "lost", "opportunity", QUALIFIED, "lost"),
            ],
        )

    def test_closed_before_it_was_opened_here(self):
        """Tracked changes of the status say more than a date."""
        lead = self.make_imported()
        self.stamp(lead, create_date=60)
        self.on_day(63, lead, active=False, probability=0)
        self.stamp(lead, date_closed=9)
        self.assert_rows(
            self.backfill(lead),
            [
                (60, "created", "opportunity", QUALIFIED, "open"),
                (63, "lost", "opportunity", QUALIFIED, "lost"),
            ],
        )
