from datetime import datetime
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from ..support.guard import let_history_change
from ..support.maven_dates import tell_dates
from ..support.maven_files import MavenFiles
from ..support.maven_people import MavenPeople
from ..support.rules_figures_case import RulesFiguresAssertions

# each 29th deal of the data set, with all that is odd about it
FOLDER = Path(__file__).parents[1] / "data" / "maven_crm"


@tagged("post_install", "-at_install")
class TestFunnelMaven(TransactionCase, RulesFiguresAssertions):
    """The figures of a real pipeline that went through the gate, at the dates of its files.

    The same of all its deals is asked by ``make import-example``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what the database has besides is of another time
        cls.env["crm.lead"].with_context(active_test=False).search([]).unlink()
        let_history_change(cls.env)
        cls.env.cr.execute("DELETE FROM crm_stage_transition")
        cls.env.cr.execute("DELETE FROM crm_stage_refusal")
        files = MavenFiles(FOLDER)
        cls.deals = files.deals
        cls.maven = MavenPeople(cls.env, files)
        cls.maven.import_master_data()
        cls.maven.import_leads()
        cls.maven.go()
        cls.leads = cls.maven.leads(cls.deals)
        cls._record_refusals()
        tell_dates(cls.env, cls.deals, cls.leads)

    @classmethod
    def _record_refusals(cls):
        """Do what Odoo does where a transaction is committed."""
        cls.env.flush_all()
        cls.registry_enter_test_mode_cls()
        cls.env.cr.postcommit.run()
        cls.env.invalidate_all()

    def test_report(self):
        stays = self.assert_funnel()
        self.assertGreater(len(stays), 3 * len(self.deals))

    def test_dashboard(self):
        self.assert_dashboards()

    def test_dashboard_of_a_team(self):
        team = self.leads[0].team_id
        self.assert_dashboards([("team_id", "=", team.id)], lambda each: each.team_id == team.id)

    def test_dashboard_of_an_agent(self):
        agent = self.leads[0].user_id
        self.assert_dashboards(
            [("lead_ref", ">", 0)], lambda each: each.user_id == agent.id, user=agent
        )

    def test_worth(self):
        verdicts = self.assert_worth()
        self.assertGreater(len(verdicts), 1, "all criteria are worth the same")
        team = self.leads[0].team_id
        self.assert_worth([("team_id", "=", team.id)], lambda step: step.team_id == team.id)
        since = datetime(2017, 7, 1)
        self.assert_worth([("date", ">=", since)], lambda step: step.date >= since)

    def test_gate(self):
        moves = self.assert_gate(self._is_budget_known)
        self.assertEqual({move.outcome for move in moves}, {"held_back", "guided", "overridden"})
        self.assertEqual(
            {move.result for move in moves},
            {None, "passed", "waiting", "owing", "overdue", "made_good", "dropped"},
        )

    def _is_budget_known(self, lead_id, criterion_id):
        """Tell whether a lead meets the one criterion that was overridden."""
        budget = self.env.ref("sales_funnel_stages.criterion_bant_budget")
        self.assertEqual(criterion_id, budget.id)
        lead = self.env["crm.lead"].browse(lead_id)
        is_confirmed = lead.budget_status == "confirmed" and lead.budget_amount > 0
        return lead.budget_status == "estimated" or is_confirmed

    def test_stuck(self):
        self.assertTrue(0 < self.assert_stuck() < len(self.deals))

    def test_against_the_files(self):
        """What a person counts in the spreadsheet."""
        domain = [("lead_id", "in", self.leads.ids)]
        found = {
            (type_, stage.name): figures
            for type_, stage, *figures in self.env["crm.funnel.report"]._read_group(
                domain,
                ["step_type", "stage_id"],
                [
                    "reached:count_distinct",
                    "converted:count_distinct",
                    "lost:sum",
                    "still_here:sum",
                ],
            )
        }
        stages = [deal.stage for deal in self.deals]
        all_, won, lost = len(stages), stages.count("Won"), stages.count("Lost")
        engaging, new = stages.count("Engaging"), stages.count("Prospecting")
        not_engaged = sum(not deal.engaged for deal in self.deals)
        self.assertEqual(new, not_engaged)
        self.assertEqual(
            found,
            {
                ("lead", False): [all_, all_, 0, 0],
                ("opportunity", "New"): [all_, all_ - new, 0, new],
                ("opportunity", "Qualified"): [all_ - new, won, lost, engaging],
                ("opportunity", "Proposition"): [won, won, 0, 0],
                ("customer", "Won"): [won, 0, 0, won],
            },
        )
