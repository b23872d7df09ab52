import random
from contextlib import closing
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date, Datetime
from odoo.tests import Form, new_test_user, tagged

from ...exceptions import StageRuleError
from ...tools.impact import COUNTED, LEADS, OPEN, WON, Scenario
from ...tools.rulebook import GUIDE, RECOMMENDED, REQUIRED
from ..support.common import (
    CONVERT_ANSWERS,
    PROPOSITION_ANSWERS,
    QUALIFIED_ANSWERS,
    WON_ANSWERS,
    StageRuleCommon,
)
from ..support.pages import read_tables

ANSWERS = {**CONVERT_ANSWERS, **QUALIFIED_ANSWERS, **PROPOSITION_ANSWERS, **WON_ANSWERS}


class ImpactCommon(StageRuleCommon):
    """Random leads; what is counted of them has to be what the gate says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20)
        cls.stage_hold = cls.env["crm.stage"].create(
            {"name": "On hold", "sequence": 9, "is_outside_pipeline": True}
        )
        cls.lead_model = cls.env["crm.lead"].with_user(cls.manager)

    @classmethod
    def make_leads(cls, count, **values):
        """Create leads of all kinds and with any answers."""
        return cls.env["crm.lead"].create(
            [{**cls.random_values(), **values} for _number in range(count)]
        )

    @classmethod
    def random_values(cls):
        pick = cls.random.choice
        stage = pick(cls.env["crm.stage"].search([]))
        # most answers are there, so that some leads lack nothing
        known = {name: value for name, value in ANSWERS.items() if cls.random.random() < 0.93}
        return {
            "name": f"Lead {cls.random.random()}",
            "type": pick(["lead", *["opportunity"] * 5]),
            "stage_id": stage.id,
            "team_id": pick([cls.team.id, False]),
            "user_id": pick([cls.rep.id, cls.all_rep.id, False]),
            "partner_id": pick([cls.customer.id, cls.customer.id, False]),
            # archived, and neither won nor lost
            **pick([{}] * 5 + [{} if stage.is_won else {"active": False, "probability": 40}]),
            **cls.answers(known),
        }

    def is_refused(self, lead):
        """Tell whether the gate refuses the next step of an opportunity."""
        lead = lead.with_user(self.manager)
        return self._is_refused(lambda: lead.write({"stage_id": lead._get_next_gate()}))

    def is_conversion_refused(self, lead):
        """Tell whether the gate refuses to convert a lead as it is."""
        lead = lead.with_user(self.manager)
        return self._is_refused(lambda: lead.convert_opportunity(lead.partner_id))

    def _is_refused(self, move):
        """Tell whether the gate refuses a move, which is undone."""
        try:
            with self.env.cr.savepoint():
                move()
                raise ZeroDivisionError
        except StageRuleError:
            return True
        except ZeroDivisionError:
            self.env.invalidate_all()
            return False

    def filter_leads(self, leads):
        return leads.filtered(
            lambda lead: lead.active and lead.type == "lead" and lead.won_status == "pending"
        )

    def filter_open(self, leads):
        return leads.filtered(
            lambda lead: (
                lead.active
                and lead.type == "opportunity"
                and lead.won_status == "pending"
                # whoever stays takes no step
                and lead.with_user(self.manager)._get_next_gate() != lead.stage_id.id
            )
        )

    def impact_of(self, record, user=None):
        record = record.with_user(user or self.manager)
        record.invalidate_recordset(["stage_rule_impact"])
        return record.stage_rule_impact

    def search_scenario(self, record, status=OPEN):
        scenario = self.impact_of(record)["scenario"]
        return self.lead_model.search([("stage_rule_scenario", "=", f"{status}/{scenario}")])


@tagged("post_install", "-at_install")
class TestImpact(ImpactCommon):
    def test_held_back_is_whom_the_gate_refuses(self):
        leads = self.make_leads(120, team_id=self.team.id)
        impact = self.impact_of(self.team)
        still_open = self.filter_open(leads)
        refused = still_open.filtered(self.is_refused)
        self.assertTrue(5 < len(refused) < len(still_open) - 5, "leads of both kinds")
        self.assertEqual((impact["held_back"], impact["open"]), (len(refused), len(still_open)))
        self.assertEqual(self.search_scenario(self.team), refused.with_user(self.manager))
        self.assertEqual(
            {row["id"]: row["count"] for row in impact["by_stage"]},
            {stage.id: len(each) for stage, each in refused.grouped("stage_id").items()},
        )
        self.assertEqual(
            {row["id"]: row["count"] for row in impact["by_user"]},
            {user.id or 0: len(each) for user, each in refused.grouped("user_id").items()},
        )
        self.assertIn(f"{len(refused)} of {len(still_open)}", impact["summary"])

    def test_wins_that_lack_something(self):
        leads = self.make_leads(
            60,
            active=True,
            team_id=self.team.id,
            type="opportunity",
            stage_id=self.stage_won.id,
            probability=100,
        )
        old = leads[:9]
        old.date_closed = Datetime.now() - timedelta(days=366)
        wins = leads - old
        lacking = wins.filtered(
            lambda lead: any(
                not lead.filtered_domain(criterion._read_checked_domain())
                for criterion in self.framework.rule_ids.filtered(
                    lambda rule: rule.tier == REQUIRED
                ).criterion_id
            )
        )
        self.assertTrue(5 < len(lacking) < len(wins) - 5, "wins of both kinds")
        impact = self.impact_of(self.team)
        self.assertEqual((impact["wins_unmet"], impact["wins"]), (len(lacking), len(wins)))
        found = self.search_scenario(self.team, WON)
        self.assertEqual(found, lacking.with_user(self.manager))

    def test_companies_time_zones_and_leads_without_team(self):
        """Each lead is counted by the rules, and by the clock, of its own company."""
        there = self.env["res.company"].create({"name": "There"})
        there.resource_calendar_id.tz = "Pacific/Auckland"
        self.env.company.resource_calendar_id.tz = "Pacific/Honolulu"
        self.criterion("timeframe").domain = "[('purchase_date', '>=', 'today')]"
        other = self.framework.copy({"name": "Other"})
        other.rule_ids.filtered("stage_id").unlink()
        there.qualification_framework_id = other
        team = self.make_team("There", GUIDE, company_id=there.id)
        self.manager.company_ids += there
        today = Date.context_today(self.env.user)
        leads = self.env["crm.lead"]
        for company, in_team in [(there, team), (self.env.company, self.team), (there, None)]:
            for _number in range(20):
                leads += self.make_leads(
                    1,
                    company_id=company.id,
                    team_id=in_team and in_team.id,
                    user_id=False,
                    purchase_date=today + timedelta(days=self.random.choice([-1, 0, 1])),
                )
        model = self.lead_model.with_context(allowed_company_ids=self.manager.company_ids.ids)
        impact = model._get_impacts([Scenario()])[Scenario()]
        still_open = self.filter_open(leads)
        required = {
            id_: {criterion for criterion, tier in asked.items() if tier == REQUIRED}
            for id_, asked in still_open._get_asked_criteria().items()
        }
        unmet = still_open._get_unmet_criteria(set().union(*required.values()))
        held_back = [id_ for id_ in still_open.ids if required[id_] & unmet[id_]]
        self.assertEqual(impact.held_back[OPEN], len(held_back))
        self.assertEqual(impact.concerned[OPEN], len(still_open))

    def test_a_framework_that_is_not_saved(self):
        """The form of a team says what another framework would do, before it is saved."""
        self.make_opportunity(stage=self.stage_new)
        easy = self.env["crm.qualification.framework"].create({"name": "Easy"})
        with Form(self.team.with_user(self.manager)) as form:
            self.assertEqual(form.stage_rule_impact["held_back"], 1)
            form.framework_id = easy
            self.assertEqual(form.stage_rule_impact["held_back"], 0)
            form.framework_id = self.framework
            self.assertEqual(form.stage_rule_impact["held_back"], 1)
        self.assertEqual(self.team.framework_id, self.framework)

    def test_leads_are_those_whose_conversion_the_gate_refuses(self):
        leads = self.make_leads(80, team_id=self.team.id, type="lead")
        self.make_leads(10, team_id=self.team.id, type="opportunity")
        still_leads = self.filter_leads(leads)
        refused = still_leads.filtered(self.is_conversion_refused)
        self.assertTrue(5 < len(refused) < len(still_leads) - 5, "leads of both kinds")
        impact = self.impact_of(self.team)
        self.assertEqual((impact["leads_unmet"], impact["leads"]), (len(refused), len(still_leads)))
        self.assertEqual(self.search_scenario(self.team, LEADS), refused.with_user(self.manager))
        self.assertIn(
            f"{len(refused)} of {len(still_leads)} leads could not be converted",
            impact["leads_summary"],
        )

    def test_the_examples_that_people_read(self):
        self.team.stage_rule_policy = GUIDE
        leads = read_tables("FUNNEL.md", ["how many", "what they are", "what is known of them"])
        told = read_tables("FUNNEL.md", ["what is said", "held back", "of"])
        self.assertEqual(len(leads), 2)
        for made, expected in zip(leads, told, strict=True):
            with closing(self.env.cr.savepoint()):
                for count, what, known in made:
                    for _number in range(int(count)):
                        self.make_told(what, known)
                impact = self.impact_of(self.team)
                found = [
                    [impact[f"{of}summary"], str(impact[held_back]), str(impact[all_])]
                    for of, held_back, all_ in (
                        ("", "held_back", "open"),
                        ("leads_", "leads_unmet", "leads"),
                        ("wins_", "wins_unmet", "wins"),
                    )
                ]
                self.assertEqual(found, expected)
                for status, (_said, held_back, _all) in zip(COUNTED, found, strict=True):
                    opened = self.search_scenario(self.team, status)
                    self.assertEqual(str(len(opened)), held_back)
            self.env.invalidate_all()

    def make_told(self, what, known):
        """Make one of the leads that the page tells of."""
        answers = {
            "nothing": [],
            "what conversion requires": [CONVERT_ANSWERS],
            "what Qualified requires": [CONVERT_ANSWERS, QUALIFIED_ANSWERS],
        }
        values = self.answers(*answers[known])
        kind, _word, state = what.partition(" that are ")
        if kind == "leads":
            lead = self.make_lead(**values)
        else:
            self.assertIn(kind, ("opportunities", "opportunities in New"))
            stage = self.stage_won if state == "won" else self.stage_new
            lead = self.make_opportunity(stage=stage, **values)
        if state == "lost":
            lead.action_set_lost()

    def test_leads_alone(self):
        """A company that has leads only is not told that nothing would be affected."""
        self.make_lead("Unknown")
        self.make_lead("Known", **self.answers(CONVERT_ANSWERS))
        self.make_lead("Lost").action_set_lost()
        for record in (self.team, self.framework):
            impact = self.impact_of(record)
            self.assertEqual((impact["open"], impact["leads_unmet"], impact["leads"]), (0, 1, 2))
            self.assertEqual(
                impact["leads_summary"], "As they are, 1 of 2 leads could not be converted."
            )
        self.make_lead("Theirs", user=self.all_rep, team_id=False)
        self.assertEqual(self.impact_of(self.team)["leads"], 2, "only its own")

    def test_leads_under_a_rule_by_itself(self):
        """Conversion asks for what the stage asks for that a lead is put into."""
        self.make_lead("Early", stage_id=self.stage_new.id)
        late = self.make_lead("Late", stage_id=self.stage_qualified.id)
        rule = self.framework.rule_ids.filtered(lambda rule: rule.stage_id == self.stage_qualified)
        impact = self.impact_of(rule[:1])
        self.assertEqual((impact["leads_unmet"], impact["leads"]), (1, 2))
        self.assertEqual(self.search_scenario(rule[:1], LEADS), late.with_user(self.manager))
        with Form(rule[:1].with_user(self.manager)) as form:
            form.stage_id = self.env["crm.stage"]
            self.assertEqual(form.stage_rule_impact["leads_unmet"], 2)
            form.stage_id = self.stage_qualified

    def test_a_rule_by_itself(self):
        early = self.make_opportunity("Early", stage=self.stage_new)
        late = self.make_opportunity("Late", stage=self.stage_qualified)
        self.make_opportunity(
            "Met", stage=self.stage_qualified, payment_terms_status="in_discussion"
        )
        rule = self.framework.rule_ids.filtered(
            lambda rule: rule.criterion_id == self.criterion("payment_terms")
        )
        impact = self.impact_of(rule)
        self.assertEqual((impact["held_back"], impact["open"]), (1, 3))
        self.assertEqual(self.search_scenario(rule), late.with_user(self.manager))
        with Form(rule.with_user(self.manager)) as form:
            form.stage_id = self.stage_qualified
            self.assertEqual(form.stage_rule_impact["held_back"], 2)
            form.tier = RECOMMENDED
            self.assertIn("Were it required", form.stage_rule_impact["summary"])
        self.assertEqual(
            self.search_scenario(rule), (late + early).with_user(self.manager).sorted()
        )

    def test_a_framework(self):
        self.make_opportunity()
        self.team.framework_id = self.framework
        other = self.env["crm.qualification.framework"].create({"name": "Other"})
        for framework, held_back, says in [
            (self.framework, 1, "Enforcing this today would hold back 1 of 1 open"),
            (other, 0, "No team follows it yet. If all did"),
        ]:
            impact = self.impact_of(framework)
            self.assertEqual(impact["held_back"], held_back)
            self.assertIn(says, impact["summary"])

    def test_rules_that_are_being_edited(self):
        """A matrix says what its rules would do before they are saved: as after that."""
        leads = self.make_leads(80, team_id=self.team.id)
        rules = [
            [rule.criterion_id.id, rule.stage_id.id]
            for rule in self.framework.rule_ids.filtered(lambda rule: rule.tier == REQUIRED)
        ]
        framework = self.framework.with_user(self.manager)
        saved = self.impact_of(framework)
        same = framework.get_impact_of_rules(rules)
        self.assertEqual({**same, "scenario": ""}, {**saved, "scenario": ""})
        edited = framework.get_impact_of_rules(rules[:2])
        self.assertLess(edited["held_back"], saved["held_back"])
        self.assertEqual(framework.get_impact_of_rules([])["held_back"], 0)
        texts = {status: f"{status}/{edited['scenario']}" for status in COUNTED}
        found = {
            status: self.lead_model.search([("stage_rule_scenario", "=", text)])
            for status, text in texts.items()
        }
        self.assertFalse(self.env["crm.stage.rule"].search([]) - self.framework.rule_ids)
        kept = self.framework.rule_ids.filtered(
            lambda rule: [rule.criterion_id.id, rule.stage_id.id] in rules[:2]
        )
        (self.framework.rule_ids - kept).unlink()
        saved = self.impact_of(framework)
        self.assertEqual({**edited, "scenario": ""}, {**saved, "scenario": ""})
        for status, leads in found.items():
            self.assertEqual(leads, self.search_scenario(framework, status))

    def test_rules_that_are_none(self):
        framework = self.framework.with_user(self.manager)
        other = self.framework.copy()
        for rules in (
            None,
            7,
            "x",
            [1],
            [[1, 2, 3]],
            [["a", 1]],
            [[other.criterion_ids[0].id, 0]],
            [[{}, 0]],
        ):
            with self.subTest(rules=rules), self.assertRaisesRegex(UserError, "Give rules for"):
                framework.get_impact_of_rules(rules)
        with self.assertRaises(AccessError):
            self.framework.with_user(self.rep).get_impact_of_rules([])
        self.make_opportunity()
        text = f"open/framework:0:{self.framework.id}:0:0:{other.criterion_ids[0].id}-0"
        self.assertFalse(self.lead_model.search([("stage_rule_scenario", "=", text)]))

    def test_in_words(self):
        self.assertIn("no open opportunities", self.impact_of(self.team)["summary"])
        self.assertIn("Nothing was won", self.impact_of(self.team)["wins_summary"])
        self.assertFalse(self.impact_of(self.team)["leads_summary"], "there are none")
        self.make_opportunity("Won", stage=self.stage_won)
        self.make_opportunity()
        impact = self.impact_of(self.team)
        self.assertIn("Its rules hold back 1 of 1", impact["summary"])
        self.assertIn("1 of 1 did not meet the rules", impact["wins_summary"])
        rule = self.framework.rule_ids.filtered("stage_id")[:1]
        self.assertIn("1 of 1 did not meet the rule.", self.impact_of(rule)["wins_summary"])
        self.assertFalse(impact["is_doubtful"], "one win says nothing of most")
        self.assertTrue(impact["is_enforced"])
        for number in range(4):
            self.make_opportunity(f"Won {number}", stage=self.stage_won)
        self.assertTrue(self.impact_of(self.team)["is_doubtful"])
        self.team.stage_rule_policy = GUIDE
        impact = self.impact_of(self.team)
        self.assertIn("would hold back 1 of 1", impact["summary"])
        self.assertFalse(impact["is_enforced"])

    def test_all_teams_at_once(self):
        """Teams as they are and a team as it might be, told apart."""
        other = self.make_team("Others", GUIDE)
        self.make_opportunity()
        self.make_opportunity("Theirs", team_id=other.id, user_id=False)
        self.make_opportunity("Theirs, too", team_id=other.id, user_id=False)
        teams = (self.team + other).with_user(self.manager)
        self.assertEqual([each["held_back"] for each in teams.mapped("stage_rule_impact")], [1, 2])

    def test_a_new_record_says_nothing(self):
        manager = self.manager
        for model in ("crm.team", "crm.qualification.framework", "crm.stage.rule"):
            new = self.env[model].with_user(manager).new({})
            self.assertFalse(new.stage_rule_impact)

    def test_the_number_of_queries_does_not_grow(self):
        counted = []
        # what a first call reads for all that follow is no cost of it
        for size in (5, 5, 60):
            self.make_leads(size, team_id=self.team.id)
            self.env.flush_all()
            self.impact_of(self.team)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.impact_of(self.team)
            counted.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counted[1], counted[2], counted)
        self.assertLessEqual(counted[2], 8)

    def test_nonsense_finds_nothing(self):
        self.make_opportunity()
        for text in (
            "",
            "open",
            "open/",
            "open/team:x:0:0:0",
            "leads/team:x:0:0:0",
            "lead/all:0:0:0:0",
            "lost/all:0:0:0:0",
            "open/framework:0:1:0:0:1",
            "open/framework:0:1:0:0:1-2-3",
            "open/framework:0:1:0:0:x-0",
            f"open/framework:0:1:0:0:{'9' * 30}-0",
            f"open/framework:0:{'9' * 30}:0:0",
            7,
            False,
        ):
            with self.subTest(text=text):
                self.assertFalse(self.lead_model.search([("stage_rule_scenario", "=", text)]))


@tagged("post_install", "-at_install")
class TestImpactAccess(ImpactCommon):
    def test_it_is_for_managers(self):
        self.make_opportunity()
        for record in (self.team, self.framework, self.framework.rule_ids[0]):
            with self.assertRaises(AccessError):
                record.with_user(self.rep).read(["stage_rule_impact"])
        with self.assertRaises(AccessError):
            self.env["crm.lead"].with_user(self.rep).search(
                [("stage_rule_scenario", "=", "open/all:0:0:0:0")]
            )

    def test_only_what_the_manager_may_see_is_counted(self):
        there = self.env["res.company"].create({"name": "There"})
        team = self.make_team("Shared", GUIDE)
        self.make_opportunity("Here", team_id=team.id, company_id=self.env.company.id)
        self.make_opportunity("There", team_id=team.id, company_id=there.id, user_id=False)
        self.assertEqual(self.impact_of(team)["open"], 1)
        self.manager.company_ids += there
        both = team.with_context(allowed_company_ids=self.manager.company_ids.ids)
        self.assertEqual(self.impact_of(both)["open"], 2)

    def test_the_framework_of_another_company(self):
        """What it asks for cannot be found out by searching with it."""
        there = self.env["res.company"].create({"name": "There"})
        theirs = self.framework.copy({"name": "Theirs", "company_id": there.id})
        self.make_opportunity()
        text = f"open/{Scenario('framework', 0, theirs.id)}"
        self.assertFalse(self.lead_model.search([("stage_rule_scenario", "=", text)]))
        boss = new_test_user(
            self.env,
            "boss_of_both",
            "sales_team.group_sale_manager",
            company_ids=[Command.set([self.env.company.id, there.id])],
        )
        leads = self.env["crm.lead"].with_user(boss)
        leads = leads.with_context(allowed_company_ids=boss.company_ids.ids)
        self.assertTrue(leads.search([("stage_rule_scenario", "=", text)]))
