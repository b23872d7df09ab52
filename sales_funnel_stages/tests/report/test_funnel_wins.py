from datetime import datetime, timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from ...tools.verdict import LOST, OPEN, WON, State
from ..support.case import StageRuleAssertions
from ..support.guard import let_history_change
from .test_funnel_dashboard import TODAY, FunnelDashboardCommon

START = datetime(2026, 8, 3)


@tagged("post_install", "-at_install")
class TestFunnelWins(FunnelDashboardCommon, StageRuleAssertions):
    """A deal is won once, however many stages are won ones."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.delivered, cls.paid = cls.env["crm.stage"].create(
            [{"name": name, "sequence": 80, "is_won": True} for name in ("Delivered", "Paid")]
        )

    def setUp(self):
        super().setUp()
        self.deal = self.make_opportunity("Deal", expected_revenue=1200).with_env(self.env)

    def happen(self, *steps):
        """Let the deal be in stages, as lists of (days since it began, stage, status)."""
        self.histories.replace(
            {
                self.deal: [
                    (START + timedelta(days=day), State(True, stage.id, status=status))
                    for day, stage, status in steps
                ]
            }
        )

    def won(self, first, last):
        """Return what the dashboard says of a period: won, days to win, customers."""
        found = self.get_dashboard(period=(first, last))
        velocity = found["velocity"]["now"]
        customers = sum(row["customers"] for row in found["trend"]["rows"])
        [step] = [step for step in found["steps"] if step["type"] == "customer"]
        self.assertEqual(step["now"]["reached"], velocity["won"])
        self.assertEqual(customers, velocity["won"])
        return velocity["won"], velocity["cycle_days"]

    def test_of_three_months_it_is_won_in_one(self):
        self.happen(
            (0, self.stage_new, OPEN),
            (10, self.stage_won, WON),
            (35, self.delivered, WON),
            (65, self.paid, WON),
        )
        self.assertEqual(self.won("2026-08-01", "2026-08-31"), (1, 10))
        self.assertEqual(self.won("2026-09-01", "2026-09-30"), (0, None))
        self.assertEqual(self.won("2026-10-01", "2026-10-31"), (0, None))
        velocity = self.get_dashboard(period=("2026-08-01", "2026-10-31"))["velocity"]["now"]
        self.assertEqual((velocity["won"], velocity["value"]), (1, 120))

    def test_who_is_won_anew_is_won_twice(self):
        self.happen(
            (0, self.stage_new, OPEN),
            (10, self.stage_won, WON),
            (35, self.stage_won, LOST),
            (40, self.delivered, WON),
        )
        self.assertEqual(self.won("2026-08-01", "2026-08-31"), (1, 10))
        self.assertEqual(self.won("2026-09-01", "2026-09-30"), (1, 40))

    def test_after_a_gap(self):
        """Reconstructed rows have both statuses, too."""
        self.happen(
            (0, self.stage_new, OPEN),
            (10, self.stage_won, WON),
            (35, self.delivered, WON),
        )
        let_history_change(self.env)
        self.env.cr.execute(
            SQL(
                "UPDATE crm_stage_transition SET is_gap = TRUE, is_reconstructed = TRUE"
                " WHERE id = ANY(%s)",
                self.rows(self.deal)[1:].ids,
            )
        )
        self.env.invalidate_all()
        self.assertEqual(self.won("2026-08-01", "2026-08-31"), (1, 10))
        self.assertEqual(self.won("2026-09-01", "2026-09-30"), (0, None))

    def test_rows_are_right_as_they_are_recorded(self):
        self.deal.action_set_won()
        self.assertIn("Won", self.rows(self.deal)[-1].summary)
        self.deal.stage_id = self.delivered
        self.assert_step(self.deal, from_status="won", to_status="won")
        self.assertIn("oved to Delivered", self.rows(self.deal)[-1].summary)
        self.assertEqual(self.won("2026-11-01", "2026-11-24")[0], 1)
        won = [("to_status", "=", "won"), ("from_status", "!=", "won")]
        self.assertEqual(len(self.rows(self.deal).filtered_domain(won)), 1)

    def test_a_stage_that_becomes_a_won_one(self):
        """And one that was won and is open again: as crm moves what is in it."""
        self.deal.stage_id = self.stage_proposition
        self.stage_proposition.is_won = True
        self.assertEqual(self.deal.won_status, "won")
        self.assertEqual(self.won("2026-11-01", "2026-11-24")[0], 1)
        names = [
            (step["name"], step["is_beside"])
            for step in self.get_dashboard()["steps"]
            if step["now"]["reached"]
        ]
        self.assertEqual(
            names,
            [("New", False), ("Qualified", False), ("Customer", False), ("Proposition", True)],
        )

    def test_the_quarters_are_compared_by_what_was_won_in_each(self):
        self.happen(
            (0, self.stage_new, OPEN),
            (10, self.stage_won, WON),
            (65, self.delivered, WON),
        )
        velocity = self.get_dashboard(period=("2026-10-01", str(TODAY.date()), 3))["velocity"]
        self.assertEqual((velocity["before"]["won"], velocity["now"]["won"]), (1, 0))
