import json
import random
from collections import defaultdict
from datetime import datetime, timedelta

from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import SQL

from ...tools.worth import Share, Worth
from ..support.common import CONVERT_ANSWERS, StageRuleCommon
from ..support.guard import let_history_change
from ..support.history_marks import made_up_history

CRITERIA = [9000001, 9000002, 9000003]
DAY = timedelta(days=1)


def insert(env, rows):
    """Add rows to the ledger; each is a dict, all with the same keys."""
    env.execute_query(
        SQL(
            "INSERT INTO crm_stage_transition (%s) VALUES %s RETURNING id",
            SQL(", ").join(map(SQL.identifier, rows[0])),
            SQL(", ").join(tuple(row.values()) for row in rows),
        )
    )
    env.invalidate_all()


def became(lead_ref, day, met, **values):
    """Return the row of a lead that became an opportunity.

    :param dict met: ``{criterion number: whether it was met}``
    """
    receipt = [
        {"id": id_, "name": f"Criterion {id_}", "tier": "required", "met": is_met}
        for id_, is_met in met.items()
    ]
    return step(
        lead_ref,
        day,
        from_type="lead",
        to_type="opportunity",
        receipt=json.dumps(receipt),
        **values,
    )


def step(lead_ref, day, **values):
    return {
        "lead_id": None,
        "lead_ref": lead_ref,
        "date": datetime(2030, 1, 1) + day * DAY,
        "direction": "forward",
        "from_type": "opportunity",
        "to_type": "opportunity",
        "from_status": "open",
        "to_status": "open",
        "receipt": None,
        **values,
    }


@tagged("post_install", "-at_install")
class TestCriterionWorth(StageRuleCommon):
    """What counts, in ledgers that are made as people make them."""

    def worth(self, user=None, domain=()):
        """Return what is said of "Budget known"."""
        self.env.flush_all()
        rows = self.env["crm.criterion.worth"].with_user(user or self.all_rep).get_worth(domain)
        budget = self.criterion("budget")
        return next((row for row in rows if row["ref"] == budget.id), None)

    def counts(self, **arguments):
        """Return won, closed and open of those that met it, and of those that did not."""
        row = self.worth(**arguments)
        return row and [
            (row[side]["won"], row[side]["closed"], row[side]["open"]) for side in ("met", "unmet")
        ]

    def convert(self, name, is_met, user=None):
        answers = self.answers(CONVERT_ANSWERS) if is_met else {}
        lead = self.make_lead(name, user, **answers)
        # as OdooBot, whom no rule holds back
        lead.sudo().with_user(self.env.user).convert_opportunity(False)
        return lead

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        let_history_change(cls.env)
        cls.env.cr.execute("UPDATE crm_stage_transition SET receipt = NULL")

    def test_what_counts(self):
        good, bad, late = (
            self.convert(name, is_met)
            for name, is_met in [("Good", True), ("Bad", False), ("Late", False)]
        )
        self.make_lead("Never converted", **self.answers(CONVERT_ANSWERS))
        self.assertEqual(self.counts(), [(0, 0, 1), (0, 0, 2)])
        good.sudo().with_user(self.env.user).action_set_won()
        bad.action_set_lost()
        # what is known by now does not count
        late.sudo().write(self.answers(CONVERT_ANSWERS))
        self.assertEqual(self.counts(), [(1, 1, 0), (0, 1, 1)])
        row = self.worth()
        self.assertEqual((row["name"], row["framework"]), ("Budget known", self.framework.name))
        self.assertEqual((row["met"]["rate"], row["unmet"]["rate"]), (1, 0))
        self.assertEqual((row["difference"], row["verdict"]), (1, "too_little"))
        bad.sudo().with_user(self.env.user).action_unarchive()
        self.assertEqual(self.counts(), [(1, 1, 0), (0, 0, 2)])

    def test_what_to_do_where_there_is_too_little_data(self):
        """Where a team enforces the rule, it is for having enforced it."""
        self.convert("Good", True)
        self.assertEqual(self.worth()["advice"], "wait")
        self.convert("Better", True).sudo().with_user(self.env.user).action_set_won()
        self.assertEqual(self.team.stage_rule_policy, "enforce")
        self.assertEqual(self.worth()["advice"], "guide_first")
        self.assertEqual(self.worth()["unmet"]["missing"], 10)
        self.env["crm.team"].search([]).stage_rule_policy = "guide"
        self.assertEqual(self.worth()["advice"], "wait")

    def test_created_as_an_opportunity(self):
        self.make_opportunity("Born so", **self.answers(CONVERT_ANSWERS))
        self.assertEqual(self.counts(), [(0, 0, 1), (0, 0, 0)])

    def test_the_last_conversion_counts(self):
        lead = self.convert("Twice", False)
        lead.sudo().with_user(self.env.user).write({"type": "lead"})
        lead.sudo().write(self.answers(CONVERT_ANSWERS))
        lead.sudo().with_user(self.env.user).convert_opportunity(False)
        self.assertEqual(self.counts(), [(0, 0, 1), (0, 0, 0)])

    def test_leads_that_are_gone(self):
        """One that was closed before counts as what it was, any other not at all."""
        lost, still_open, merged = (
            self.convert(name, False) for name in ("Lost", "Open", "Merged")
        )
        head = self.convert("Head", True)
        lost.action_set_lost()
        (lost + still_open).sudo().unlink()
        survivor = (head + merged).sudo().merge_opportunity()
        counts = self.counts()
        self.assertEqual(sum(each[2] for each in counts), 1, "what is left of the two")
        self.assertEqual(counts[1][:2], (0, 1))
        survivor.with_user(self.env.user).action_set_won()
        self.assertEqual(sum(each[0] for each in self.counts()), 1)

    def test_filters(self):
        self.convert("Good", True).sudo().with_user(self.env.user).action_set_won()
        other = self.make_team("Others", "guide")
        self.convert("Other", True).sudo().with_user(self.env.user).action_set_won()
        let_history_change(self.env)
        self.env.cr.execute(
            "UPDATE crm_stage_transition SET team_id = %s WHERE lead_name = 'Other'", [other.id]
        )
        self.assertEqual(self.counts()[0], (2, 2, 0))
        self.assertEqual(self.counts(domain=[("team_id", "=", other.id)])[0], (1, 1, 0))
        self.assertIsNone(self.counts(domain=[("date", "<", "2000-01-01")]))
        # ``assert_ledger_complete`` wants to see it as it was
        let_history_change(self.env)
        self.env.cr.execute(
            "UPDATE crm_stage_transition SET team_id = %s WHERE lead_name = 'Other'",
            [self.team.id],
        )

    def test_who_sees_what(self):
        """Everybody sees the figures of the leads that they may read."""
        self.convert("Mine", True)
        self.convert("Theirs", False, user=self.manager)
        self.assertEqual(self.counts(user=self.rep), [(0, 0, 1), (0, 0, 0)])
        self.assertEqual(self.counts(user=self.all_rep), [(0, 0, 1), (0, 0, 1)])
        fields = self.env["crm.criterion.worth"].with_user(self.all_rep).fields_get()
        self.assertNotIn("user_id", fields)

    def test_open_the_opportunity(self):
        lead = self.convert("Good", True)
        self.env.flush_all()
        rows = self.env["crm.criterion.worth"].search([("lead_id", "=", lead.id)])
        self.assertEqual(rows[0].action_open_lead()["res_id"], lead.id)


@tagged("post_install", "-at_install")
class TestCriterionWorthFigures(TransactionCase):
    """Every figure, on random ledgers, against plain Python."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        let_history_change(cls.env)
        cls.env.cr.execute("UPDATE crm_stage_transition SET receipt = NULL")

    def make_ledger(self, chance):
        """Return random steps of leads that are gone, by lead, in order."""
        ledger = {}
        for lead_ref in range(8000000, 8000060):
            steps = []
            for day in range(chance.randrange(1, 6)):
                status = chance.choice(["open", "won", "lost"])
                if chance.random() < 0.6:
                    met = {
                        id_: chance.random() < 0.6
                        for id_ in chance.sample(CRITERIA, chance.randrange(1, 4))
                    }
                    steps.append(became(lead_ref, day, met, to_status=status))
                else:
                    steps.append(step(lead_ref, day, to_status=status))
            last = steps[-1]
            end = {"to_type": None, "to_status": None, "direction": "deleted"}
            if chance.random() < 0.3:
                steps.append(step(lead_ref, 99, from_status=last["to_status"], **end))
            ledger[lead_ref] = steps
        insert(self.env, [each for steps in ledger.values() for each in steps])
        return ledger

    def expect(self, ledger):
        """Return ``{criterion: {is_met: [won, closed, open]}}``."""
        found = defaultdict(lambda: {True: [0, 0, 0], False: [0, 0, 0]})
        for steps in ledger.values():
            receipts = [each["receipt"] for each in steps if each["receipt"]]
            if not receipts:
                continue
            last = steps[-1]
            is_gone = last["direction"] == "deleted"
            status = last["from_status"] if is_gone else last["to_status"]
            for said in json.loads(receipts[-1]):
                counts = found[said["id"]][said["met"]]
                counts[0] += status == "won"
                counts[1] += status in ("won", "lost")
                counts[2] += status == "open" and not is_gone
        return found

    def test_figures(self):
        model = self.env["crm.criterion.worth"]
        for seed in range(10):
            with self.subTest(seed), self.env.cr.savepoint() as savepoint:
                expected = self.expect(self.make_ledger(random.Random(seed)))
                rows = {row["ref"]: row for row in model.get_worth([])}
                self.assertEqual(set(rows), set(expected))
                for ref, sides in expected.items():
                    row = rows[ref]
                    self.assertEqual((row["name"], row["framework"]), (f"Criterion {ref}", ""))
                    for name, is_met in (("met", True), ("unmet", False)):
                        side = row[name]
                        self.assertEqual([side["won"], side["closed"], side["open"]], sides[is_met])
                    worth = Worth(Share(*sides[True][:2]), Share(*sides[False][:2]))
                    self.assertEqual(row["difference"], worth.difference)
                    self.assertEqual((row["low"], row["high"]), worth.interval())
                    self.assertEqual(row["verdict"], worth.verdict)
                savepoint.rollback()


@made_up_history("its rows are replaced by written ones")
@tagged("post_install", "-at_install")
class TestCriterionWorthTour(HttpCase):
    def test_tour(self):
        """A manager sees which criterion predicts a sale, and opens what is counted."""
        let_history_change(self.env)
        self.env.cr.execute("UPDATE crm_stage_transition SET receipt = NULL")
        new_test_user(self.env, "worth_manager", "sales_team.group_sale_manager")
        statuses = {True: ["won"] * 15 + ["lost"] * 5, False: ["won"] * 2 + ["lost"] * 12}
        leads = self.env["crm.lead"].create(
            [{"name": f"Worth {number}", "type": "opportunity"} for number in range(34)]
        )
        self.env.flush_all()
        let_history_change(self.env)
        self.env.cr.execute(
            "DELETE FROM crm_stage_transition WHERE lead_ref = ANY(%s)", [leads.ids]
        )
        closed = [(is_met, status) for is_met in statuses for status in statuses[is_met]]
        for lead, (_is_met, status) in zip(leads, closed, strict=True):
            self.env.cr.execute(
                "UPDATE crm_lead SET won_status = %s WHERE id = %s", [status, lead.id]
            )
        insert(
            self.env,
            [
                became(lead.id, 1, {CRITERIA[0]: is_met}, lead_id=lead.id, lead_name=lead.name)
                for lead, (is_met, _status) in zip(leads, closed, strict=True)
            ],
        )
        self.start_tour("/odoo", "sales_funnel_stages_criterion_worth", login="worth_manager")
