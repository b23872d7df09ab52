from odoo import fields
from odoo.tests import TransactionCase, tagged

MODULE = "sales_funnel_stages"


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The demo data: a year of two teams, in which every way to move a deal is to be seen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.projects = cls.env.ref(f"{MODULE}.demo_team_projects")
        teams = cls.projects + cls.env.ref(f"{MODULE}.demo_team_accounts")
        lead_model = cls.env["crm.lead"].with_context(active_test=False)
        cls.deals = lead_model.search([("team_id", "in", teams.ids)])
        cls.steps = cls.env["crm.stage.transition"].search([("lead_id", "in", cls.deals.ids)])

    def test_the_impact_of_a_team_says_something(self):
        impact = self.projects.stage_rule_impact
        self.assertGreaterEqual(impact["open"], 30)
        self.assertTrue(0 < impact["held_back"] < impact["open"] / 2, impact["summary"])
        self.assertTrue(0 < impact["wins_unmet"] < impact["wins"] / 2, impact["wins_summary"])

    def test_what_qualification_is_worth_says_something(self):
        for user in (self.env.ref("base.user_admin"), self.env.ref(f"{MODULE}.demo_user_nora")):
            worth = self.env["crm.criterion.worth"].with_user(user)
            rows = worth.get_worth([("is_framework_in_use", "=", True)])
            verdicts = [row["verdict"] for row in rows]
            self.assertLessEqual({"predicts", "no_difference", "too_little"}, set(verdicts))

    def test_the_history_is_a_year_of_real_moves(self):
        self.assertFalse(any(self.steps.mapped("is_reconstructed")))
        today = fields.Datetime.now()
        self.assertLess(max(self.steps.mapped("date")), today)
        self.assertGreater((today - min(self.steps.mapped("date"))).days, 300)
        for deal, steps in self.steps.grouped("lead_id").items():
            dates = steps.sorted("id").mapped("date")
            self.assertEqual(dates, sorted(dates), deal.name)
            self.assertEqual(deal.create_date, dates[0], deal.name)

    def test_each_verdict_and_direction_is_there(self):
        self.assertEqual(
            set(self.steps.mapped("verdict")), {"passed", "guided", "overridden", "approved"}
        )
        self.assertEqual(
            set(self.steps.mapped("direction")),
            {"created", "forward", "skipped", "backward", "lost"},
        )

    def test_deals_are_dated_as_their_history(self):
        for deal in self.deals.filtered(lambda lead: lead.won_status != "pending"):
            last = deal.transition_ids.sorted("id")[-1]
            self.assertEqual(deal.date_closed, last.date, deal.name)

    def test_answers_grow_old_and_are_kept_back(self):
        answers = self.deals.qualification_answer_ids
        self.assertTrue(any(answers.mapped("is_expired")))
        self.assertFalse(all(answers.mapped("is_expired")))
        self.assertIn("undisclosed", answers.mapped("answer"))

    def test_requests_wait_and_a_plan_has_started(self):
        self.assertIn("pending", self.deals.stage_request_ids.mapped("state"))
        self.assertEqual(len(self.deals.filtered("conversion_plan_id")), 1)

    def test_nobody_is_written_to(self):
        mails = self.env["mail.mail"].sudo().search([("model", "=", "crm.lead")])
        self.assertFalse(set(mails.mapped("res_id")) & set(self.deals.ids))

    def test_nothing_contradicts_itself(self):
        """No deal is expected to close before its customer is ready to buy."""
        deals = self.env["crm.lead"].search(
            [("type", "=", "opportunity"), ("won_status", "=", "pending")]
        )
        self.assertTrue(self.deals & deals)
        self.assertFalse(deals.filtered("expectation_doubts").mapped("name"))
