import json
import random
from collections import defaultdict

from odoo.tests import HttpCase, new_test_user, tagged

from ...tools.worth import Share, Worth
from ..support.common import CONVERT_ANSWERS, StageRuleCommon
from ..support.guard import let_history_change
from ..support.history_marks import made_up_history
from ..support.pages import read_table, read_tables
from .test_criterion_worth import CRITERIA, became, insert, step

LEADS = "crm.criterion.worth.lead"
EXAMPLE = ["leads", "budget known"]


def lost(lead_ref, day, met, **values):
    """Return the row of a lead that is lost before it was converted."""
    return {
        **became(lead_ref, day, met, to_status="lost", direction="lost", **values),
        "to_type": "lead",
    }


@tagged("post_install", "-at_install")
class TestCriterionWorthOfLeads(StageRuleCommon):
    """Which criterion predicts that a lead is converted, and that it is won then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        let_history_change(cls.env)
        cls.env.cr.execute("UPDATE crm_stage_transition SET receipt = NULL")

    def counts(self, domain=(), user=None):
        """Return ``{step: [(count, total) of met, of unmet]}`` of "Budget known"."""
        self.env.flush_all()
        rows = self.env[LEADS].with_user(user or self.all_rep).get_worth(domain)
        ref = self.criterion("budget").id
        return {
            row["step"]: [(row[side]["won"], row[side]["closed"]) for side in ("met", "unmet")]
            for row in rows
            if row["ref"] == ref
        }

    def make(self, name, is_met, user=None):
        return self.make_lead(name, user, **(self.answers(CONVERT_ANSWERS) if is_met else {}))

    def convert(self, lead):
        # as OdooBot, whom no rule holds back
        lead.sudo().with_user(self.env.user).convert_opportunity(False)
        return lead.sudo().with_user(self.env.user)

    def test_what_counts(self):
        self.make("Open", True)
        self.assertFalse(self.counts(), "nobody knows yet")
        self.make("Lost", False).action_set_lost()
        self.convert(self.make("Bad", False)).action_set_lost()
        self.convert(self.make("Good", True)).action_set_won()
        later = self.convert(self.make("Later", True))
        self.assertEqual(self.counts(), {"converted": [(2, 2), (1, 2)], "won": [(1, 1), (0, 1)]})
        later.action_set_lost()
        self.assertEqual(self.counts()["won"], [(1, 2), (0, 1)])
        # what was never a lead
        self.make_opportunity("Born so", **self.answers(CONVERT_ANSWERS))
        self.assertEqual(self.counts()["converted"], [(2, 2), (1, 2)])

    def test_the_example(self):
        """What the page that explains the figures says of leads."""
        tables = read_tables("FUNNEL.md")
        number = next(n for n, table in enumerate(tables) if table[0][:2] == EXAMPLE)
        (_header, *groups), (_titles, *expected) = tables[number : number + 2]
        for count, is_known, outcome in groups:
            for _lead in range(int(count)):
                lead = self.make(f"{outcome} {is_known}", is_known == "yes")
                if outcome.startswith("converted"):
                    lead = self.convert(lead)
                if outcome.endswith("won"):
                    lead.action_set_won()
                else:
                    lead.action_set_lost()
        self.env.flush_all()
        ref = self.criterion("budget").id
        rows = [row for row in self.env[LEADS].get_worth([]) if row["ref"] == ref]
        self.assertEqual(
            [
                [
                    {"converted": "converted", "won": "then won"}[row["step"]],
                    *(f"{row[side]['won']} of {row[side]['closed']}" for side in ("met", "unmet")),
                    row["verdict"].replace("_", " ").removesuffix(" data"),
                ]
                for row in rows
            ],
            expected,
        )

    def test_what_was_known_then(self):
        lead = self.make("Lost", False)
        lead.action_set_lost()
        lead.sudo().write(self.answers(CONVERT_ANSWERS))
        self.assertEqual(self.counts()["converted"], [(0, 0), (0, 1)])

    def test_what_has_not_ended(self):
        """A lead that is restored, or returned, counts once it ends again."""
        restored, returned = self.make("Restored", False), self.convert(self.make("Back", False))
        restored.action_set_lost()
        self.assertEqual(self.counts()["converted"], [(0, 0), (1, 2)])
        restored.sudo().with_user(self.env.user).action_unarchive()
        returned.write({"type": "lead"})
        self.assertFalse(any(sum(side) for side in self.counts().get("converted", [])))
        (restored + returned).sudo().write(self.answers(CONVERT_ANSWERS))
        self.convert(restored)
        returned.action_set_lost()
        self.assertEqual(self.counts()["converted"], [(1, 2), (0, 0)])

    def test_leads_that_are_gone(self):
        """A lost one that is deleted was lost; a converted one was converted."""
        gone = self.make("Lost", False)
        gone.action_set_lost()
        deal = self.convert(self.make("Deal", True))
        never = self.make("Never", True)
        (gone + deal + never).sudo().unlink()
        self.assertEqual(self.counts(), {"converted": [(1, 1), (0, 1)], "won": [(0, 0), (0, 0)]})

    def test_figures_open_what_they_count(self):
        self.make("Lost", False).action_set_lost()
        self.convert(self.make("Good", True)).action_set_won()
        self.env.flush_all()
        rows = self.env[LEADS].with_user(self.all_rep)
        domain = [("criterion_ref", "=", self.criterion("budget").id)]
        self.assertEqual(rows.search([*domain, ("outcome", "=", "unconverted")]).lead_name, "Lost")
        good = rows.search([*domain, ("is_met", "=", True)])
        self.assertEqual((good.outcome, good.conversion_rate, good.win_rate), ("won", 1, 1))
        self.assertEqual(good.action_open_lead()["res_id"], good.lead_id.id)

    def test_who_sees_what(self):
        self.convert(self.make("Mine", True))
        self.convert(self.make("Theirs", False, user=self.manager))
        self.assertEqual(self.counts(user=self.rep)["converted"], [(1, 1), (0, 0)])
        self.assertEqual(self.counts()["converted"], [(1, 1), (1, 1)])


@tagged("post_install", "-at_install")
class TestCriterionWorthOfLeadsFigures(StageRuleCommon):
    """Every figure, on random ledgers, against plain Python."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        let_history_change(cls.env)
        cls.env.cr.execute("UPDATE crm_stage_transition SET receipt = NULL")

    def make_ledger(self, chance):
        """Return random steps of leads that are gone, by lead, in order."""
        ledger = {}
        for lead_ref in range(8000000, 8000060):
            steps, is_lead, status = [], True, "open"
            for day in range(chance.randrange(1, 6)):
                met = {
                    id_: chance.random() < 0.6
                    for id_ in chance.sample(CRITERIA, chance.randrange(1, 4))
                }
                place = {"from_status": status, "from_type": "lead" if is_lead else "opportunity"}
                is_lead = chance.random() < (0.6 if is_lead else 0.2)
                status = chance.choice(["open", "won", "lost"])
                row = became(lead_ref, day, met)
                steps.append(
                    {
                        **row,
                        **place,
                        "to_type": "lead" if is_lead else "opportunity",
                        "to_status": status,
                    }
                )
            if chance.random() < 0.3:
                end = {"to_type": None, "to_status": None, "direction": "deleted"}
                kind = "lead" if is_lead else "opportunity"
                steps.append(step(lead_ref, 99, from_status=status, from_type=kind, **end))
            ledger[lead_ref] = steps
        insert(self.env, [each for steps in ledger.values() for each in steps])
        return ledger

    def expect(self, ledger):
        """Return ``{(criterion, is_met): {outcome: number}}`` of leads that have ended as such."""
        found = defaultdict(lambda: defaultdict(int))
        for steps in ledger.values():
            end = next(filter(self.is_end, reversed(steps)), None)
            outcome = end and self.get_outcome(end, steps[-1])
            for said in json.loads(end["receipt"]) if outcome else ():
                found[said["id"], said["met"]][outcome] += 1
        return found

    def is_end(self, row):
        """Tell whether a lead ended as one by a step."""
        if row["to_type"] == "lead":
            return row["to_status"] == "lost" != row["from_status"]
        return row["from_type"] == "lead" and row["to_type"] == "opportunity"

    def get_outcome(self, end, last):
        """Return what has become of a lead by its last step; nothing where it is one again."""
        side = "from" if last["direction"] == "deleted" else "to"
        status, kind = last[f"{side}_status"], last[f"{side}_type"]
        if end["to_type"] == "lead":
            return "unconverted" if status == "lost" else None
        return status if kind == "opportunity" else None

    def test_figures(self):
        checked = 0
        for seed in range(10):
            with self.subTest(seed), self.env.cr.savepoint() as savepoint:
                expected = self.expect(self.make_ledger(random.Random(seed)))
                for row in self.env[LEADS].get_worth([]):
                    shares = []
                    for name, is_met in (("met", True), ("unmet", False)):
                        counts = expected[row["ref"], is_met]
                        converted = counts["won"] + counts["lost"] + counts["open"]
                        share = {
                            "converted": Share(converted, converted + counts["unconverted"]),
                            "won": Share(counts["won"], counts["won"] + counts["lost"]),
                        }[row["step"]]
                        self.assertEqual(
                            (row[name]["won"], row[name]["closed"]), (share.count, share.total)
                        )
                        checked += share.total
                        shares.append(share)
                    worth = Worth(*shares)
                    self.assertEqual((row["low"], row["high"]), worth.interval())
                    self.assertEqual(row["verdict"], worth.verdict)
                savepoint.rollback()
        self.assertGreater(checked, 1000)


@tagged("post_install", "-at_install")
class TestFrameworkInUse(StageRuleCommon):
    """The page opens on the framework that who looks works by."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        let_history_change(cls.env)
        cls.env.cr.execute("UPDATE crm_stage_transition SET receipt = NULL")
        cls.other = cls.framework.copy({"name": "Other"})
        cls.report = cls.env["crm.criterion.worth"]

    def names(self, user=None, report=None, domain=(("is_framework_in_use", "=", True),)):
        self.env.flush_all()
        rows = (self.report if report is None else self.env[report]).with_user(user or self.rep)
        return {row["framework"] for row in rows.get_worth(list(domain))}

    def make_both(self):
        for framework in (self.framework, self.other):
            self.team.framework_id = framework
            lead = self.make_lead(f"Of {framework.name}", **self.answers(CONVERT_ANSWERS))
            lead.sudo().with_user(self.env.user).convert_opportunity(False)

    def test_that_of_the_team(self):
        self.make_both()
        self.assertEqual(self.names(domain=[]), {self.framework.name, "Other"})
        for report in ("crm.criterion.worth", LEADS):
            self.team.framework_id = self.other
            self.assertEqual(self.names(report=report), {"Other"})
            self.team.framework_id = self.framework
            self.assertEqual(self.names(report=report), {self.framework.name})

    def test_that_which_most_teams_follow(self):
        """Of somebody in no team, whose company's own is followed by none."""
        self.make_both()
        boss = new_test_user(self.env, "worth_boss", "sales_team.group_sale_manager")
        self.env.company.qualification_framework_id = self.framework
        self.assertEqual(self.names(boss), {self.framework.name})
        self.make_team("Archived", "guide", active=False)
        self.env["crm.team"].search([]).framework_id = self.other
        self.assertEqual(self.names(boss), {"Other"})

    def test_the_examples(self):
        """What the page that explains the figures says of the framework in use."""
        header = ("the user's team follows", "the company follows", "other teams follow")
        examples = read_table("FUNNEL.md", *header, "the page opens on")
        self.assertTrue(examples)
        for number, (own, of_company, others, expected) in enumerate(examples):
            with self.subTest(number):
                self.env["crm.team"].search([]).active = False
                self.env.company.qualification_framework_id = self.named(of_company)
                user = new_test_user(
                    self.env, f"worth_user_{number}", "sales_team.group_sale_manager"
                )
                if own != "no team":
                    team = self.make_team("Own", "guide", framework_id=self.named(own).id)
                    team.member_ids = user
                for name in others.split(", "):
                    framework, _space, off = name.partition(" ")
                    self.make_team(
                        name, "off" if off else "guide", framework_id=self.named(framework).id
                    )
                for report in ("crm.criterion.worth", LEADS):
                    in_use = self.env[report].with_user(user)._get_framework_in_use()
                    self.assertEqual(in_use, self.named(expected).id)

    def named(self, name):
        return self.env["crm.qualification.framework"].search([("name", "=", name)])

    def test_with_other_filters(self):
        """However the rows are found, they are the same."""
        self.make_both()
        rows = self.report.with_user(self.rep)
        in_use = ("is_framework_in_use", "=", True)
        quickly = rows.get_worth([in_use, ("lead_name", "ilike", "Of")])
        self.assertTrue(quickly)
        self.assertEqual(rows.get_worth([in_use, ("is_met", "in", [True, False])]), quickly)
        self.assertEqual(rows.get_worth([in_use, ("lead_name", "=", "No such lead")]), [])
        others = rows.get_worth([("is_framework_in_use", "=", False)])
        self.assertEqual({row["framework"] for row in others}, {self.framework.name})
        self.assertFalse({row["ref"] for row in others} & {row["ref"] for row in quickly})

    def test_the_actions_open_on_it(self):
        for name in ("crm_criterion_worth_action", "crm_criterion_worth_lead_action"):
            action = self.env["ir.actions.act_window"]._for_xml_id(f"sales_funnel_stages.{name}")
            self.assertIn("search_default_framework_in_use", action["context"])
            arch = self.env[action["res_model"]].get_view(False, "search")["arch"]
            self.assertIn('name="framework_in_use"', arch)


@made_up_history("its rows are replaced by written ones")
@tagged("post_install", "-at_install")
class TestCriterionWorthOfLeadsTour(HttpCase):
    def test_tour(self):
        """A manager sees which criterion predicts that a lead is converted, and then won."""
        let_history_change(self.env)
        self.env.cr.execute("UPDATE crm_stage_transition SET receipt = NULL")
        manager = new_test_user(
            self.env, "worth_manager", "sales_team.group_sale_manager,crm.group_use_lead"
        )
        criterion = self.env.ref("sales_funnel_stages.criterion_bant_budget")
        self.assertEqual(
            self.env[LEADS].with_user(manager)._get_framework_in_use(), criterion.framework_id.id
        )
        leads = self.env["crm.lead"].create(
            [{"name": f"Worth {number}", "type": "lead"} for number in range(40)]
        )
        self.env.flush_all()
        let_history_change(self.env)
        self.env.cr.execute(
            "DELETE FROM crm_stage_transition WHERE lead_ref = ANY(%s)", [leads.ids]
        )
        rows = []
        for number, lead in enumerate(leads):
            is_met, is_converted = number < 20, number % 20 < (16 if number < 20 else 4)
            make = became if is_converted else lost
            row = make(lead.id, 1, {criterion.id: is_met}, lead_id=lead.id, lead_name=lead.name)
            rows.append({**row, "direction": "forward" if is_converted else "lost"})
            self.env.cr.execute(
                "UPDATE crm_lead SET type = %s, won_status = %s WHERE id = %s",
                (["lead", "lost", lead.id], ["opportunity", "won", lead.id])[is_converted],
            )
        insert(self.env, rows)
        self.start_tour("/odoo", "sales_funnel_stages_criterion_worth_leads", login=manager.login)
