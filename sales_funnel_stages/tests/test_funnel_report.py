from contextlib import closing
from datetime import datetime, timedelta

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ..models.crm_lead_move_note import OVERRIDE_KEY
from ..tools.rulebook import GUIDE
from .common import StageRuleCommon
from .funnel_case import AGGREGATES, FunnelAssertions


class FunnelReportCommon(StageRuleCommon, FunnelAssertions):
    """One lead in each step, by OdooBot, whom no rule holds back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["crm.funnel.report"]
        cls.stage_hold = cls.env["crm.stage"].create(
            {"name": "On hold", "sequence": 0, "is_outside_pipeline": True}
        )
        cls.lead = cls.make_lead("A lead").with_env(cls.env)
        cls.deals = cls.env["crm.lead"].union(
            *(
                cls.make_opportunity(stage.name, stage).with_env(cls.env)
                for stage in (
                    cls.stage_won,
                    cls.stage_hold,
                    cls.stage_proposition,
                    cls.stage_new,
                    cls.stage_qualified,
                )
            )
        )
        cls.leads = cls.lead + cls.deals
        cls.domain = [("lead_ref", "in", cls.leads.ids)]

    def labels(self, *names, order=None):
        """Return the values of groups, in the order of the report."""
        groups = self.report._read_group(self.domain, names, ["__count"], order=order)
        return [
            tuple(
                (value.name or "") if hasattr(value, "_ids") else value
                for value in group[: len(names)]
            )
            for group in groups
        ]

    def set_date(self, lead, date):
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE crm_stage_transition SET date = %s WHERE lead_ref = %s RETURNING id",
                date,
                lead.id,
            )
        )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestFunnelReport(FunnelReportCommon):
    """The report, and how the web client reads it."""

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
            {criterion: count for criterion, count in unmet},
            {self.criterion(name): 1 for name in ("need", "budget", "timeframe")},
        )
        [row] = self.report.search([("lead_ref", "=", self.lead.id), ("verdict", "=", "guided")])
        self.assertEqual(len(row.unmet_criterion_ids), 3)

    def test_overridden(self):
        deal = self.lead.with_user(self.manager).with_context(**{OVERRIDE_KEY: "A friend"})
        deal.convert_opportunity(False)
        [[overridden]] = self.report._read_group(self.domain, [], ["overridden:sum"])
        self.assertEqual(overridden, 1)

    def test_what_is_not_tracked_is_not_timed(self):
        """Of a stay before a gap nobody knows how long it was."""
        deal = self.deals[-1]
        deal.stage_id = self.stage_proposition
        rows = deal.transition_ids.sorted("id")
        for is_gap, days in ((False, 3), (True, 0)):
            self.env.execute_query(
                SQL(
                    """
                    UPDATE crm_stage_transition
                       SET is_gap = %s, date = %s WHERE id = %s RETURNING id
                    """,
                    is_gap,
                    rows[0].date + timedelta(days=3),
                    rows[1].id,
                )
            )
            self.env.invalidate_all()
            [row] = self.report.search([("id", "=", rows[0].id)])
            self.assertEqual((row.outcome, row.days_in_step), ("advanced", days))
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

    # ------------------------------------------------------------------
    # How the rows are found
    # ------------------------------------------------------------------

    def test_looked_up_or_sorted(self):
        """A long period is sorted, what is narrow is looked up: see CrmFunnelReport._search."""
        self.set_date(self.lead, datetime(2000, 1, 1))
        now = self.env.cr.now()
        month, decades = now - timedelta(days=30), now - timedelta(days=7300)
        recent = ("date", ">=", month)
        for domain, limit, order, is_sorted in (
            ([], None, None, True),
            ([recent], None, None, False),
            ([("date", ">", str(month)[:19])], None, None, False),
            ([("date", ">=", "today -1m")], None, None, False),
            ([("date", ">=", decades)], None, None, True),
            ([("date", "<=", month)], None, None, True),
            ([("created_date", ">=", month)], None, None, True),
            ([recent, ("date", ">=", decades)], None, None, False),
            (["|", recent, ("date", ">=", decades)], None, None, True),
            (["|", recent, ("stage_id", "!=", False)], None, None, True),
            (["|", recent, "&", recent, ("date", "<", now)], None, None, False),
            ([("stage_id", "=", self.stage_new.id)], None, None, True),
            ([("lead_id", "=", self.lead.id)], None, None, False),
            ([("lead_id", "=", False)], None, None, True),
            ([("lead_ref", "in", self.leads.ids)], None, None, False),
            ([], 80, None, False),
            ([], 80, "date desc", False),
            ([], 80, "stage_id", True),
        ):
            with self.subTest(domain, limit=limit, order=order):
                query = self.report._search(domain, limit=limit, order=order).select()
                self.assertEqual("FIRST_VALUE" in query.code, is_sorted)
                self.assertEqual("LATERAL" in query.code, not is_sorted)

    def test_both_ways_find_the_same(self):
        self.deals[-1].action_set_won()
        self.deals[0].stage_id = self.stage_new
        self.deals[1].unlink()
        self.assert_funnel()

    # ------------------------------------------------------------------
    # The web client
    # ------------------------------------------------------------------

    def test_every_filter_and_group(self):
        """Whatever the search offers can be asked for in a list, as by a manager."""
        report = self.report.with_user(self.manager)
        arch = etree.fromstring(report.get_views([(False, "search")])["views"]["search"]["arch"])
        specs = [*AGGREGATES.values()]
        groups = 0
        for node in arch.iter("filter"):
            with self.subTest(node.get("name")):
                domain = safe_eval(node.get("domain") or "[]", {"uid": self.manager.id})
                report.web_search_read(domain, {"lead_id": {}}, limit=1)
                group = safe_eval(node.get("context") or "{}").get("group_by")
                if group:
                    groups += 1
                    self.assertTrue(report.web_read_group([], [group], specs)["groups"])
        self.assertGreater(groups, 12)

    def test_the_default_period(self):
        self.set_date(self.lead, self.env.cr.now() - timedelta(days=400))
        arch = etree.fromstring(
            self.report.get_views([(False, "search")])["views"]["search"]["arch"]
        )
        [node] = arch.xpath("//filter[@name='last_12_months']")
        found = self.report.search([*self.domain, *safe_eval(node.get("domain"))])
        self.assertEqual(set(found.lead_id), set(self.deals))

    def test_a_row_opens_its_lead(self):
        self.deals[-1].action_set_won()
        for row in self.report.search([("lead_ref", "=", self.deals[-1].id)]):
            action = row.action_open_lead()
            self.assertEqual((action["res_model"], action["res_id"]), ("crm.lead", row.lead_id.id))
        ref = self.deals[-1].id
        self.deals[-1].unlink()
        rows = self.report.search([("lead_ref", "=", ref)])
        self.assertEqual(len(rows), 3)
        for row in rows:
            action = row.action_open_lead()
            self.assertEqual(action["res_model"], "crm.stage.transition")
            entry = self.env["crm.stage.transition"].browse(action["res_id"])
            self.assertEqual((entry.lead_ref, entry.date), (ref, row.date))

    def test_on_a_read_replica(self):
        """Nothing that the views call writes."""
        self.assertTrue(self.report.action_open_lead._readonly)
        self.env.flush_all()
        with closing(self.env.cr.savepoint(flush=False)):
            self.env.cr.execute("SET TRANSACTION READ ONLY")
            report = self.report.with_user(self.manager)
            specs = [*AGGREGATES.values()]
            sets = [["step_type", "stage_id"], ["step_type"], []]
            self.assertTrue(report.formatted_read_grouping_sets([], sets, specs))
            self.assertTrue(report.formatted_read_group([], ["date:month"], specs))
            found = report.web_search_read(self.domain, {"lead_id": {}, "outcome": {}}, limit=1)
            report.browse(found["records"][0]["id"]).action_open_lead()

    # ------------------------------------------------------------------
    # Who reads it
    # ------------------------------------------------------------------

    def test_reps_count_what_they_see(self):
        mine, other = self.make_lead("Mine"), self.make_lead("Other", self.all_rep)
        archived = self.make_lead("Archived")
        deleted = self.make_lead("Gone")
        refs = [mine.id, other.id, archived.id, deleted.id]
        archived.action_archive()
        deleted.sudo().unlink()

        def seen(user):
            report = self.report.with_user(user)
            found = set(report.search([("lead_ref", "in", refs)]).mapped("lead_ref"))
            [[count]] = report._read_group(
                [("lead_ref", "in", refs)], [], ["reached:count_distinct"]
            )
            self.assertEqual(count, len(found))
            return found

        self.assertEqual(seen(self.rep), {mine.id, archived.id})
        self.assertEqual(seen(self.all_rep), set(refs))
        self.assertEqual(seen(self.manager), set(refs))
        outsider = new_test_user(self.env, "funnel_outsider", "base.group_user")
        with self.assertRaises(AccessError):
            seen(outsider)
        self.env["ir.rule"].create(
            {
                "name": "Only what is hot",
                "model_id": self.env.ref("crm.model_crm_lead").id,
                "domain_force": "[('priority', '=', '3')]",
            }
        )
        self.assertEqual(seen(self.all_rep), {deleted.id})

    def test_what_was_skipped_is_as_secret(self):
        self.deals[-1].user_id = self.all_rep
        self.deals[-1].action_set_won()
        domain = [("lead_ref", "=", self.deals[-1].id), ("is_skipped", "=", True)]
        self.assertTrue(self.report.with_user(self.all_rep).search(domain))
        self.assertFalse(self.report.with_user(self.rep).search(domain))

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Other house"})
        lead = self.make_lead(user_id=False, team_id=False, company_id=company.id)
        deleted = self.make_lead(user_id=False, team_id=False, company_id=company.id)
        domain = [("lead_ref", "in", [lead.id, deleted.id])]
        deleted.sudo().unlink()
        report = self.report.with_user(self.manager)
        self.assertFalse(report.search(domain))
        self.manager.company_ids += company
        both = self.manager.company_ids.ids
        self.assertEqual(len(report.with_context(allowed_company_ids=both).search(domain)), 2)

    def test_nobody_changes_it(self):
        for user in (self.rep, self.manager):
            report = self.report.with_user(user)
            row = report.search(self.domain, limit=1)
            for change in (
                lambda report=report: report.create({}),
                lambda row=row: row.write({"outcome": "lost"}),
                lambda row=row: row.unlink(),
            ):
                with self.assertRaises(AccessError):
                    change()


@tagged("post_install", "-at_install")
class TestFunnelReportTour(HttpCase, FunnelReportCommon):
    def test_from_the_menu_to_a_lead(self):
        self.start_tour("/odoo", "sales_funnel_stages_funnel_report", login=self.manager.login)
