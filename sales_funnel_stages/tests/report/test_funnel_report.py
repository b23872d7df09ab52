from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from ...tools.rulebook import GUIDE
from ..support.funnel_case import AGGREGATES
from ..support.funnel_common import FunnelReportCommon
from ..support.guard import let_history_change


@tagged("post_install", "-at_install")
class TestFunnelReport(FunnelReportCommon):
    """The order of the report, and figures that are easily wrong."""

    # ------------------------------------------------------------------
    # Order
    # ------------------------------------------------------------------

    def test_steps_are_in_the_order_of_the_funnel(self):
        expected = [
            ("lead", ""),
            ("opportunity", "New"),
            ("opportunity", "Qualified"),
            ("opportunity", "Proposition"),
            ("customer", "Won"),
            ("outside", "On hold"),
        ]
        self.assertEqual(self.labels("step_type", "stage_id"), expected)
        down = self.labels("step_type", "stage_id", order="step_type desc, stage_id desc")
        self.assertEqual(down, expected[::-1])
        [pivot] = self.report.formatted_read_grouping_sets(
            self.domain, [["step_type", "stage_id"]], ["entered:sum"]
        )
        self.assertEqual([group["step_type"] for group in pivot], [step for step, _ in expected])
        self.assertEqual(
            [group["stage_id"] and group["stage_id"][1] or "" for group in pivot],
            [stage for _step, stage in expected],
        )

    def test_stages_are_in_the_order_of_the_pipeline(self):
        """Neither by name, nor is a won stage before others, whatever its sequence."""
        self.stage_won.sequence = 0
        (self.stage_new + self.stage_qualified).sequence = 2
        expected = ["New", "Qualified", "Proposition", "Won", "On hold", ""]
        self.stage_new.name = "Zero"
        self.assertEqual(self.labels("stage_id"), [(name,) for name in ["Zero", *expected[1:]]])
        rows = self.report.search(self.domain, order="stage_id desc, id")
        self.assertEqual(rows[0].step_type, "lead")
        self.assertEqual(rows[-1].stage_id.name, "Zero")

    def test_outcomes_are_in_their_order(self):
        self.lead.convert_opportunity(False)
        self.deals[-1].action_set_lost()
        self.assertEqual(self.labels("outcome"), [("advanced",), ("lost",), ("here",)])
        rows = self.report.search(self.domain, order="outcome")
        self.assertEqual(rows.mapped("outcome")[:2], ["advanced", "lost"])

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def test_without_any_row(self):
        nothing = [("lead_ref", "=", -1)]
        self.assertFalse(self.report._read_group(nothing, ["step_type"], [*AGGREGATES.values()]))
        [figures] = self.report._read_group(nothing, [], [*AGGREGATES.values()])
        self.assertFalse(any(figures))

    def test_a_rate_can_be_ordered_by_and_asked_for(self):
        (self.lead + self.deals[-1]).write({"type": "opportunity", "stage_id": self.stage_won.id})
        groups = self.report._read_group(
            self.domain,
            ["stage_id"],
            ["conversion_rate:ratio"],
            having=[("conversion_rate:ratio", ">", 0)],
            order="conversion_rate:ratio, stage_id",
        )
        self.assertEqual(
            [(stage.name, rate) for stage, rate in groups],
            [("New", 50), ("Proposition", 200 / 3), ("Qualified", 100), (False, 100)],
        )

    def test_what_was_not_met(self):
        self.team.stage_rule_policy = GUIDE
        deal = self.lead.with_user(self.manager)
        deal.convert_opportunity(False)
        unmet = self.report._read_group(
            [("lead_ref", "=", self.lead.id), ("unmet_criterion_ids", "!=", False)],
            ["unmet_criterion_ids"],
            ["entered:sum"],
        )
        self.assertEqual(
            dict(unmet),
            {self.criterion(name): 1 for name in ("need", "budget", "timeframe")},
        )
        [row] = self.report.search([("lead_ref", "=", self.lead.id), ("verdict", "=", "guided")])
        self.assertEqual(len(row.unmet_criterion_ids), 3)

    def test_overridden(self):
        deal = self.lead.with_user(self.manager)
        deal.move_with_reason({"type": "opportunity"}, "A friend")
        [[overridden]] = self.report._read_group(self.domain, [], ["overridden:sum"])
        self.assertEqual(overridden, 1)

    def test_what_is_not_tracked_is_not_timed(self):
        """Of a stay before a gap nobody knows how long it was."""
        deal = self.deals[-1]
        deal.stage_id = self.stage_proposition
        first, second = deal.transition_ids.sorted("id")
        self.change_row(second, date=first.date + timedelta(days=3))
        self.assert_stay(first, "advanced", 3)
        self.change_row(second, is_gap=True)
        self.assert_stay(first, "advanced", 0)
        self.change_row(second, from_status="lost", direction="reopened")
        self.assert_stay(first, "lost", 0)

    def change_row(self, row, **values):
        """Change a row of the ledger, which nobody can but in SQL."""
        columns = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()
        )
        let_history_change(self.env)
        self.env.execute_query(
            SQL("UPDATE crm_stage_transition SET %s WHERE id = %s RETURNING id", columns, row.id)
        )
        self.env.invalidate_all()

    def assert_stay(self, row, outcome, days):
        stay = self.report.browse(row.id)
        self.assertEqual((stay.outcome, stay.days_in_step), (outcome, days))
        self.assert_funnel(groupings=((),))

    def test_a_lead_among_stages_is_but_a_lead(self):
        """Odoo has leads in stages, too, and moves them about."""
        self.lead.stage_id = self.stage_proposition
        rows = self.report.search([("lead_ref", "=", self.lead.id)])
        self.assertEqual(rows.mapped("outcome"), ["here"])
        self.assertFalse(rows.stage_id)
        self.assert_funnel(groupings=((),))

    def test_a_stage_that_is_gone(self):
        stage = self.env["crm.stage"].create({"name": "Passing", "sequence": 2})
        self.deals[-1].stage_id = stage
        self.deals[-1].stage_id = self.stage_new
        stage.unlink()
        self.assertIn(("opportunity", ""), self.labels("step_type", "stage_id"))
        self.assert_funnel(groupings=((), ("step_type", "stage_id")))

    def test_money_is_the_company_s(self):
        euro, dollar = self.env.ref("base.EUR"), self.env.ref("base.USD")
        currency = euro if self.env.company.currency_id == dollar else dollar
        company = self.env["res.company"].create({"name": "Abroad", "currency_id": currency.id})
        lead = self.make_lead(user_id=False, team_id=False, company_id=company.id)
        rows = self.report.search([("lead_ref", "in", [lead.id, self.lead.id])], order="id")
        self.assertEqual(rows.company_currency, self.env.company.currency_id + currency)
        # as the pivot asks for it
        [[_value, currencies]] = self.report._read_group(
            [("id", "in", rows.ids)],
            [],
            ["expected_revenue:sum_currency", "company_currency:array_agg_distinct"],
        )
        self.assertEqual(set(currencies), set(rows.company_currency.ids))
