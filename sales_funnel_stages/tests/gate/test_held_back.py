from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, CONVERT_UNMET, QUALIFIED_UNMET, StageRuleCommon
from ..support.held_back_common import HeldBack

LOGGER = "odoo.addons.sales_funnel_stages.models.ledger.held_back"


@tagged("post_install", "-at_install")
class TestHeldBack(StageRuleCommon, StageRuleAssertions, HeldBack):
    """Each move that the gate refuses is recorded, whatever becomes of its transaction."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_lead("Held", expected_revenue=500)
        cls.deal = cls.make_opportunity("Deal")

    def enter(self, lead, stage):
        return lambda env: lead.with_env(env).write({"stage_id": stage.id})

    def criteria(self, names):
        return {self.criterion(name) for name in names}

    # ------------------------------------------------------------------
    # What a row says
    # ------------------------------------------------------------------

    def test_a_stage(self):
        self.request(self.enter(self.deal, self.stage_qualified))
        row = self.held_back(self.deal)
        self.assertEqual(row.lead_id.id, self.deal.id)
        self.assertEqual(row.lead_name, "Deal")
        self.assertEqual((row.team_id, row.team_name), (self.team, "Enforcers"))
        self.assertEqual((row.user_id, row.by_user_id), (self.rep, self.rep))
        self.assertEqual((row.stage_id, row.stage_name), (self.stage_qualified, "Qualified"))
        self.assertFalse(row.is_conversion)
        self.assertEqual(row.policy, "enforce")
        self.assertEqual(set(row.unmet_criterion_ids), self.criteria(QUALIFIED_UNMET))
        self.assertEqual(self.deal.stage_id, self.stage_new)

    def test_a_conversion(self):
        self.request(lambda env: self.lead.with_env(env).convert_opportunity(False))
        row = self.held_back(self.lead)
        self.assertTrue(row.is_conversion)
        self.assertEqual(row.stage_id, self.stage_new)
        self.assertEqual(row.expected_revenue, 500)
        self.assertEqual(set(row.unmet_criterion_ids), self.criteria(CONVERT_UNMET))

    def test_a_creation(self):
        """There is no lead to refer to, and soon nobody knows what it was to be called."""
        values = {"name": "Never", "type": "opportunity", "team_id": self.team.id}
        for _try in range(2):
            self.request(lambda env: env["crm.lead"].create(values))
        self.request(lambda env: env["crm.lead"].create({**values, "name": "Other"}))
        rows = self.held_back().filtered(lambda row: not row.lead_ref)
        self.assertEqual(rows.mapped("lead_name"), ["Never", "Other"])
        self.assertFalse(rows.lead_id)
        self.assertEqual(rows.team_id, self.team)
        self.env["crm.stage.refusal"]._gc_names()
        self.assertEqual(rows.mapped("lead_name"), ["Never", "Other"])
        self.env.cr.execute("UPDATE crm_stage_refusal SET date = date - INTERVAL '61 minutes'")
        self.env["crm.stage.refusal"]._gc_names()
        self.assertFalse(any(rows.mapped("lead_name")))

    def test_what_the_same_transaction_made(self):
        """Teams and stages that are undone with the move leave their names."""

        def run(env):
            team = env["crm.team"].create(
                {"name": "Short-lived", "stage_rule_policy": "enforce", "use_leads": True}
            )
            self.deal.with_env(env).write({"team_id": team.id, "stage_id": self.stage_qualified.id})

        self.request(run, self.manager)
        row = self.held_back(self.deal)
        self.assertEqual((row.team_id.id, row.team_name), (False, "Short-lived"))

    # ------------------------------------------------------------------
    # What counts
    # ------------------------------------------------------------------

    def test_repeated_tries_count_once(self):
        for _try in range(3):
            self.request(self.enter(self.deal, self.stage_qualified))
        self.assertEqual(len(self.held_back(self.deal)), 1)
        self.request(self.enter(self.deal, self.stage_proposition))
        self.request(self.enter(self.deal, self.stage_qualified), self.manager)
        self.assertEqual(
            [(row.stage_id, row.by_user_id) for row in self.held_back(self.deal)],
            [
                (self.stage_qualified, self.rep),
                (self.stage_proposition, self.rep),
                (self.stage_qualified, self.manager),
            ],
        )
        self.env.cr.execute("UPDATE crm_stage_refusal SET date = date - INTERVAL '61 minutes'")
        self.request(self.enter(self.deal, self.stage_qualified))
        self.assertEqual(len(self.held_back(self.deal)), 4)

    def test_a_swallowed_refusal(self):
        with self.assert_refused(self.deal, QUALIFIED_UNMET):
            self.deal.stage_id = self.stage_qualified
        self.assertFalse(self.held_back(self.deal), "not before the transaction has ended")
        self.end_transaction()
        self.assertEqual(len(self.held_back(self.deal)), 1)
        self.end_transaction()
        self.assertEqual(len(self.held_back(self.deal)), 1)

    def test_previews_do_not_count(self):
        self.deal._judge_move(False, self.stage_qualified)
        self.lead._judge_move(True, self.env["crm.stage"])
        Form(
            self.env["crm.lead2opportunity.partner"]
            .with_user(self.rep)
            .with_context(active_model="crm.lead", active_id=self.lead.id),
            view="crm.view_crm_lead2opportunity_partner",
        )
        self.end_transaction()
        self.assertFalse(self.held_back(self.lead, self.deal))

    def test_what_passes_does_not_count(self):
        self.deal.with_user(self.manager).move_with_reason(
            {"stage_id": self.stage_qualified.id}, "Known for years"
        )
        self.lead.write({**self.answers(CONVERT_ANSWERS), "type": "opportunity"})
        self.deal.with_user(self.env.user).stage_id = self.stage_proposition
        self.assertNotIn("sales_funnel_stages.refusals", self.env.cr.postcommit.data)

    def test_the_dialog_of_a_refused_move(self):
        """Its own try to make the move is the same held-back move."""
        self.request(self.enter(self.deal, self.stage_qualified))
        move = {"stage_id": self.stage_qualified.id}
        self.request(lambda env: self.deal.with_env(env).save_and_move({}, move))
        self.assertEqual(len(self.held_back(self.deal)), 1)

    def test_a_mass_conversion(self):
        good = self.make_lead("Good", partner_name="Good Ltd", **self.answers(CONVERT_ANSWERS))
        leads = self.lead + good
        wizard = (
            self.env["crm.lead2opportunity.partner.mass"]
            .with_user(self.all_rep)
            .with_context(active_model="crm.lead", active_id=leads[0].id, active_ids=leads.ids)
            .create({"name": "convert", "action": "create", "deduplicate": False})
        )
        wizard.action_mass_convert()
        self.assert_moved(good, self.stage_new)
        self.end_transaction()
        row = self.held_back(self.lead, good)
        self.assertEqual((row.lead_id.id, row.by_user_id), (self.lead.id, self.all_rep))

    def test_a_lead_assignment(self):
        self.env["crm.team.member"].search([]).assignment_max = 0
        self.team.crm_team_member_ids[:1].assignment_max = 300
        self.lead.sudo().write({"user_id": False, "date_open": False})
        for _time in range(2):
            self.team.with_user(self.manager).action_assign_leads()
            self.end_transaction()
        row = self.held_back(self.lead)
        self.assertEqual((row.is_conversion, row.by_user_id), (True, self.manager))

    def test_an_import(self):
        self.env["crm.lead"].with_user(self.rep).load(
            ["name", "type", "team_id/.id", "stage_id/.id"],
            [
                [name, "Opportunity", str(self.team.id), str(self.stage_qualified.id)]
                for name in ("One", "Two")
            ],
        )
        self.end_transaction()
        rows = self.held_back().filtered(lambda row: not row.lead_ref)
        self.assertEqual(sorted(rows.mapped("lead_name")), ["One", "Two"])

    def test_a_rehearsal(self):
        with self.env["crm.lead"]._rehearsed(), self.assert_refused(self.deal, QUALIFIED_UNMET):
            self.deal.stage_id = self.stage_qualified
        self.end_transaction()
        self.assertFalse(self.held_back(self.deal))

    # ------------------------------------------------------------------
    # What goes wrong
    # ------------------------------------------------------------------

    def test_a_failure_changes_nothing(self):
        """The refusal says the same; the log says that it is not recorded."""
        with (
            patch(f"{LOGGER}.ADD_REFUSALS", "SELECT no_such_column"),
            self.assertLogs(LOGGER, "WARNING") as logs,
        ):
            self.request(self.enter(self.deal, self.stage_qualified))
        self.assertIn("could not be recorded", logs.output[0])
        self.assertFalse(self.held_back(self.deal))

    def test_a_database_that_takes_nothing_in(self):
        statement = "SET TRANSACTION READ ONLY; DELETE FROM crm_stage_refusal"
        with patch(f"{LOGGER}.ADD_REFUSALS", statement), self.assertNoLogs(LOGGER, "WARNING"):
            self.request(self.enter(self.deal, self.stage_qualified))
        self.assertFalse(self.held_back(self.deal))

    # ------------------------------------------------------------------
    # What becomes of rows
    # ------------------------------------------------------------------

    def test_nobody_changes_them(self):
        self.request(self.enter(self.deal, self.stage_qualified))
        row = self.held_back(self.deal)
        for change in (
            lambda: row.write({"policy": "guide"}),
            row.unlink,
            lambda: row.create({"lead_ref": 1, "date": "2020-01-01", "policy": "guide"}),
        ):
            with self.assertRaisesRegex(UserError, "cannot be changed"):
                change()

    def test_a_deleted_lead(self):
        self.request(self.enter(self.deal, self.stage_qualified))
        row = self.held_back(self.deal)
        self.deal.sudo().unlink()
        self.assertEqual((row.lead_id.id, row.lead_name), (False, False))
        self.assertEqual(row.stage_name, "Qualified")

    def test_merged_leads(self):
        self.request(self.enter(self.deal, self.stage_qualified))
        row = self.held_back(self.deal)
        head = self.make_opportunity("Head", probability=90)
        merged = (head + self.deal).sudo().merge_opportunity()
        self.assertEqual((row.lead_id.id, row.lead_name), (merged.id, "Deal"))
        self.assertEqual(row.lead_ref, self.deal.id)

    def test_who_sees_them(self):
        theirs = self.make_opportunity("Theirs", user=self.manager)
        self.request(self.enter(self.deal, self.stage_qualified))
        self.request(self.enter(theirs, self.stage_qualified), self.manager)
        self.request(
            lambda env: env["crm.lead"].create(
                {"name": "Never", "type": "opportunity", "team_id": self.team.id}
            )
        )

        def seen_by(user):
            rows = self.env["crm.stage.refusal"].with_user(user).search([], order="id")
            return rows.mapped("lead_name")

        self.assertEqual(seen_by(self.rep), ["Deal"])
        self.assertEqual(seen_by(self.all_rep), ["Deal", "Theirs", "Never"])
