import importlib.util
from pathlib import Path

from odoo.tests import Form, tagged

from ..support.backfill_common import BackfillCommon
from ..support.case import StageRuleAssertions
from ..support.common import LeadsInUseCommon
from ..support.guard import let_history_change
from ..support.history_marks import made_up_history

MIGRATION = Path(__file__).parents[2] / "migrations/19.0.5.0.0/post-figures.py"


class LostReasonCommon(LeadsInUseCommon, StageRuleAssertions):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.price, cls.time = cls.env["crm.lost.reason"].create(
            [{"name": "Price"}, {"name": "Time"}]
        )

    def losses(self, lead):
        """Return why each row says that a lead was lost."""
        rows = self.rows(lead).filtered(lambda row: row.to_status == "lost")
        return [(row.lost_reason_id, row.lost_reason_name) for row in rows]


@tagged("post_install", "-at_install")
class TestLostReason(LostReasonCommon):
    """Why a lead was lost is kept by its row, and told by it."""

    def test_the_wizard(self):
        opportunity, lead = self.make_opportunity(), self.make_lead()
        # archived is lost at once, before Odoo writes the reason
        hopeless = self.make_opportunity("Hopeless", probability=0)
        leads = opportunity + lead + hopeless
        wizard = Form(
            self.env["crm.lead.lost"].with_user(self.rep).with_context(default_lead_ids=leads.ids)
        )
        wizard.lost_reason_id = self.price
        wizard.save().action_lost_reason_apply()
        for each in leads:
            self.assertEqual(each.won_status, "lost")
            self.assertEqual(self.losses(each), [(self.price, "Price")], each.name)

    def test_whatever_becomes_of_it(self):
        """Neither restoring nor another loss, for another reason or for none, changes a row."""
        opportunity = self.make_opportunity().with_user(self.env.user)
        opportunity.action_set_lost(lost_reason_id=self.price.id)
        opportunity.action_unarchive()
        self.assertEqual(self.losses(opportunity), [(self.price, "Price")])
        opportunity.action_set_lost(lost_reason_id=self.time.id)
        opportunity._revisit()
        self.assertEqual(opportunity.lost_reason_id, self.time, "a revisit clears none")
        opportunity.action_set_lost(lost_reason_id=False)
        opportunity.lost_reason_id = self.price
        self.assertEqual(
            self.losses(opportunity),
            [
                (self.price, "Price"),
                (self.time, "Time"),
                (self.env["crm.lost.reason"], False),
            ],
        )

    def test_other_ways_to_lose(self):
        written = self.make_opportunity("Written")
        written.write({"active": False, "probability": 0, "lost_reason_id": self.time.id})
        created = self.make_opportunity(
            "Created", active=False, probability=0, lost_reason_id=self.time.id
        )
        for each in written + created:
            self.assertEqual(each.won_status, "lost", each.name)
            self.assertEqual(self.losses(each), [(self.time, "Time")], each.name)

    def test_what_is_lost_and_moves_on_is_not_lost_anew(self):
        opportunity = self.make_opportunity().with_user(self.env.user)
        opportunity.action_set_lost(lost_reason_id=self.price.id)
        opportunity.stage_id = self.stage_qualified
        self.assert_step(opportunity, from_status="lost", to_status="lost", lost_reason_name=False)

    def test_a_reason_that_is_renamed_and_deleted(self):
        opportunity = self.make_opportunity().with_user(self.env.user)
        opportunity.action_set_lost(lost_reason_id=self.price.id)
        row = self.rows(opportunity)[-1]
        self.assertIn("arked as lost: Price by", row.summary)
        self.price.name = "Budget"
        row.invalidate_recordset()
        self.assertIn("arked as lost: Price by", row.summary, "as it was called then")
        opportunity.action_unarchive()
        self.price.unlink()
        row.invalidate_recordset()
        self.assertEqual((row.lost_reason_id.id, row.lost_reason_name), (False, "Price"))
        self.assertIn("arked as lost: Price by", row.summary)

    def test_it_is_told_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.price.with_context(lang="fr_FR").name = "Prix"
        opportunity = self.make_opportunity().with_user(self.env.user)
        opportunity.action_set_lost(lost_reason_id=self.price.id)
        row = self.rows(opportunity)[-1].with_context(lang="fr_FR")
        self.assertIn("Prix", row.summary)


@made_up_history("rows of before there was a lost reason in them")
@tagged("post_install", "-at_install")
class TestLostReasonOfThePast(BackfillCommon, LostReasonCommon):
    """What was lost before rows kept why."""

    def test_what_odoo_tracked(self):
        lead = self.make_tracked_lead(type="opportunity")
        lost = {"active": False, "probability": 0}
        self.on_day(1, lead, **lost, lost_reason_id=self.price.id)
        self.on_day(2, lead, active=True, lost_reason_id=False)
        self.on_day(3, lead, **lost)
        self.on_day(4, lead, active=True)
        self.on_day(5, lead, **lost, lost_reason_id=self.time.id)
        self.backfill(lead)
        nothing = self.env["crm.lost.reason"]
        self.assertEqual(
            self.losses(lead), [(self.price, "Price"), (nothing, False), (self.time, "Time")]
        )

    def test_what_nobody_tracked(self):
        """The last loss of a lead that has been lost since: it says why itself."""
        lead = self.make_tracked_lead(type="opportunity")
        lost = {"active": False, "probability": 0, "lost_reason_id": self.price.id}
        self.on_day(1, lead, tracked=False, **lost)
        self.backfill(lead)
        self.assertEqual(self.losses(lead), [(self.price, "Price")])

    def test_a_reason_that_was_deleted(self):
        lead = self.make_tracked_lead(type="opportunity")
        self.on_day(1, lead, active=False, probability=0, lost_reason_id=self.price.id)
        self.on_day(2, lead, active=True, lost_reason_id=False)
        self.price.unlink()
        self.backfill(lead)
        self.assertEqual(self.losses(lead), [(self.env["crm.lost.reason"], "Price")])

    def test_migration(self):
        leads = self.env["crm.lead"].union(
            *(self.make_opportunity(name) for name in ("Lost", "Restored", "Twice", "For none"))
        )
        still, restored, twice, for_none = leads = leads.with_user(self.env.user)
        (still + restored + twice).action_set_lost(lost_reason_id=self.price.id)
        for_none.action_set_lost()
        (restored + twice).action_unarchive()
        twice.action_set_lost(lost_reason_id=self.time.id)
        self.env.flush_all()
        let_history_change(self.env)
        self.env.cr.execute(
            "UPDATE crm_stage_transition SET lost_reason_id = NULL, lost_reason_name = NULL"
        )
        self.env.invalidate_all()
        spec = importlib.util.spec_from_file_location("post_figures", MIGRATION)
        migration = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(migration)
        migration.migrate(self.env.cr, "19.0.4.4.0")
        self.env.invalidate_all()
        nothing = self.env["crm.lost.reason"]
        self.assertEqual(self.losses(still), [(self.price, "Price")])
        self.assertEqual(self.losses(restored), [(nothing, False)])
        self.assertEqual(self.losses(twice), [(nothing, False), (self.time, "Time")])
        self.assertEqual(self.losses(for_none), [(nothing, False)])
