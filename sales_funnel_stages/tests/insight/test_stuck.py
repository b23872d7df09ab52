import random
from ast import literal_eval
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from math import ceil

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL

from ...models.insight.usual_stay import MIN_STAYS
from ..support.common import StageRuleCommon
from ..support.guard import let_history_change
from ..support.history_marks import made_up_history

DAY = timedelta(days=1)
# the stages, what is usual in them, and the leads
MAX_QUERIES = 3


@made_up_history("rows that tell of no lead are written into the ledger")
class StuckCommon(StageRuleCommon):
    """A ledger that knows how long opportunities have stayed in stages."""

    def add_rows(self, rows):
        """Add to the ledger as it could have come about, had the test gone on for years."""
        defaults = {
            "lead_ref": 0,
            "direction": "forward",
            "from_type": "opportunity",
            "from_status": "open",
            "from_stage_id": None,
            "to_type": "opportunity",
            "to_stage_id": None,
            "to_status": "open",
            "is_gap": False,
        }
        for row in rows:
            values = {**defaults, **row}
            self.env.cr.execute(
                SQL(
                    "INSERT INTO crm_stage_transition (%s) VALUES %s",
                    SQL(", ").join(map(SQL.identifier, values)),
                    tuple(values.values()),
                )
            )
        self.env.invalidate_all()

    def add_stays(self, stage, days, **values):
        """Let opportunities that are not there any more have stayed so many days each."""
        self.add_rows(
            {
                "date": self.env.cr.now() - DAY,
                "from_stage_id": stage.id,
                "seconds_in_previous": int(each * 86400),
                **values,
            }
            for each in days
        )

    def came(self, lead, days):
        """Let a lead have come to where it is so many days ago, as the ledger tells."""
        self.env.flush_all()
        let_history_change(self.env)
        self.env.cr.execute(
            "UPDATE crm_stage_transition SET date = %s WHERE lead_ref = %s",
            [self.env.cr.now() - timedelta(days=days), lead.id],
        )
        self.env.invalidate_all()
        return lead.sudo()


@tagged("post_install", "-at_install")
class TestUsualStay(StuckCommon):
    """What is usual in a stage."""

    def assert_usual(self, days, stage=None):
        self.env.invalidate_all()
        self.assertEqual((stage or self.stage_qualified).usual_days, days)

    def test_80_percent_have_left_within_it(self):
        self.add_stays(self.stage_qualified, range(1, 21))
        self.assert_usual(16)
        self.assertEqual(self.stage_qualified.usual_stay, "80% move on within 16 days")
        self.assert_usual(0, self.stage_proposition)

    def test_whole_days_and_at_least_one(self):
        self.add_stays(self.stage_qualified, [4.2] * 20)
        self.assert_usual(5)
        self.add_stays(self.stage_new, [0] * 20)
        self.assert_usual(1, self.stage_new)
        self.assertEqual(self.stage_new.usual_stay, "80% move on within a day")

    def test_too_few(self):
        self.add_stays(self.stage_qualified, [3] * (MIN_STAYS - 1))
        self.assert_usual(0)
        self.assertFalse(self.stage_qualified.usual_stay)
        self.add_stays(self.stage_qualified, [3])
        self.assert_usual(3)

    def test_what_is_no_stay(self):
        now = self.env.cr.now()
        self.add_stays(self.stage_qualified, [3] * 20)
        for values in (
            {"date": now - relativedelta(months=12, days=1)},
            {"from_type": "lead"},
            {"from_status": "lost", "direction": "reopened"},
            {"from_status": "won", "direction": "backward"},
            {"to_type": None, "to_status": None, "direction": "deleted"},
            {"to_type": None, "to_status": None, "direction": "merged"},
            {"seconds_in_previous": None, "direction": "handed_over"},
            {"is_gap": True},
        ):
            self.add_stays(self.stage_qualified, [90] * 20, **values)
        self.assert_usual(3)

    def test_each_way_out_counts(self):
        ways = (
            {"direction": "skipped"},
            {"direction": "backward"},
            {"direction": "sideways"},
            {"direction": "lost", "to_status": "lost"},
            {"to_status": "won"},
            {"direction": "backward", "to_type": "lead"},
            {"is_reconstructed": True},
        )
        for way in ways:
            self.add_stays(self.stage_qualified, [7] * 3, **way)
        self.assert_usual(7)

    def test_where_nobody_is_stuck(self):
        """In a stage that is won, and in one that is outside of the pipeline."""
        self.add_stays(self.stage_qualified, [3] * 20)
        self.add_stays(self.stage_won, [3] * 20)
        self.framework.rule_ids.unlink()
        self.stage_qualified.is_outside_pipeline = True
        self.assert_usual(0)
        self.assert_usual(0, self.stage_won)

    def test_use_it(self):
        """Odoo's own rotting takes it over, which is the managers' to decide."""
        self.add_stays(self.stage_qualified, [14] * 20)
        lead = self.make_opportunity(stage=self.stage_qualified, date_last_stage_update=False)
        self.env.flush_all()
        lead.sudo().date_last_stage_update = self.env.cr.now() - 15 * DAY
        self.stage_qualified.rotting_threshold_days = 0
        self.assertFalse(lead.is_rotting)
        with self.assertRaises(AccessError):
            self.stage_qualified.with_user(self.rep).action_use_usual_days()
        self.stage_qualified.with_user(self.manager).action_use_usual_days()
        self.assertEqual(self.stage_qualified.rotting_threshold_days, 14)
        self.assertTrue(lead.is_rotting)
        self.stage_new.rotting_threshold_days = 5
        self.stage_new.action_use_usual_days()
        self.assertEqual(self.stage_new.rotting_threshold_days, 5, "nothing is known of it")

    def test_a_new_stage(self):
        stage = self.env["crm.stage"].new({"name": "Demo given"})
        self.assertEqual((stage.usual_days, stage.usual_stay), (0, ""))

    def test_who_may_know(self):
        stranger = new_test_user(self.env, "funnel_stranger", "base.group_user")
        stage = self.stage_qualified.with_user(stranger)
        with self.assertRaises(AccessError):
            stage.read(["usual_days"])
        self.assertEqual(stage.name, "Qualified")


@tagged("post_install", "-at_install")
class TestStuck(StuckCommon):
    """Which opportunities are stuck, on records as in the database."""

    def setUp(self):
        super().setUp()
        self.add_stays(self.stage_qualified, [14] * 20)

    def assert_stuck(self, *expected, leads=None):
        """Assert which are stuck, of all leads or those given; search and records agree."""
        lead_model = self.env["crm.lead"]
        leads = lead_model.search([]) if leads is None else leads
        expected = lead_model.browse([lead.id for lead in expected])
        is_it, among = Domain("is_stuck", "=", True), Domain("id", "in", leads.ids)
        self.env.invalidate_all()
        self.assertEqual(leads.filtered("is_stuck").sorted("id"), expected.sorted("id"))
        self.assertEqual(lead_model.search(is_it & among, order="id"), expected.sorted("id"))
        self.assertEqual(
            lead_model.search(~is_it & among, order="id"), (leads - expected).sorted("id")
        )
        self.assertEqual(leads.filtered_domain(is_it).sorted("id"), expected.sorted("id"))

    def test_longer_than_usual(self):
        late = self.came(self.make_opportunity("Late", self.stage_qualified), 14.1)
        self.came(self.make_opportunity("In time", self.stage_qualified), 13.9)
        # of no other stage anything is known
        self.came(self.make_opportunity("New", self.stage_new), 400)
        self.came(self.make_opportunity("Won", self.stage_won), 400)
        self.came(self.make_lead("Lead", stage_id=self.stage_qualified.id), 400)
        lost = self.make_opportunity("Lost", self.stage_qualified)
        lost.action_set_lost()
        self.came(lost, 400)
        self.assert_stuck(late)
        self.assertEqual(late.days_in_step, 14)
        self.assertEqual(late.usual_stay, "80% move on within 14 days")

    def test_it_goes_by_the_last_step(self):
        """Neither a change of hands begins a new stay, nor does Odoo's date."""
        lead = self.came(self.make_opportunity("Handed over", self.stage_qualified), 20)
        lead.team_id = self.make_team("Others", "guide")
        lead.date_last_stage_update = self.env.cr.now()
        self.assertEqual(self.rows(lead)[-1:].direction, "handed_over")
        self.assert_stuck(lead)
        self.assertEqual(lead.days_in_step, 20)
        lead.stage_id = self.stage_proposition
        lead.stage_id = self.stage_qualified
        self.assert_stuck()
        self.assertEqual(lead.days_in_step, 0)

    def test_what_the_ledger_does_not_know(self):
        leads = self.make_opportunity("Stage", self.stage_qualified)
        leads += self.make_opportunity("Created", self.stage_qualified)
        leads = leads.sudo()
        self.env.flush_all()
        let_history_change(self.env)
        self.env.cr.execute(
            "DELETE FROM crm_stage_transition WHERE lead_ref = ANY(%s)", [leads.ids]
        )
        self.env.cr.execute(
            "UPDATE crm_lead SET date_last_stage_update = NULL, create_date = %s WHERE id = %s",
            [self.env.cr.now() - 30 * DAY, leads[1].id],
        )
        self.env.invalidate_all()
        leads[0].date_last_stage_update = self.env.cr.now() - 20 * DAY
        self.assert_stuck(*leads)
        self.assertEqual(leads.mapped("days_in_step"), [20, 30])
        leads.with_context(active_test=False).unlink()

    def test_before_it_is_saved(self):
        lead = self.came(self.make_opportunity(stage=self.stage_qualified), 20)
        edited = lead.new(origin=lead)
        self.assertTrue(edited.is_stuck)
        new = lead.new({"type": "opportunity", "stage_id": self.stage_qualified.id})
        self.assertFalse(new.is_stuck)
        self.assertEqual(new.days_in_step, 0)

    def test_nothing_is_known(self):
        let_history_change(self.env)
        self.env.cr.execute("DELETE FROM crm_stage_transition WHERE lead_ref = 0")
        self.env.invalidate_all()
        self.came(self.make_opportunity(stage=self.stage_qualified), 400)
        self.assert_stuck()

    def test_as_salespeople(self):
        own = self.came(self.make_opportunity("Own", self.stage_qualified), 20)
        other = self.came(self.make_opportunity("Other", self.stage_qualified, self.manager), 20)
        found = {
            user: self.env["crm.lead"].with_user(user).search([("is_stuck", "=", True)])
            for user in (self.rep, self.all_rep)
        }
        self.assertEqual(found, {self.rep: own, self.all_rep: own + other})
        own.with_user(self.rep).read(["is_stuck", "days_in_step", "usual_days", "usual_stay"])

    def test_order(self):
        leads = self.env["crm.lead"]
        for days in (30, 20, 40):
            leads += self.came(self.make_opportunity(f"{days}", self.stage_qualified), days)
        found = leads.search([("id", "in", leads.ids)], order="days_in_step desc")
        self.assertEqual(found.mapped("days_in_step"), [40, 30, 20])

    def test_queries(self):
        """As many for 80 leads as for 10, and few."""
        leads = self.env["crm.lead"]
        for number in range(80):
            leads += self.make_opportunity(f"Lead {number}", self.stage_qualified).sudo()
        self.came(leads[0], 20)
        self.env.flush_all()
        for size in (10, 80):
            self.env.invalidate_all()
            domain = Domain("id", "in", leads[:size].ids) & Domain("is_stuck", "=", True)
            self.env.user.read(["name"])
            with self.assertQueryCount(MAX_QUERIES):
                self.assertEqual(leads.search(domain), leads[0])
        for records in (leads[:10], leads):
            self.env.invalidate_all()
            records.mapped("stage_id.name")
            records.mapped("date_last_stage_update")
            with self.assertQueryCount(MAX_QUERIES):
                records.mapped("is_stuck")

    def test_random_histories(self):
        """Against plain Python that walks through the rows."""
        chance = random.Random(6)
        now = self.env.cr.now()
        let_history_change(self.env)
        self.env.cr.execute("DELETE FROM crm_stage_transition")
        stages = self.stage_new, self.stage_qualified, self.stage_proposition
        leads = self.env["crm.lead"]
        for number in range(120):
            leads += self.make_opportunity(f"Random {number}", chance.choice(stages)).sudo()
        self.env.flush_all()
        let_history_change(self.env)
        self.env.cr.execute("DELETE FROM crm_stage_transition")
        for lead in leads:
            self.add_rows(self.make_history(chance, lead, now))
        usual = self.reckon_usual(now)
        self.assertEqual(
            {stage: stage.usual_days for stage in stages},
            {stage: usual.get(stage.id, 0) for stage in stages},
        )
        stuck = [lead for lead in leads if self.reckon_stuck(lead, usual, now)]
        self.assertTrue(10 < len(stuck) < 110, "a test in which too little happens")
        self.assert_stuck(*stuck, leads=leads)

    def make_history(self, chance, lead, now):
        """Return rows that end where a lead is; on the way it may have been lost."""
        stages = self.stage_new, self.stage_qualified, self.stage_proposition
        places = [(stage.id, status) for stage in stages for status in ("open", "lost")]
        walk = [chance.choice(places) for _number in range(chance.randint(0, 8))]
        walk.append((lead.stage_id.id, "open"))
        # a step leads elsewhere
        walk = [place for before, place in pairwise([None, *walk]) if place != before]
        longest = chance.choice([90, 500]) * 86400
        dates = sorted(now - timedelta(seconds=chance.randrange(longest)) for _place in walk)
        return [
            self.make_row(lead, date, before, place, date - since)
            for (before, place), (since, date) in zip(
                pairwise([None, *walk]), pairwise([dates[0], *dates]), strict=True
            )
        ]

    def make_row(self, lead, date, before, after, stay):
        return {
            "lead_id": lead.id,
            "lead_ref": lead.id,
            "date": date,
            "direction": "sideways" if before else "created",
            "from_type": before and "opportunity",
            "from_stage_id": before and before[0],
            "from_status": before and before[1],
            "to_stage_id": after[0],
            "to_status": after[1],
            "team_id": lead.team_id.id,
            "seconds_in_previous": int(stay.total_seconds()) if before else None,
        }

    def all_rows(self):
        return self.env["crm.stage.transition"].search([], order="date, id")

    def reckon_usual(self, now):
        """Return ``{stage_id: days}``: the shortest that at least 80% of stays do not exceed."""
        stays = defaultdict(list)
        for row in self.all_rows():
            is_recent = row.date >= now - relativedelta(months=12)
            if row.from_status == "open" and is_recent:
                stays[row.from_stage_id.id].append(row.seconds_in_previous)
        usual = {}
        for stage_id, seconds in stays.items():
            if len(seconds) >= 20:
                [shortest, *_] = [
                    each
                    for each in sorted(seconds)
                    if sum(other <= each for other in seconds) * 10 >= len(seconds) * 8
                ]
                usual[stage_id] = max(1, ceil(shortest / 86400))
        return usual

    def reckon_stuck(self, lead, usual, now):
        last = self.all_rows().filtered(lambda row: row.lead_ref == lead.id)[-1:]
        days = usual.get(lead.stage_id.id)
        return bool(days) and (now - last.date).total_seconds() > days * 86400


@tagged("post_install", "-at_install")
class TestStuckViews(HttpCase, StuckCommon):
    """The list, and the button in the stage's form."""

    def test_filter_of_the_pipeline(self):
        self.add_stays(self.stage_qualified, [14] * 20)
        stuck = self.came(self.make_opportunity("Late", self.stage_qualified), 20)
        self.came(self.make_opportunity("In time", self.stage_qualified), 2)
        view = self.env.ref("crm.view_crm_case_opportunities_filter")
        arch = self.env["crm.lead"].get_view(view.id, "search")["arch"]
        [node] = etree.fromstring(arch).xpath("//filter[@name='stuck']")
        self.assertEqual(self.env["crm.lead"].search(literal_eval(node.get("domain"))), stuck)

    def test_the_pipeline_pays_nothing(self):
        """What is computed for the stuck list is in no view of the pipeline."""
        ours = {"is_stuck", "days_in_step", "usual_days", "usual_stay"}
        for xmlid, kind in (
            ("crm.crm_case_tree_view_oppor", "list"),
            ("crm.crm_case_kanban_view_leads", "kanban"),
            ("crm.crm_lead_view_form", "form"),
        ):
            arch = self.env["crm.lead"].get_view(self.env.ref(xmlid).id, kind)["arch"]
            names = set(etree.fromstring(arch).xpath("//field/@name"))
            self.assertFalse(names & ours, xmlid)

    def test_tour(self):
        self.add_stays(self.stage_qualified, [14] * 20)
        self.came(self.make_opportunity("Tour: late", self.stage_qualified, self.manager), 30)
        self.came(self.make_opportunity("Tour: later", self.stage_qualified, self.manager), 40)
        self.came(self.make_opportunity("Tour: in time", self.stage_qualified, self.manager), 3)
        self.stage_qualified.rotting_threshold_days = 5
        self.start_tour("/odoo", "sales_funnel_stages_stuck", login=self.manager.login)
        self.start_tour(
            f"/odoo/crm.stage/{self.stage_qualified.id}",
            "sales_funnel_stages_use_usual_days",
            login=self.manager.login,
        )
        self.assertEqual(self.stage_qualified.rotting_threshold_days, 14)
