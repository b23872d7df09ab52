from calendar import monthrange
from pathlib import Path

from odoo.fields import Datetime
from odoo.tests import TransactionCase, tagged

from ...tools.rulebook import GUIDE
from ..support.case import LedgerAssertions
from ..support.common import StageRuleCommon
from ..support.funnel_case import AGGREGATES, FunnelAssertions
from ..support.maven import MavenImport
from ..support.maven_files import MavenFiles, csv_quarters
from ..support.pages import read_tables

FOLDER = Path(__file__).parents[1] / "data" / "maven_crm"
OUTCOMES = {"advanced": "went on", "lost": "lost", "still_here": "still there"}


@tagged("post_install", "-at_install")
class TestImportedPastExamples(StageRuleCommon, FunnelAssertions):
    """What the page tells of an imported past is so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.stage_rule_policy = GUIDE
        cls.report = cls.env["crm.funnel.report"].with_user(cls.manager).with_context(tz="UTC")

    def test_the_example(self):
        tables = read_tables("FUNNEL.md")
        first = next(number for number, table in enumerate(tables) if table[0][0] == "deal")
        deals, history, months, steps = (rows for _head, *rows in tables[first : first + 4])
        leads = self.import_deals(deals)
        self.assertEqual(self.history(leads), history)
        self.assertEqual([self.month(row[0]) for row in months], months)
        self.assertEqual(self.steps(leads), steps)
        self.assert_funnel(groupings=((), ("step_type", "stage_id")))

    def import_deals(self, deals):
        columns = ["name", "type", "team_id/.id", "stage_id/.id", "active", "probability"]
        columns += ["past_create_date", "date_conversion", "date_closed"]
        rows = []
        for deal, *dates in deals:
            name, what = deal.split(", ")
            stage_name = "Won" if what == "won" else what.split(" in ")[1]
            stage = self.env["crm.stage"].search([("name", "=", stage_name)])
            status = {"won": ["True", "100"], "lost": ["False", "0"], "open": ["True", "10"]}
            rows.append(
                [name, "opportunity", str(self.team.id), str(stage.id)]
                + status[what.split(" ")[0]]
                + dates
            )
        lead_model = self.env["crm.lead"].with_user(self.manager).with_context(tz="UTC")
        result = lead_model.load(columns, rows)
        self.assertEqual(result["messages"], [])
        return self.env["crm.lead"].browse(result["ids"])

    def history(self, leads):
        rows = self.env["crm.stage.transition"].search([("lead_ref", "in", leads.ids)], order="id")
        by = f", imported by {self.manager.name}"
        self.assertEqual(set(rows.mapped("is_imported")), {True})
        return [
            [row.lead_name, str(row.date.date()), row.summary.removesuffix(by), row.verdict or ""]
            for lead in leads
            for row in rows
            if row.lead_ref == lead.id
        ]

    def month(self, month):
        year, number = map(int, month.split("-"))
        days = f"{month}-01", f"{month}-{monthrange(year, number)[1]}"
        found = self.report.get_dashboard([], *days)["velocity"]["now"]
        rate = found["win_rate"]
        percent = None if rate is None else 100 * rate
        figures = [found["won"], found["lost"], percent, found["cycle_days"]]
        return [month, *("" if figure is None else f"{figure:g}" for figure in figures)]

    def steps(self, leads):
        groups = self.report._read_group(
            [("lead_id", "in", leads.ids)], ["step_type", "stage_id"], [*AGGREGATES.values()]
        )
        rows = []
        for step_type, stage, *values in groups:
            figures = dict(zip(AGGREGATES, values, strict=True))
            ends = [
                f"{figures[name]} {OUTCOMES.get(name, name)}"
                for name in (*OUTCOMES, "skipped")
                if figures[name]
            ]
            counts = ("reached", "converted", "conversion_rate", "entered")
            days = figures["median_days_in_step"]
            rows.append(
                [
                    stage.name or step_type.capitalize(),
                    *(f"{figures[name]:g}" for name in counts),
                    ", ".join(ends),
                    "" if days is False else f"{days:g}",
                ]
            )
        return rows


@tagged("post_install", "-at_install")
class TestImportedPastMaven(TransactionCase, LedgerAssertions):
    """A real pipeline's closed deals, as a past: what was won and lost in each quarter.

    The same of all its deals is asked by ``make import-example``.
    """

    def test_quarters(self):
        maven = MavenImport(self.env, MavenFiles(FOLDER))
        maven.import_master_data()
        leads = maven.import_past()
        self.assertEqual(maven.quarters_of(leads), csv_quarters(FOLDER))
        rows = self.env["crm.stage.transition"].search([("lead_ref", "in", leads.ids)])
        self.assertEqual(len(rows), 2 * len(leads))
        self.assertEqual(set(rows.mapped("verdict")), {False})
        self.assert_ledger_complete()


@tagged("post_install", "-at_install")
class TestImportedPastFigures(StageRuleCommon):
    """What is usual in a stage, and what is worth what, learn nothing from what nobody knows."""

    def make_past(self, number):
        return (
            self.env["crm.lead"]
            .with_user(self.manager)
            .create(
                [
                    {
                        "name": f"Past {each}",
                        "type": "opportunity",
                        "stage_id": self.stage_won.id,
                        "past_create_date": Datetime.add(Datetime.now(), months=-6),
                        "date_closed": Datetime.add(Datetime.now(), months=-2),
                    }
                    for each in range(number)
                ]
            )
        )

    def test_what_is_usual_in_a_stage(self):
        self.make_past(30)
        self.env.flush_all()
        self.assertFalse(self.stage_new.usual_days)

    def test_what_qualification_is_worth(self):
        leads = self.make_past(30)
        self.env.flush_all()
        worth = self.env["crm.criterion.worth"].with_user(self.manager)
        self.assertFalse(worth.search([("lead_id", "in", leads.ids)]))

    def test_what_the_stage_rules_had_to_say(self):
        leads = self.make_past(3)
        self.env.flush_all()
        report = self.env["crm.gate.report"].with_user(self.manager)
        self.assertFalse(report.search([("lead_id", "in", leads.ids)]))

    def test_recorded_live_leaves_it_out(self):
        leads = self.make_past(3)
        self.env.flush_all()
        report = self.env["crm.funnel.report"].with_user(self.manager)
        domain = [("lead_id", "in", leads.ids), ("is_imported", "=", False)]
        self.assertTrue(report.search(domain[:1]))
        self.assertFalse(report.search(domain))
