from contextlib import suppress

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..support.case import StageRuleAssertions
from ..support.common import StageRuleCommon
from ..support.guard import let_history_change
from ..support.history_marks import made_up_history


@tagged("post_install", "-at_install")
class TestPastStage(StageRuleCommon, StageRuleAssertions):
    """Of a stage that was deleted, the history knows what it was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.stage = cls.env["crm.stage"].create(
            {"name": "Demo", "sequence": 7, "team_ids": [Command.set(cls.team.ids)]}
        )
        cls.stage.with_context(lang="fr_FR").name = "Démonstration"
        cls.past = cls.env["crm.stage.past"]
        cls.deal = cls.make_opportunity("Deal").with_env(cls.env)

    def find_past(self, stage_id):
        return self.past.search([("stage_ref", "=", stage_id)])

    def test_what_is_kept(self):
        self.deal.stage_id = self.stage
        self.deal.stage_id = self.stage_new
        stage_id = self.stage.id
        self.stage.unlink()
        past = self.find_past(stage_id)
        self.assertEqual((past.name, past.sequence), ("Demo", 7))
        self.assertEqual(past.with_context(lang="fr_FR").name, "Démonstration")
        self.assertEqual(past.team_ids, self.team)
        self.assertFalse(past.is_won or past.is_outside_pipeline)
        entered, left = self.rows(self.deal)[-2:]
        self.assertEqual((entered.to_past_stage_id, left.from_past_stage_id), (past, past))
        self.assertFalse(entered.to_stage_id or left.from_stage_id)
        self.assertEqual((entered.to_stage_name, left.from_stage_name), ("Demo", "Demo"))
        self.assertFalse(entered.from_past_stage_id or left.to_past_stage_id)

    def test_where_nobody_has_been_nothing_is_kept(self):
        stage_id = self.stage.id
        self.stage.unlink()
        self.assertFalse(self.find_past(stage_id))

    def test_a_won_stage(self):
        """A sibling: a deal that was won there is a customer all the same."""
        self.stage.is_won = True
        self.deal.stage_id = self.stage
        self.deal.stage_id = self.stage_won
        stage_id = self.stage.id
        self.stage.unlink()
        self.assertTrue(self.find_past(stage_id).is_won)
        report = self.env["crm.funnel.report"]
        [stay] = report.search([("lead_id", "=", self.deal.id), ("step_type", "=", "customer")])
        self.assertEqual(stay.funnel_stage_id.name, "Demo")
        self.assertFalse(stay.stage_id)
        self.assertEqual(stay.funnel_stage_id.with_context(lang="fr_FR").name, "Démonstration")

    def test_one_outside_the_pipeline(self):
        self.stage.is_outside_pipeline = True
        self.deal.stage_id = self.stage
        self.deal.stage_id = self.stage_new
        self.stage.unlink()
        groups = self.env["crm.funnel.report"]._read_group(
            [("lead_id", "=", self.deal.id)], ["step_type", "funnel_stage_id"], ["entered:sum"]
        )
        self.assertEqual(
            [(type_, stage.name, entered) for type_, stage, entered in groups],
            [("opportunity", "New", 2), ("outside", "Demo", 1)],
        )

    def test_what_may_not_be_deleted_is_not_kept(self):
        """Whoever swallows the error, and commits."""
        self.deal.stage_id = self.stage
        with suppress(UserError):
            self.stage.unlink()
        self.assertTrue(self.stage.exists())
        self.assertFalse(self.find_past(self.stage.id))
        self.deal.stage_id = self.stage_new
        with suppress(AccessError):
            self.stage.with_user(self.rep).unlink()
        self.assertTrue(self.stage.exists())
        self.assertFalse(self.find_past(self.stage.id))
        self.assertEqual(self.rows(self.deal)[-1].from_stage_id, self.stage)

    @made_up_history("stages are taken from rows as the database did before they were kept")
    def test_of_before_only_the_name_is_known(self):
        self.deal.stage_id = self.stage
        self.deal.stage_id = self.stage_proposition
        other = self.make_opportunity("Other", self.stage_qualified).with_env(self.env)
        self.env.flush_all()
        let_history_change(self.env)
        self.env.cr.execute(
            "UPDATE crm_stage_transition SET to_stage_id = NULL WHERE to_stage_id = %(id)s;"
            "UPDATE crm_stage_transition SET from_stage_id = NULL WHERE from_stage_id = %(id)s",
            {"id": self.stage.id},
        )
        let_history_change(self.env)
        self.env.cr.execute(
            "UPDATE crm_stage_transition SET to_stage_id = NULL, to_stage_name = 'Discovery'"
            " WHERE lead_ref = %s",
            [other.id],
        )
        self.env.invalidate_all()
        self.past._keep_named()
        self.past._keep_named()
        found = self.past.search([("stage_ref", "=", False)])
        self.assertEqual(sorted(found.mapped("name")), ["Demo", "Discovery"])
        entered, left = self.rows(self.deal)[-2:]
        self.assertEqual(entered.to_past_stage_id.name, "Demo")
        self.assertEqual(left.from_past_stage_id, entered.to_past_stage_id)
        self.assertEqual(self.rows(other).to_past_stage_id.name, "Discovery")
        # where it was is not known: what was skipped is told by the next step
        groups = self.env["crm.funnel.report"]._read_group(
            [("lead_id", "=", self.deal.id)], ["funnel_stage_id"], ["entered:sum", "skipped:sum"]
        )
        self.assertEqual(
            [(stage.name, *figures) for stage, *figures in groups],
            [("New", 1, 0), ("Qualified", 0, 1), ("Proposition", 1, 0), ("Demo", 1, 0)],
        )
