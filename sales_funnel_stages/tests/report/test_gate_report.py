import random
import unittest
from collections import defaultdict
from datetime import datetime, timedelta
from statistics import median

from odoo.fields import Date
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import SQL

from ...exceptions import StageRuleError
from ...tools.rulebook import GUIDE
from ..support.common import QUALIFIED_UNMET, StageRuleCommon
from ..support.guard import let_history_change
from ..support.held_back_common import HeldBack
from ..support.history_marks import made_up_history

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestGateReport(StageRuleCommon, HeldBack):
    """What the report says of moves that are made as people make them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute("DELETE FROM crm_stage_refusal")
        let_history_change(cls.env)
        cls.env.cr.execute("UPDATE crm_stage_transition SET verdict = NULL")
        cls.deal = cls.make_opportunity("Deal")

    def report(self, user=None):
        self.env.invalidate_all()
        return self.env["crm.gate.report"].with_user(user or self.all_rep).search([])

    def hold_back(self, lead=None, user=None):
        values = {"stage_id": self.stage_qualified.id}
        self.request(lambda env: (lead or self.deal).with_env(env).write(values), user)

    def override(self, make_good_date=False):
        self.deal.with_user(self.manager).move_with_reason(
            {"stage_id": self.stage_qualified.id}, "Known for years", make_good_date
        )

    def test_one_row_for_each_criterion(self):
        self.hold_back()
        rows = self.report()
        self.assertEqual(set(rows.criterion_id), {self.criterion(name) for name in QUALIFIED_UNMET})
        self.assertEqual(set(rows.mapped("outcome")), {"held_back"})
        self.assertEqual(set(rows.mapped("result")), {"waiting"})
        self.assertEqual((rows.lead_id, rows.stage_id), (self.deal.sudo(), self.stage_qualified))
        self.assertEqual((rows.team_id, set(rows.mapped("policy"))), (self.team, {"enforce"}))
        [(moves, waiting, owing)] = rows._read_group(
            [], [], ["move_ref:count_distinct", "waiting_ref:count_distinct", "owing_ref:count"]
        )
        self.assertEqual((moves, waiting, owing), (1, 1, 0))

    def test_it_passes_later(self):
        self.hold_back()
        self.env.cr.execute("UPDATE crm_stage_refusal SET date = date - INTERVAL '36 hours'")
        self.override()
        held_back = self.report().filtered(lambda row: row.outcome == "held_back")
        self.assertEqual(set(held_back.mapped("result")), {"passed"})
        self.assertAlmostEqual(held_back[0].days_to_pass, 1.5, places=2)

    def test_a_criterion_that_is_deleted(self):
        """The move still counts."""
        self.hold_back()
        self.env["crm.stage.rule"].search([]).unlink()
        self.report().criterion_id.sudo().unlink()
        self.assertEqual(len(self.report()), 1)
        self.assertFalse(self.report().criterion_id)

    def test_it_is_lost(self):
        self.hold_back()
        self.deal.action_set_lost()
        self.assertEqual(set(self.report().mapped("result")), {"dropped"})

    def test_guided(self):
        self.team.stage_rule_policy = GUIDE
        self.deal.stage_id = self.stage_qualified
        rows = self.report()
        self.assertEqual(len(rows), len(QUALIFIED_UNMET))
        self.assertEqual((set(rows.mapped("outcome")), rows[0].result), ({"guided"}, False))

    def test_overridden_without_a_promise(self):
        self.override()
        rows = self.report()
        self.assertEqual((set(rows.mapped("outcome")), rows[0].result), ({"overridden"}, False))

    def test_what_is_owed(self):
        """As the lead itself says it, criterion by criterion."""
        self.override(Date.context_today(self.env.user))

        def owed():
            return {
                row.criterion_id: row.result for row in self.report() if row.outcome == "overridden"
            }

        self.assertEqual(set(owed().values()), {"owing"})
        self.assertTrue(self.deal.has_override_debt)
        self.deal.sudo().need_level = "weak"
        self.assertEqual(owed()[self.criterion("need")], "made_good")
        self.assertEqual(owed()[self.criterion("budget")], "owing")
        let_history_change(self.env)
        self.env.cr.execute("UPDATE crm_stage_transition SET make_good_date = '2020-01-01'")
        self.assertEqual(owed()[self.criterion("need")], "made_good")
        self.assertEqual(owed()[self.criterion("budget")], "overdue")
        self.env["crm.stage.rule"].search(
            [("criterion_id", "=", self.criterion("budget").id)]
        ).unlink()
        self.assertEqual(owed()[self.criterion("budget")], "dropped")
        self.deal.action_set_lost()
        self.assertEqual(set(owed().values()), {"dropped"})

    def test_who_sees_what(self):
        theirs = self.make_opportunity("Theirs", user=self.manager)
        self.hold_back()
        self.hold_back(theirs, self.all_rep)
        self.assertEqual(set(self.report(self.rep).mapped("lead_name")), {"Deal"})
        self.assertEqual(set(self.report(self.all_rep).mapped("lead_name")), {"Deal", "Theirs"})

    def test_no_ranking_of_persons(self):
        """Who sees all leads sees rules; only a manager can group by salesperson."""
        fields = self.env["crm.gate.report"].with_user(self.all_rep).fields_get()
        self.assertNotIn("user_id", fields)
        self.assertNotIn("by_user_id", fields)
        fields = self.env["crm.gate.report"].with_user(self.manager).fields_get()
        self.assertIn("user_id", fields)

    def test_open_the_lead(self):
        self.hold_back()
        action = self.report()[0].action_open_lead()
        self.assertEqual((action["res_model"], action["res_id"]), ("crm.lead", self.deal.id))


@made_up_history("its rows are replaced by written ones")
@tagged("post_install", "-at_install")
class TestGateReportFigures(TransactionCase):
    """Every figure, on random histories, against plain Python."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.stage.rule"].search([]).unlink()
        cls.env["crm.lead"].with_context(active_test=False).search([]).unlink()
        cls.env.cr.execute("DELETE FROM crm_stage_refusal")
        let_history_change(cls.env)
        cls.env.cr.execute("DELETE FROM crm_stage_transition")
        cls.env["crm.stage"].search([]).unlink()
        cls.stages = cls.env["crm.stage"].create(
            [
                {"name": "New", "sequence": 1},
                {"name": "Tied", "sequence": 1},
                {"name": "Later", "sequence": 2},
                {"name": "On hold", "sequence": 3, "is_outside_pipeline": True},
                {"name": "Won", "sequence": 0, "is_won": True},
            ]
        )
        leads = cls.env["crm.lead"].create(
            [
                {"name": f"Lead {n}", "type": "opportunity", "stage_id": cls.stages[0].id}
                for n in range(6)
            ]
        )
        leads[0].action_set_lost()
        cls.env.flush_all()
        let_history_change(cls.env)
        cls.env.cr.execute("DELETE FROM crm_stage_transition")
        cls.lead_ids = [*leads.ids, None]
        cls.lost_id = leads[0].id
        cls.criterion_ids = cls.env.ref("sales_funnel_stages.framework_bant").criterion_ids.ids[:4]

    def insert(self, table, row, criterion_ids):
        [[id_]] = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES %s RETURNING id",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, row)),
                tuple(row.values()),
            )
        )
        for criterion_id in criterion_ids:
            self.env.execute_query(
                SQL(
                    "INSERT INTO %s (%s, crm_qualification_criterion_id) VALUES (%s, %s)"
                    " RETURNING 1",
                    SQL.identifier(f"crm_qualification_criterion_{table}_rel"),
                    SQL.identifier(f"{table}_id"),
                    id_,
                    criterion_id,
                )
            )
        return {**row, "id": id_, "unmet": criterion_ids}

    def make_history(self, chance):
        """Return random refusals and steps, which are in the database."""
        start, stage_ids = datetime(2030, 1, 1), self.stages.ids

        def unmet():
            return chance.sample(self.criterion_ids, chance.randrange(len(self.criterion_ids)))

        def lead():
            lead_id = chance.choice(self.lead_ids)
            return {"lead_id": lead_id, "lead_ref": lead_id or 999999}

        refusals = [
            self.insert(
                "crm_stage_refusal",
                {
                    **lead(),
                    "date": start + chance.randrange(40) * DAY,
                    "stage_id": chance.choice([*stage_ids, None]),
                    "is_conversion": chance.random() < 0.3,
                    "policy": "enforce",
                },
                unmet(),
            )
            for _refusal in range(40)
        ]
        steps = []
        for _step in range(60):
            from_type, to_type = chance.choices([None, "lead", "opportunity"], k=2)
            steps.append(
                self.insert(
                    "crm_stage_transition",
                    {
                        **lead(),
                        "date": start + chance.randrange(60) * DAY,
                        "direction": "forward",
                        "from_type": from_type,
                        "to_type": to_type or "lead",
                        "from_stage_id": chance.choice([*stage_ids, None]),
                        "to_stage_id": chance.choice([*stage_ids, None]),
                        "from_status": chance.choice(["open", "won"]),
                        "to_status": chance.choice(["open", "open", "open", "won"]),
                        "verdict": chance.choice(["passed", "guided", "overridden", "exempt"]),
                    },
                    unmet(),
                )
            )
        return refusals, steps

    def is_passing(self, step, refusal):
        if step["lead_ref"] != refusal["lead_ref"] or step["date"] < refusal["date"]:
            return False
        if step["to_status"] == "won" != step["from_status"]:
            return True
        if step["to_type"] != "opportunity":
            return False
        if refusal["is_conversion"]:
            return step["from_type"] != "opportunity"
        # as people see it: won comes last, and what is on hold is no part of it
        pipeline = [self.stages[index].id for index in (0, 1, 2, 4)]
        is_entered = (
            step["from_type"] != "opportunity" or step["from_stage_id"] != step["to_stage_id"]
        )
        if not is_entered or step["to_stage_id"] not in pipeline:
            return False
        if refusal["stage_id"] == self.stages[3].id:
            # a stage outside of the pipeline has no gate: what comes after it has passed
            return pipeline.index(step["to_stage_id"]) == 3
        if not refusal["stage_id"]:
            return False
        return pipeline.index(step["to_stage_id"]) >= pipeline.index(refusal["stage_id"])

    def expected_results(self, refusals, steps):
        """Return ``{move: (result, days)}`` of refusals."""
        found = {}
        for refusal in refusals:
            dates = [step["date"] for step in steps if self.is_passing(step, refusal)]
            if dates:
                found[refusal["id"] * 2] = "passed", (min(dates) - refusal["date"]) / DAY
            elif not refusal["lead_id"] or refusal["lead_id"] == self.lost_id:
                found[refusal["id"] * 2] = "dropped", None
            else:
                found[refusal["id"] * 2] = "waiting", None
        return found

    def test_figures(self):
        report = self.env["crm.gate.report"]
        for seed in range(8):
            with self.subTest(seed), self.env.cr.savepoint() as savepoint:
                refusals, steps = self.make_history(random.Random(seed))
                expected = self.expected_results(refusals, steps)
                moves = defaultdict(set)
                for refusal in refusals:
                    for id_ in refusal["unmet"] or [None]:
                        moves[id_, "held_back"].add(refusal["id"] * 2)
                for step in steps:
                    if step["verdict"] in ("guided", "overridden"):
                        for id_ in step["unmet"] or [None]:
                            moves[id_, step["verdict"]].add(step["id"] * 2 + 1)
                groups = report._read_group(
                    [],
                    ["criterion_id", "outcome"],
                    [
                        "move_ref:count_distinct",
                        "passed_ref:count_distinct",
                        "waiting_ref:count_distinct",
                        "days_to_pass:median",
                    ],
                )
                self.assertEqual(
                    {(c.id or None, outcome): rest for c, outcome, *rest in groups},
                    {key: self.figures(refs, expected) for key, refs in moves.items()},
                )
                # a move counts once, however many criteria it lacked
                [total] = report._read_group(
                    [], [], ["move_ref:count_distinct", "days_to_pass:median"]
                )
                of_all = self.figures(set().union(*moves.values()), expected)
                self.assertEqual(list(total), [of_all[0], of_all[3]])
                savepoint.rollback()

    @staticmethod
    def figures(refs, expected):
        results = [expected[ref] for ref in refs if ref in expected]
        days = [each for _result, each in results if each is not None]
        return [
            len(refs),
            sum(result == "passed" for result, _days in results),
            sum(result == "waiting" for result, _days in results),
            median(days) if days else False,
        ]


@tagged("post_install", "-at_install")
class TestGateReportTour(HttpCase):
    def test_tour(self):
        """A manager sees which rules hold back, and opens the lead."""
        self.env.cr.execute("DELETE FROM crm_stage_refusal")
        let_history_change(self.env)
        self.env.cr.execute("UPDATE crm_stage_transition SET verdict = NULL")
        team = self.env["crm.team"].create(
            {"name": "Tour team", "stage_rule_policy": "enforce", "use_leads": True}
        )
        lead = self.env["crm.lead"].create(
            {"name": "Tour deal", "type": "lead", "team_id": team.id}
        )
        with unittest.TestCase.assertRaises(self, StageRuleError):
            lead.with_user(self.env.ref("base.user_admin")).write({"type": "opportunity"})
        self.env.cr.postcommit.run()
        self.start_tour("/odoo", "sales_funnel_stages_gate_report", login="admin")
