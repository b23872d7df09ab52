from datetime import datetime, timedelta
from random import Random
from statistics import median

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tests import new_test_user, tagged

from ...tools.verdict import LOST, WON, State
from ..support import dashboard_reference
from ..support.common import StageRuleCommon
from ..support.dashboard_reference import OUTCOMES, Period
from ..support.figures_case import FiguresAssertions
from ..support.funnel_histories import FunnelHistories, random_history
from ..support.guard import let_history_change
from ..support.history_marks import made_up_history

LEADS = 250
TODAY = datetime(2026, 11, 24, 12)
# this quarter until today, and as much of the one before
QUARTER = ("2026-10-01", "2026-11-24", 3)
NOW = (datetime(2026, 10, 1), datetime(2026, 11, 25), TODAY)
BEFORE = (datetime(2026, 7, 1), datetime(2026, 8, 25), TODAY - timedelta(days=92))


@made_up_history("random histories are written into the ledger")
class FunnelDashboardCommon(StageRuleCommon):
    """A pipeline with a stage outside of it, on a fixed day, and an analyst who sees all leads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage_hold = cls.env["crm.stage"].create(
            {"name": "On hold", "sequence": 5, "is_outside_pipeline": True}
        )
        cls.pipeline = (cls.stage_new + cls.stage_qualified + cls.stage_proposition).ids
        let_history_change(cls.env)
        cls.env.cr.execute("DELETE FROM crm_stage_transition")
        cls.histories = FunnelHistories(cls.env)
        cls.report = cls.env["crm.funnel.report"].with_user(cls.manager).with_context(tz="UTC")

    def setUp(self):
        super().setUp()
        clock = freeze_time(TODAY)
        clock.start()
        self.addCleanup(clock.stop)
        self.patch(type(self.env.cr), "now", lambda _cursor: TODAY)

    def get_dashboard(self, domain=(), period=QUARTER, user=None):
        report = self.report.with_user(user) if user else self.report
        return report.get_dashboard(list(domain), *period)


@tagged("post_install", "-at_install")
class TestFunnelDashboardFigures(FunnelDashboardCommon, FiguresAssertions):
    """Every figure, on random histories, as plain Python counts it from the ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        random = Random("funnel")
        cls.other_team = cls.make_team("Others", "off")
        reasons = cls.env["crm.lost.reason"].create([{"name": "Price"}, {"name": "Timing"}])
        leads = cls.env["crm.lead"].create(
            [
                {
                    "name": f"Lead {number}",
                    "expected_revenue": random.randrange(100, 9000),
                    "user_id": random.choice([cls.rep, cls.manager]).id,
                    "team_id": random.choice([cls.team, cls.other_team]).id,
                    "lost_reason_id": random.choice([*reasons.ids, False]),
                }
                for number in range(LEADS)
            ]
        )
        past = (datetime(2026, 4, 1), TODAY)
        cls.histories.replace(
            {
                lead: random_history(
                    random, *past, cls.pipeline, cls.stage_hold.id, cls.stage_won.id
                )
                for lead in leads
            }
        )

    def setUp(self):
        super().setUp()
        self.rows, self.stays = self._reference_rows(), self._reference_stays()

    def keep(self, is_kept):
        """Let the reference tell only of some rows of the ledger, and of some stays."""
        self.rows = list(filter(is_kept, self.rows))
        self.stays = list(filter(is_kept, self.stays))

    def assert_figures(self, dashboard, now=NOW, before=BEFORE):
        """Assert every figure of both periods, but the trend."""
        for when, period in (("now", now), ("before", before)):
            self._assert_dashboard(dashboard, when, self.rows, self.stays, Period(*period), when)

    def assert_some_lost_began_earlier(self, start, stop=TODAY):
        self.assertTrue(
            any(
                stay.outcome == "lost" and stay.date < start <= stay.left_date < stop
                for stay in self.stays
            ),
            "what was lost has always begun in the period",
        )

    def test_figures(self):
        dashboard = self.get_dashboard()
        self.assertEqual(
            [(step["type"], step["stage_id"]) for step in dashboard["steps"]],
            [
                ("lead", None),
                *(("opportunity", id_) for id_ in self.pipeline),
                ("customer", None),
                # what was lost there and is open again
                ("opportunity", self.stage_won.id),
                ("outside", self.stage_hold.id),
            ],
        )
        for step in dashboard["steps"]:
            if step["stage_id"] == self.stage_won.id:
                continue
            for figures in (step["now"], step["before"]):
                self.assertGreater(figures["entered"], 5, "too little for a test")
                self.assertEqual(figures["entered"], sum(figures[each] for each in OUTCOMES))
        self.assert_figures(dashboard)
        self.assert_some_lost_began_earlier(BEFORE[0], BEFORE[1])
        self.assert_some_lost_began_earlier(NOW[0])

    def test_the_period_before_has_had_no_more_time(self):
        stays = [stay for stay in self.stays if BEFORE[0] <= stay.date < BEFORE[1]]
        later = [stay for stay in stays if stay.left_date and stay.left_date > BEFORE[2]]
        self.assertTrue(later)
        still_there = sum(step["before"]["here"] for step in self.get_dashboard()["steps"])
        self.assertGreaterEqual(still_there, len(later))

    def test_drop_off(self):
        found = self.get_dashboard()["drop_off"]
        counts = [row["now"] for row in found]
        self.assertEqual(counts, sorted(counts, reverse=True))
        names = {row["name"] for row in found}
        self.assertLessEqual({"Price", "Timing", "Lost, no reason given", "Set Aside"}, names)

    def test_a_short_period(self):
        """As above, where the rows are looked up one by one."""
        now = (datetime(2026, 11, 1), datetime(2026, 11, 25), TODAY)
        before = (datetime(2026, 10, 1), datetime(2026, 10, 25), TODAY - timedelta(days=31))
        is_narrow = self.report._is_narrow(Domain("date", ">=", before[0]))
        self.assertTrue(is_narrow, "not a short one")
        self.assert_figures(self.get_dashboard(period=("2026-11-01", "2026-11-24", 1)), now, before)
        self.assert_some_lost_began_earlier(now[0])

    def test_trend_by_week(self):
        self.assert_trend(QUARTER, NOW, "week")

    def test_trend_by_month(self):
        period = (datetime(2026, 1, 1), datetime(2026, 11, 25), TODAY)
        self.assert_trend(("2026-01-01", "2026-11-24", 12), period, "month")

    def assert_trend(self, asked, period, unit):
        dashboard = self.get_dashboard(period=asked)
        self.assertEqual(dashboard["trend"]["unit"], unit)
        expected = dashboard_reference.trend(self.rows, Period(*period), unit)
        self.assertTrue(expected)
        self.assertEqual(self._trend(dashboard), expected)

    def test_a_filter_limits_every_figure(self):
        self.keep(lambda each: each.team_id == self.other_team.id)
        self.assert_figures(self.get_dashboard([("team_id", "=", self.other_team.id)]))

    def test_the_records_behind_the_figures(self):
        """What the client opens is what was counted; see funnel_records.js."""
        dashboard = self.get_dashboard()
        period = dashboard["period"]
        inside = [("date", ">=", period["start"]), ("date", "<", period["stop"])]
        step = dashboard["steps"][2]
        of_step = [*inside, ("step_type", "=", "opportunity"), ("stage_id", "=", step["stage_id"])]
        entered = [*of_step, ("is_skipped", "=", False)]

        def leads(*conditions):
            return len(set(self.report.search([*of_step, *conditions]).mapped("lead_ref")))

        self.assertEqual(leads(), step["now"]["reached"])
        self.assertEqual(leads(("outcome", "=", "advanced")), step["now"]["converted"])
        self.assertEqual(self.report.search_count(entered), step["now"]["entered"])
        self.assertEqual(
            leads(("is_skipped", "=", False), ("from_type", "=", False)), step["now"]["direct"]
        )
        begun = [
            *inside,
            ("is_skipped", "=", False),
            ("step_type", "!=", "lead"),
            ("from_type", "!=", "opportunity"),
        ]
        self.assertEqual(
            len(set(self.report.search(begun).mapped("lead_ref"))),
            dashboard["velocity"]["now"]["opportunities"],
        )

    def test_the_records_behind_the_figures_of_the_period_before(self):
        """As above, without what happened since that period was as old as this one is."""
        dashboard = self.get_dashboard()
        before = dashboard["before"]
        inside = [("date", ">=", before["start"]), ("date", "<", before["stop"])]
        happened = [("left_date", "<=", before["as_of"])]
        step = dashboard["steps"][2]
        of_step = [*inside, ("step_type", "=", "opportunity"), ("stage_id", "=", step["stage_id"])]

        def search(*conditions):
            return self.report.search([*of_step, *conditions])

        advanced = ("outcome", "=", "advanced")
        converted = search(advanced, *happened)
        self.assertLess(converted, search(advanced), "nothing has happened since")
        self.assertEqual(len(set(search().mapped("lead_ref"))), step["before"]["reached"])
        self.assertEqual(len(set(converted.mapped("lead_ref"))), step["before"]["converted"])
        finished = search(("days_in_step", "!=", False), *happened)
        self.assertEqual(median(finished.mapped("days_in_step")), step["before"]["median_days"])
        for row in dashboard["drop_off"]:
            left = [
                *inside,
                *happened,
                ("is_skipped", "=", False),
                ("outcome", "=", row["outcome"]),
            ]
            if row["outcome"] == "lost":
                left.append(("lost_reason_id", "=", row["lost_reason_id"] or False))
            self.assertEqual(self.report.search_count(left), row["before"], row["name"])

    def test_a_rep_sees_the_figures_of_own_leads(self):
        count = len(self.stays)
        self.keep(lambda each: each.lead_id and each.user_id == self.rep.id)
        self.assertTrue(0 < len(self.stays) < count)
        self.assert_figures(self.get_dashboard(user=self.rep))


@tagged("post_install", "-at_install")
class TestFunnelDashboard(FunnelDashboardCommon):
    def test_without_leads_there_is_nothing(self):
        dashboard = self.get_dashboard([("team_id", "=", self.team.id)])
        self.assertIsNone(dashboard["contacts"])
        self.assertFalse(dashboard["drop_off"])
        self.assertFalse(dashboard["trend"]["rows"])
        self.assertEqual(
            [step["name"] for step in dashboard["steps"]],
            ["Lead", "New", "Qualified", "Proposition", "Customer"],
        )
        for step in dashboard["steps"]:
            self.assertEqual(step["now"]["reached"], 0)
            self.assertIsNone(step["now"]["rate"])
        self.assertIsNone(dashboard["velocity"]["now"]["value"])

    def test_periods_are_days_of_the_user(self):
        lead = self.make_lead()
        # in Auckland it is the first of October
        self.histories.replace(
            {lead: [(datetime(2026, 9, 30, 23), State(False, self.pipeline[0]))]}
        )
        self.assertEqual(self.get_dashboard()["steps"][0]["now"]["reached"], 0)
        report = self.report.with_context(tz="Pacific/Auckland")
        dashboard = report.get_dashboard([], *QUARTER)
        self.assertEqual(dashboard["steps"][0]["now"]["reached"], 1)
        self.assertEqual(dashboard["period"]["from"], "2026-10-01")
        self.assertEqual(dashboard["period"]["start"], "2026-09-30 11:00:00")
        self.assertEqual(dashboard["before"]["from"], "2026-07-01")
        self.assertEqual(dashboard["before"]["to"], "2026-08-24")

    def test_a_period_that_ends_before_it_begins(self):
        with self.assertRaisesRegex(UserError, "ends before it begins"):
            self.get_dashboard(period=("2026-10-02", "2026-10-01"))

    def test_a_lead_that_comes_twice_is_one(self):
        lead = self.make_lead(expected_revenue=300)
        new, qualified, _proposition = self.pipeline
        day = timedelta(days=1)
        start = datetime(2026, 11, 1)
        self.histories.replace(
            {
                lead: [
                    (start, State(True, new)),
                    (start + day, State(True, qualified)),
                    (start + 4 * day, State(True, new)),
                    (start + 9 * day, State(True, new, status=LOST)),
                ]
            }
        )
        step = self.get_dashboard()["steps"][1]["now"]
        self.assertEqual(
            (step["reached"], step["converted"], step["entered"], step["advanced"], step["lost"]),
            (1, 1, 2, 1, 1),
        )
        self.assertEqual(step["value"], 300)
        self.assertEqual(step["median_days"], 3)

    def test_velocity_example(self):
        """The example of readme/FUNNEL.md."""
        start = datetime(2026, 10, 5)
        won = timedelta(days=30)
        make = {
            self.make_lead(f"Deal {number}", expected_revenue=12000): number for number in range(8)
        }
        new = self.pipeline[0]
        ends = [State(True, self.stage_won.id, status=WON)] * 2 + [
            State(True, new, status=LOST)
        ] * 2
        self.histories.replace(
            {
                lead: [
                    (start, State(True, new)),
                    *([(start + won, ends[number])] if number < len(ends) else []),
                ]
                for lead, number in make.items()
            }
        )
        self.assertEqual(
            self.get_dashboard()["velocity"]["now"],
            {
                "opportunities": 8,
                "won": 2,
                "lost": 2,
                "win_rate": 0.5,
                "average_value": 12000,
                "cycle_days": 30,
                "value": 1600,
                "opportunities_rows": 8,
                "won_rows": 2,
                "decided_rows": 4,
            },
        )

    def test_contacts(self):
        self.create_contacts_on(datetime(2020, 1, 1), self.env["res.partner"].search([]))
        self.assertEqual(self.get_dashboard()["contacts"]["now"]["reached"], 0)
        contacts = self.env["res.partner"].create([{"name": name} for name in ("Ann", "Bo", "Cy")])
        colleague = self.env["res.partner"].create(
            {"name": "Di", "parent_id": self.customer.id, "type": "contact"}
        )
        address = self.env["res.partner"].create(
            {"name": "Dock", "parent_id": self.customer.id, "type": "delivery"}
        )
        self.make_lead(partner_id=self.customer.id)
        lost = self.make_lead(partner_id=contacts[0].id)
        lost.sudo().action_set_lost()
        created = contacts + colleague + address + self.customer
        self.create_contacts_on(TODAY, created)
        found = self.get_dashboard()["contacts"]
        self.assertEqual(found["now"], {"reached": 5, "converted": 3, "rate": 0.6})
        self.assertEqual(found["before"], {"reached": 0, "converted": 0, "rate": None})
        contact_model = self.env["res.partner"].with_user(self.manager)
        behind = contact_model.search([*found["domains"]["now"], ("id", "in", created.ids)])
        self.assertEqual(behind, contacts + colleague + self.customer)
        self.assertEqual(behind.filtered("has_lead"), contacts[0] + colleague + self.customer)
        self.create_contacts_on(datetime(2026, 7, 1), contacts[:2])
        found = self.get_dashboard()["contacts"]
        self.assertEqual(found["before"], {"reached": 2, "converted": 1, "rate": 0.5})
        behind = contact_model.search([*found["domains"]["before"], ("id", "in", created.ids)])
        self.assertEqual(behind, contacts[:2])
        self.create_contacts_on(TODAY, created)
        self.assertEqual(
            contact_model.search([("has_lead", "=", False), ("id", "in", created.ids)]),
            contacts[1:],
        )

    def create_contacts_on(self, moment, contacts):
        """Have contacts created at a moment."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = %s WHERE id = ANY(%s)", [moment, contacts.ids]
        )
        self.env.invalidate_all()

    def test_currencies_are_converted(self):
        euro, dollar = self.env.ref("base.EUR"), self.env.ref("base.USD")
        (euro + dollar).active = True
        here = self.env.company
        there_currency = euro if here.currency_id != euro else dollar
        there = self.env["res.company"].create({"name": "There", "currency_id": there_currency.id})
        self.env["res.currency.rate"].create(
            {
                "currency_id": there_currency.id,
                "company_id": here.id,
                "name": "2026-01-01",
                "rate": 2,
            }
        )
        self.manager.company_ids = [Command.link(there.id)]
        values = {"expected_revenue": 100, "user_id": False, "team_id": False}
        leads = {
            self.env["crm.lead"].create({"name": "L", "company_id": company.id, **values}): [
                (TODAY - timedelta(days=1), State(False, self.pipeline[0]))
            ]
            for company in (here, there)
        }
        self.histories.replace(leads)
        report = self.report.with_context(allowed_company_ids=[here.id, there.id])
        dashboard = report.get_dashboard([], *QUARTER)
        self.assertTrue(dashboard["is_converted"])
        self.assertEqual(dashboard["currency_id"], here.currency_id.id)
        self.assertEqual(dashboard["steps"][0]["now"]["value"], 150)
        report = self.report.with_context(allowed_company_ids=here.ids)
        dashboard = report.get_dashboard([], *QUARTER)
        self.assertFalse(dashboard["is_converted"])
        self.assertEqual(dashboard["steps"][0]["now"]["value"], 100)

    def test_who_may_not_read_leads(self):
        other = new_test_user(self.env, "funnel_other", "base.group_user")
        with self.assertRaises(AccessError):
            self.get_dashboard(user=other)

    def test_a_stage_that_was_deleted_keeps_its_figures(self):
        stage = self.env["crm.stage"].create({"name": "Gone", "sequence": 4})
        lead = self.make_lead()
        self.histories.replace({lead: [(TODAY - timedelta(days=2), State(True, stage.id))]})
        stage.unlink()
        names = {step["name"]: step["now"]["reached"] for step in self.get_dashboard()["steps"]}
        self.assertEqual(names["Gone"], 1)
        self.assertNotIn("No stage", names)
        # it is no step of the pipeline: it comes after what is
        self.assertGreater([*names].index("Gone"), [*names].index("Customer"))

    def test_a_stage_of_a_team_that_one_may_not_see_is_no_empty_step(self):
        """Whose stage it is says the stage, whoever looks."""
        there = self.env["res.company"].create({"name": "There"})
        team = self.env["crm.team"].create({"name": "Theirs", "company_id": there.id})
        stage_model = self.env["crm.stage"]
        stage_model.create({"name": "Elsewhere", "team_ids": [Command.set(team.ids)]})
        stage_model.create({"name": "Here", "team_ids": [Command.set(self.team.ids)]})
        stage = stage_model.create({"name": "Of all"})
        self.env.invalidate_all()
        theirs = stage_model.with_user(self.manager).search([("name", "=", "Elsewhere")])
        self.assertFalse(theirs.team_ids, "the manager sees the team")
        names = [step["name"] for step in self.get_dashboard()["steps"]]
        self.assertEqual(names.count("Of all"), 1)
        self.assertFalse({"Elsewhere", "Here"} & set(names))
        stage.team_ids = [Command.set(team.ids)]
        self.assertNotIn("Of all", [step["name"] for step in self.get_dashboard()["steps"]])

    def test_what_is_beside_the_pipeline(self):
        """Deleted, or won by now: below the customer, under its name, and not in the picture."""
        gone, sold = self.env["crm.stage"].create(
            [{"name": "Gone", "sequence": 2}, {"name": "Sold", "sequence": 2}]
        )
        lead = self.make_lead()
        start = TODAY - timedelta(days=9)
        self.histories.replace(
            {
                lead: [
                    (start + timedelta(days=number), State(True, stage_id))
                    for number, stage_id in enumerate(
                        (self.pipeline[0], gone.id, sold.id, self.stage_hold.id)
                    )
                ]
            }
        )
        gone.unlink()
        sold.is_won = True
        beside = [step for step in self.get_dashboard()["steps"] if step["is_beside"]]
        self.assertEqual(
            [(step["type"], step["name"], step["now"]["entered"]) for step in beside],
            [("opportunity", "Sold", 1), ("opportunity", "Gone", 1), ("outside", "On hold", 1)],
        )
        for step in beside:
            behind = self.report.search_count(
                [("step_type", "=", step["type"]), ("funnel_stage_id", "=", step["stage_id"])]
            )
            self.assertEqual(behind, step["now"]["reached"], step["name"])

    def test_a_lost_reason_that_was_deleted_keeps_its_name(self):
        reason = self.env["crm.lost.reason"].create({"name": "Price"})
        deals = self.make_opportunity("One") + self.make_opportunity("Two")
        for lead in deals.with_env(self.env):
            lead.action_set_lost(lost_reason_id=reason.id)
            lead.action_unarchive()
        deals[1].with_env(self.env).action_set_lost()
        reason.unlink()
        found = [row for row in self.get_dashboard()["drop_off"] if row["outcome"] == "lost"]
        self.assertEqual(
            {row["name"]: row["now"] for row in found}, {"Price": 2, "Lost, no reason given": 1}
        )
        for row in found:
            behind = [
                ("outcome", "=", "lost"),
                ("lost_reason_id", "=", row["lost_reason_id"] or False),
                ("lost_reason_name", "=", row["lost_reason_name"] or False),
            ]
            self.assertEqual(self.report.search_count(behind), row["now"], row["name"])

    def test_what_was_lost_last_month_stays_so(self):
        """Whoever is restored since, or lost for another reason, was lost for that one then."""
        price, time = self.env["crm.lost.reason"].create([{"name": "Price"}, {"name": "Time"}])
        lead = self.make_opportunity().with_env(self.env)
        lead.action_set_lost(lost_reason_id=price.id)

        def reasons():
            return {row["name"]: row["now"] for row in self.get_dashboard()["drop_off"]}

        self.assertEqual(reasons(), {"Price": 1})
        lead.action_restore()
        self.assertEqual(reasons(), {"Price": 1})
        lead.action_set_lost(lost_reason_id=time.id)
        self.assertEqual(reasons(), {"Price": 1, "Time": 1})

    def test_it_is_a_few_statements(self):
        self.get_dashboard()
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            self.get_dashboard()

    def test_it_may_run_on_a_replica(self):
        self.assertTrue(getattr(type(self.report).get_dashboard, "_readonly", False))
