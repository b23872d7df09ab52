import re
from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise

from odoo.fields import Command, Date
from odoo.tests import tagged
from odoo.tools import SQL

from ...tools.rulebook import GUIDE
from ..support.common import StageRuleCommon
from ..support.funnel_case import AGGREGATES, FunnelAssertions
from ..support.guard import let_history_change
from ..support.pages import read_tables

START = datetime(2024, 1, 1, 9)
HISTORY = ["day", "what happens"]
WITH_UNDONE = "step, with what was undone"
LOSSES = ["lost reason", "times"]
WINS = ["month", "won", "days to win"]
OUTCOMES = ("advanced", "lost", "returned", "set_aside", "merged", "deleted", "still_here")
OUTCOME_NAMES = {"advanced": "went on", "returned": "moved back", "still_here": "still there"}
EVENTS = {
    r"created as a lead": "create_lead",
    r"created as an opportunity(?: in (?P<stage>[^,]+))?": "create_opportunity",
    r"created as an opportunity in (?P<stage>.+), lost for (?P<reason>.+)": "create_lost",
    r"converted(?: to (?P<stage>.+))?": "convert",
    r"converted in mass": "convert_in_mass",
    r"the mass conversion is undone": "undo_mass_conversion",
    r"returned to lead": "return_to_lead",
    r"moved to (?P<stage>.+)": "move",
    r"won": "win",
    r"lost(?: for (?P<reason>.+))?": "lose",
    r"restored": "restore",
    r"revisited": "revisit",
    r"handed over to (?P<team>.+)": "hand_over",
    r"a duplicate is created as a lead": "create_duplicate",
    r"the duplicate is merged into it": "merge_duplicate",
    r"deleted": "delete",
    r"the lost reason (?P<reason>.+) is called (?P<name>.+)": "rename_reason",
    r"the lost reason (?P<reason>.+) is deleted": "delete_reason",
    r"the won stage (?P<name>.+) is added": "add_won_stage",
    r"the stage (?P<name>.+) is inserted (?P<side>before|after) (?P<stage>.+)": "insert_stage",
    r"the stage (?P<name>.+) is moved (?P<side>before|after) (?P<stage>.+)": "insert_stage",
    r"the stage (?P<stage>.+) is deleted": "delete_stage",
    r"the stage (?P<stage>.+) is called (?P<name>.+)": "rename_stage",
    r"the stage (?P<stage>.+) is folded": "fold_stage",
    r"the stage (?P<stage>.+) becomes a won one": "win_stage",
    r"the stage (?P<stage>.+) is set outside the pipeline": "set_stage_outside",
    r"the stage (?P<stage>.+) is kept for (?P<team>.+)": "keep_stage_for",
}


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
        tables = read_tables("FUNNEL.md")
        # of one example, there is a second table
        undone = [table for table in tables if table[0][0] == WITH_UNDONE]
        # other parts of the page may have tables of their own
        examples = [pair for pair in pairwise(tables) if pair[0][0] == HISTORY]
        self.assertGreater(len(examples), 10)
        for history, (header, *rows) in examples:
            with self.subTest(history[1:]), closing(self.env.cr.savepoint()):
                self.happen(history[1:])
                self.assertEqual(self.told(header, rows), rows)
                self.assert_funnel(groupings=((), ("step_type", "funnel_stage_id")))
                if "converted in mass" in [event for _day, event in history]:
                    [(_header, *rows)] = undone
                    self.assertEqual(self.figures(False, [("with_undone", "=", True)]), rows)
            self.env.invalidate_all()

    # ------------------------------------------------------------------
    # What the report says
    # ------------------------------------------------------------------

    def told(self, header, rows):
        """Return the rows of a table as the report and the dashboard have them.

        :param rows: those of the page
        """
        if header == LOSSES:
            drop_off = self.dashboard("2024-01-01", "2024-12-31")["drop_off"]
            return [[row["name"], str(row["now"])] for row in drop_off if row["outcome"] == "lost"]
        if header == WINS:
            return [[month, *self.wins(month)] for month, *_figures in rows]
        return self.figures("team" in header)

    def dashboard(self, first, last):
        domain = [("lead_ref", "in", self.lead_refs)]
        return self.env["crm.funnel.report"].get_dashboard(domain, first, last)

    def wins(self, month):
        last = Date.end_of(Date.to_date(f"{month}-01"), "month")
        velocity = self.dashboard(f"{month}-01", str(last))["velocity"]["now"]
        days = velocity["cycle_days"]
        return str(velocity["won"]), "" if days is None else f"{days:g}"

    def figures(self, is_by_team, domain=()):
        """Return the rows of the table of steps that the page has."""
        keys = [*(["team_id"] if is_by_team else []), "step_type", "funnel_stage_id"]
        groups = self.env["crm.funnel.report"]._read_group(
            [("lead_ref", "in", self.lead_refs), *domain], keys, [*AGGREGATES.values()]
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
            let_history_change(self.env)
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

    def create_lost(self, stage, reason):
        lost = {"active": False, "probability": 0, "lost_reason_id": self.lost_reason(reason).id}
        self.lead = self.make_opportunity(stage=self.stage(stage), **lost).with_env(self.env)
        self.lead_refs.append(self.lead.id)

    def create_duplicate(self):
        self.duplicate = self.make_lead("Duplicate").with_env(self.env)
        self.lead_refs.append(self.duplicate.id)

    def convert(self, stage):
        values = {"stage_id": self.stage(stage).id} if stage else {}
        self.lead.write({"type": "opportunity", **values})

    def convert_in_mass(self):
        self.batch = self.env["crm.lead.conversion.batch"]._start(self.lead, {"action": "nothing"})
        self.work()

    def undo_mass_conversion(self):
        self.batch.action_undo()
        self.work()
        self.assertEqual(self.batch.state, "undone")
        self.assertEqual(self.batch.undone_count, 1, self.batch.line_ids.mapped("reason"))

    def work(self):
        """Do what the jobs do with the lead."""
        self.env.flush_all()
        self.batch.sudo()._work_on_chunk()
        self.batch._end_finished()

    def return_to_lead(self):
        self.lead.type = "lead"

    def move(self, stage):
        self.lead.stage_id = self.stage(stage)

    def win(self):
        self.lead.action_set_won()

    def lose(self, reason):
        # as the wizard has it
        self.lead.action_set_lost(lost_reason_id=reason and self.lost_reason(reason).id)

    def restore(self):
        self.lead.action_unarchive()

    def revisit(self):
        self.lead._revisit()
        self.lead.type = "opportunity"

    def lost_reason(self, name):
        reason_model = self.env["crm.lost.reason"]
        return reason_model.search([("name", "=", name)]) or reason_model.create({"name": name})

    def rename_reason(self, reason, name):
        self.lost_reason(reason).name = name

    def delete_reason(self, reason):
        self.lost_reason(reason).unlink()

    def add_won_stage(self, name):
        self.env["crm.stage"].create({"name": name, "sequence": 90, "is_won": True})

    def insert_stage(self, name, side, stage):
        stage_model, beside = self.env["crm.stage"], self.stage(stage)
        new = stage_model.search([("name", "=", name)]) or stage_model.create({"name": name})
        others = [each for each in stage_model.search([]) if each != new]
        place = others.index(beside) + (side == "after")
        for number, each in enumerate([*others[:place], new, *others[place:]]):
            each.sequence = 10 * number

    def delete_stage(self, stage):
        self.stage(stage).unlink()

    def rename_stage(self, stage, name):
        self.stage(stage).name = name

    def fold_stage(self, stage):
        self.stage(stage).fold = True

    def win_stage(self, stage):
        self.stage(stage).is_won = True

    def set_stage_outside(self, stage):
        # no rule may need it
        self.stage(stage).rule_ids.unlink()
        self.stage(stage).is_outside_pipeline = True

    def keep_stage_for(self, stage, team):
        self.assertEqual(self.others.name, team)
        self.stage(stage).team_ids = [Command.set(self.others.ids)]

    def hand_over(self, team):
        self.lead.write({"team_id": self.others.id, "user_id": False})
        self.assertEqual(self.lead.team_id.name, team)

    def merge_duplicate(self):
        left = (self.lead + self.duplicate).merge_opportunity()
        self.assertEqual(left, self.lead)

    def delete(self):
        self.lead.unlink()
