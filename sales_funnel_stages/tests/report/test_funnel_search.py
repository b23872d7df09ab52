from contextlib import closing
from datetime import datetime, timedelta

from lxml import etree

from odoo.tests import HttpCase, tagged
from odoo.tools.safe_eval import safe_eval

from ..support.funnel_case import AGGREGATES
from ..support.funnel_common import FunnelReportCommon


@tagged("post_install", "-at_install")
class TestFunnelSearch(FunnelReportCommon):
    """How the rows are found, and what the web client does with them."""

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
                self.assertEqual("AS ending" in query.code, not is_sorted)

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


@tagged("post_install", "-at_install")
class TestFunnelReportTour(HttpCase, FunnelReportCommon):
    def test_from_the_menu_to_a_lead(self):
        self.start_tour("/odoo", "sales_funnel_stages_funnel_report", login=self.manager.login)
