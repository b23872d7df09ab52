import re
from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise

from odoo.tests import tagged
from odoo.tools import SQL, file_open

from ...tools.rulebook import GUIDE
from ..support.common import StageRuleCommon
from ..support.funnel_case import AGGREGATES, FunnelAssertions

PAGE = "sales_funnel_stages/readme/FUNNEL.md"
START = datetime(2024, 1, 1, 9)
HISTORY = ["day", "what happens"]
OUTCOMES = ("advanced", "lost", "returned", "set_aside", "merged", "deleted", "still_here")
OUTCOME_NAMES = {"advanced": "went on", "returned": "moved back", "still_here": "still there"}
EVENTS = {
    r"created as a lead": "create_lead",
    r"created as an opportunity(?: in (?P<stage>.+))?": "create_opportunity",
    r"converted(?: to (?P<stage>.+))?": "convert",
    r"returned to lead": "return_to_lead",
    r"moved to (?P<stage>.+)": "move",
    r"won": "win",
    r"lost": "lose",
    r"restored": "restore",
    r"handed over to (?P<team>.+)": "hand_over",
    r"a duplicate is created as a lead": "create_duplicate",
    r"the duplicate is merged into it": "merge_duplicate",
    r"deleted": "delete",
}


def read_tables(text):
    """Return the tables of a Markdown page, as lists of rows of cells, the header first."""
    tables = re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE)
    return [
        [
            [cell.strip() for cell in line.strip("|").split("|")]
            for number, line in enumerate(table.splitlines())
            if number != 1
        ]
        for table in tables
    ]


@tagged("post_install", "-at_install")
class TestFunnelExamples(StageRuleCommon, FunnelAssertions):
    """The page that tells what the figures mean does not lie."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.stage_rule_policy = GUIDE
        cls.others = cls.make_team("Others", GUIDE, sequence=cls.team.sequence + 1)
        cls.env["crm.stage"].create({"name": "On hold", "sequence": 4, "is_outside_pipeline": True})

    def test_every_example(self):
        with file_open(PAGE) as file:
            tables = read_tables(file.read())
        # other parts of the page may have tables of their own
        examples = [pair for pair in pairwise(tables) if pair[0][0] == HISTORY]
        self.assertGreater(len(examples), 10)
        for history, (header, *rows) in examples:
            with self.subTest(history[1:]), closing(self.env.cr.savepoint()):
                self.happen(history[1:])
                self.assertEqual(self.figures("team" in header), rows)
                self.assert_funnel(groupings=((), ("step_type", "stage_id")))
            self.env.invalidate_all()

    # ------------------------------------------------------------------
    # What the report says
    # ------------------------------------------------------------------

    def figures(self, is_by_team):
        """Return the rows of the table that the page has."""
        keys = [*(["team_id"] if is_by_team else []), "step_type", "stage_id"]
        groups = self.env["crm.funnel.report"]._read_group(
            [("lead_ref", "in", self.lead_refs)], keys, [*AGGREGATES.values()]
        )
        rows = []
        for group in groups:
            *teams, step_type, stage = group[: len(keys)]
            figures = dict(zip(AGGREGATES, group[len(keys) :], strict=True))
            ends = [
                f"{figures[name]} {OUTCOME_NAMES.get(name, name.replace('_', ' '))}"
                for name in (*OUTCOMES, "skipped")
                if figures[name]
            ]
            days = figures["median_days_in_step"]
            rows.append(
                [
                    *(team.name for team in teams),
                    stage.name or step_type.capitalize(),
                    *(
                        f"{figures[name]:g}"
                        for name in ("reached", "converted", "conversion_rate", "entered")
                    ),
                    ", ".join(ends),
                    "" if days is False else f"{days:g}",
                ]
            )
        return rows

    # ------------------------------------------------------------------
    # What happens
    # ------------------------------------------------------------------

    def happen(self, history):
        """Let happen what a table tells, at the days that it tells."""
        self.lead = self.duplicate = self.env["crm.lead"]
        self.lead_refs = []
        for day, event in history:
            before = self.last_row()
            for pattern, name in EVENTS.items():
                match = re.fullmatch(pattern, event)
                if match:
                    getattr(self, name)(**match.groupdict())
                    break
            else:
                self.fail(f"nobody knows how this happens: {event}")
            self.env.flush_all()
            self.env.execute_query(
                SQL(
                    "UPDATE crm_stage_transition SET date = %s WHERE id > %s RETURNING id",
                    START + timedelta(days=int(day)),
                    before,
                )
            )
            self.env.invalidate_all()

    def last_row(self):
        [[last]] = self.env.execute_query(SQL("SELECT max(id) FROM crm_stage_transition"))
        return last or 0

    def stage(self, name):
        """Return a stage; one that the fixture has not belongs to its team alone."""
        stage_model = self.env["crm.stage"]
        return stage_model.search([("name", "=", name)]) or stage_model.create(
            {"name": name, "sequence": 5, "team_ids": self.team.ids}
        )

    def create_lead(self):
        # OdooBot goes through every door
        self.lead = self.make_lead().with_env(self.env)
        self.lead_refs.append(self.lead.id)

    def create_opportunity(self, stage):
        self.lead = self.make_opportunity(stage=self.stage(stage or "New")).with_env(self.env)
        self.lead_refs.append(self.lead.id)

    def create_duplicate(self):
        self.duplicate = self.make_lead("Duplicate").with_env(self.env)
        self.lead_refs.append(self.duplicate.id)

    def convert(self, stage):
        values = {"stage_id": self.stage(stage).id} if stage else {}
        self.lead.write({"type": "opportunity", **values})

    def return_to_lead(self):
        self.lead.type = "lead"

    def move(self, stage):
        self.lead.stage_id = self.stage(stage)

    def win(self):
        self.lead.action_set_won()

    def lose(self):
        self.lead.action_set_lost()

    def restore(self):
        self.lead.action_unarchive()

    def hand_over(self, team):
        self.lead.write({"team_id": self.others.id, "user_id": False})
        self.assertEqual(self.lead.team_id.name, team)

    def merge_duplicate(self):
        left = (self.lead + self.duplicate).merge_opportunity()
        self.assertEqual(left, self.lead)

    def delete(self):
        self.lead.unlink()
