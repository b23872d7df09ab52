from odoo.exceptions import ValidationError
from odoo.fields import Command, Date
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...tools.rulebook import GUIDE
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, LeadsInUseCommon


class ConversionPlanCommon(LeadsInUseCommon):
    """A team that names a plan of two activities: a call today, a visit in a week."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.make_plan("First contact")
        cls.team.conversion_plan_id = cls.plan

    @classmethod
    def make_plan(cls, name, **values):
        return cls.env["mail.activity.plan"].create(
            {
                "name": name,
                "res_model": "crm.lead",
                "company_id": False,
                "template_ids": [
                    Command.create(
                        {
                            "summary": "Call them",
                            "activity_type_id": cls.env.ref("mail.mail_activity_data_call").id,
                        }
                    ),
                    Command.create(
                        {
                            "summary": "Visit them",
                            "activity_type_id": cls.env.ref("mail.mail_activity_data_todo").id,
                            "delay_count": 1,
                            "delay_unit": "weeks",
                            "delay_from": "after_plan_date",
                        }
                    ),
                ],
                **values,
            }
        )

    @classmethod
    def make_ready(cls, name="Some lead", **values):
        """Make a lead that may be converted."""
        return cls.make_lead(name, **cls.answers(CONVERT_ANSWERS), **values)

    def wizard(self, leads, model="crm.lead2opportunity.partner", **values):
        return (
            self.env[model]
            .with_user(leads.env.user)
            .with_context(active_model="crm.lead", active_id=leads[:1].id, active_ids=leads.ids)
            .create(values)
        )

    def assert_planned(self, lead, *expected):
        """Assert the activities of a lead: ``(summary, user, days from today)``."""
        today = Date.context_today(self.rep.with_user(self.rep))
        activities = lead.sudo().activity_ids.sorted("id")
        self.assertEqual(
            [(each.summary, each.user_id, each.date_deadline) for each in activities],
            [(summary, user, Date.add(today, days=days)) for summary, user, days in expected],
        )


@tagged("post_install", "-at_install")
class TestConversionPlan(ConversionPlanCommon, StageRuleAssertions):
    """The activities of an opportunity's first minute."""

    def assert_started(self, lead, user=None):
        user = user or self.rep
        self.assert_planned(lead, ("Call them", user, 0), ("Visit them", user, 7))
        self.assertEqual(lead.conversion_plan_id, self.plan)

    def convert(self, leads):
        """Convert leads, as other people's code does."""
        leads.convert_opportunity(self.env["res.partner"])

    # ------------------------------------------------------------------
    # Ways to be converted
    # ------------------------------------------------------------------

    def test_by_the_wizard(self):
        lead = self.make_ready()
        self.wizard(lead).action_apply()
        self.assert_started(lead)
        notes = lead.message_ids.filtered(lambda each: "First contact" in each.body)
        self.assertEqual(len(notes), 1)
        self.assertIn("Call them", notes.body)
        self.assertIn(self.rep.name, notes.body)

    def test_by_code(self):
        lead = self.make_ready()
        self.convert(lead)
        self.assert_started(lead)

    def test_by_code_that_assigns(self):
        lead = self.make_ready()
        lead.convert_opportunity(self.customer, user_ids=self.all_rep.ids, team_id=self.team.id)
        self.assert_started(lead, self.all_rep)

    def test_by_a_write(self):
        lead = self.make_ready()
        lead.write({"type": "opportunity"})
        self.assert_started(lead)

    def test_by_a_move_that_was_approved(self):
        lead = self.make_ready()
        lead._make_move(True, self.stage_new)
        self.assert_started(lead)

    def test_by_the_mass_wizard(self):
        leads = self.make_ready("One") + self.make_ready("Two") + self.make_ready("Three")
        users = self.rep + self.all_rep
        self.wizard(
            leads,
            "crm.lead2opportunity.partner.mass",
            user_ids=[Command.set(users.ids)],
            team_id=self.team.id,
            force_assignment=True,
            deduplicate=False,
        ).action_mass_convert()
        self.assertEqual(leads.user_id, users)
        for lead in leads:
            with self.subTest(lead.name):
                self.assert_started(lead, lead.user_id)

    def test_by_a_merge(self):
        """What was merged is converted once."""
        first = self.make_ready("First", email_from="ada@acme.example.com")
        second = self.make_ready("Second", email_from="ada@acme.example.com")
        wizard = self.wizard(first)
        self.assertEqual(wizard.name, "merge")
        wizard.action_apply()
        self.assert_started((first + second).exists())

    def test_a_lead_that_is_held_back(self):
        """In a mass conversion it starts nothing; the others do."""
        ready, unready = self.make_ready("Ready"), self.make_lead("Unready")
        self.wizard(
            ready + unready, "crm.lead2opportunity.partner.mass", deduplicate=False
        ).action_mass_convert()
        self.assert_moved(unready, type_="lead")
        self.assert_started(ready)
        self.assert_planned(unready)
        self.assertFalse(unready.conversion_plan_id)

    # ------------------------------------------------------------------
    # For whom
    # ------------------------------------------------------------------

    def test_handed_over_to_a_colleague(self):
        """Whoever converts it cannot read it any more, and the colleague has something to do."""
        lead = self.make_ready()
        self.wizard(lead, user_id=self.all_rep.id, team_id=self.team.id).action_apply()
        self.assertFalse(lead.has_access("read"))
        self.assert_started(lead.sudo(), self.all_rep)

    def test_handed_over_to_another_team(self):
        """The plan is that of the team that goes on with it."""
        other = self.make_team("Others", GUIDE)
        lead = self.make_ready()
        self.wizard(lead, team_id=other.id).action_apply()
        self.assertEqual(lead.team_id, other)
        self.assert_planned(lead)
        self.assertFalse(lead.conversion_plan_id)

    def test_somebody_else_is_named(self):
        visit = self.plan.template_ids[1]
        visit.write({"responsible_type": "other", "responsible_id": self.manager.id})
        lead = self.make_ready()
        self.convert(lead)
        self.assert_planned(lead, ("Call them", self.rep, 0), ("Visit them", self.manager, 7))

    def test_somebody_who_is_gone(self):
        gone = new_test_user(self.env, "funnel_gone", "sales_team.group_sale_salesman")
        self.plan.template_ids[1].write({"responsible_type": "other", "responsible_id": gone.id})
        gone.active = False
        lead = self.make_ready()
        self.convert(lead)
        self.assert_started(lead)

    def test_nobody_is_assigned(self):
        """Its team's leader has something to do; and nobody, where there is none."""
        for leader in (self.manager, self.env["res.users"]):
            with self.subTest(leader=leader.name):
                self.team.user_id = leader
                lead = self.make_ready().sudo()
                lead.user_id = False
                self.convert(lead.with_user(self.manager))
                self.assertEqual(lead.team_id, self.team)
                self.assert_planned(lead, ("Call them", leader, 0), ("Visit them", leader, 7))

    # ------------------------------------------------------------------
    # When not
    # ------------------------------------------------------------------

    def test_born_an_opportunity(self):
        self.assert_planned(self.make_opportunity())

    def test_not_by_another_move(self):
        lead = self.make_opportunity().with_user(self.env.ref("base.user_root"))
        lead.write({"stage_id": self.stage_qualified.id, "type": "opportunity"})
        self.assert_planned(lead)

    def test_a_refused_conversion(self):
        lead = self.make_lead()
        with self.assert_refused(lead, unmet=["need", "budget", "timeframe"]):
            self.convert(lead)
        self.assert_planned(lead)
        self.assertFalse(lead.conversion_plan_id)

    def test_converted_again(self):
        """The same plan is not started twice; another one is."""
        lead = self.make_ready()
        self.convert(lead)
        lead.action_return_to_lead("They only wanted the price list")
        self.convert(lead)
        self.assert_started(lead)
        lead.action_return_to_lead("Not yet")
        other = self.make_plan("Second contact")
        other.template_ids[1].unlink()
        self.team.conversion_plan_id = other
        self.convert(lead)
        self.assertEqual(lead.conversion_plan_id, other)
        self.assertEqual(len(lead.activity_ids), 3)

    def test_merged_after_it_was_started(self):
        """The activities came along."""
        lead = self.make_ready("First")
        self.convert(lead)
        lead.action_return_to_lead("Not yet")
        other = self.make_ready("Second", stage_id=self.stage_new.id, priority="3")
        merged = (lead + other).merge_opportunity()
        self.convert(merged)
        self.assert_started(merged)

    def test_an_archived_plan(self):
        self.plan.active = False
        lead = self.make_ready()
        self.convert(lead)
        self.assert_planned(lead)

    def test_won_at_once(self):
        lead = self.make_ready().with_user(self.env.ref("base.user_root"))
        lead.write({"type": "opportunity", "stage_id": self.stage_won.id})
        self.assert_planned(lead)

    def test_where_activities_are_not_to_be_scheduled(self):
        lead = self.make_ready()
        self.convert(lead.with_context(mail_activity_automation_skip=True))
        self.assert_planned(lead)

    # ------------------------------------------------------------------
    # Companies
    # ------------------------------------------------------------------

    def test_a_plan_of_one_company(self):
        """A team of all companies may name it; leads of other companies do not start it."""
        other = self.env["res.company"].create({"name": "Other"})
        self.rep.company_ids += other
        self.team.company_id = False
        self.plan.company_id = self.env.company
        own = self.make_ready("Own", company_id=self.env.company.id)
        foreign = self.make_ready("Foreign", company_id=other.id)
        self.convert(own + foreign)
        self.assert_started(own)
        self.assert_planned(foreign)

    def test_plans_that_a_team_cannot_name(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.team.company_id = self.env.company
        with self.assertRaisesRegex(ValidationError, "“Elsewhere” belongs to Other"):
            self.team.conversion_plan_id = self.make_plan("Elsewhere", company_id=other.id)
        plan = self.env["mail.activity.plan"].create(
            {"name": "For contacts", "res_model": "res.partner"}
        )
        with self.assertRaisesRegex(ValidationError, "“For contacts” is no plan for leads"):
            self.team.conversion_plan_id = plan

    @mute_logger("odoo.sql_db")
    def test_a_plan_in_use_is_kept(self):
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            self.plan.unlink()
        self.assertIn("mail_activity_plan", str(caught.exception))

    # ------------------------------------------------------------------
    # Queries
    # ------------------------------------------------------------------

    def count(self, size, plan):
        """Return how many queries writing the type of so many leads takes."""
        self.team.conversion_plan_id = plan
        leads = self.env["crm.lead"].concat(*[self.make_ready(f"Lead {i}") for i in range(size)])
        counted = []
        for _turn in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            leads._get_rulebook()
            leads._get_conversion_plans()
            with self.env.cr.savepoint() as savepoint:
                before = self.env.cr.sql_log_count
                leads.with_user(self.rep).write({"type": "opportunity"})
                self.env.flush_all()
                # what a first call reads for all that follow is no cost of it
                counted = self.env.cr.sql_log_count - before
                savepoint.rollback()
        return counted

    def test_queries(self):
        """A plan costs the same number for one lead and for many, and nothing where none is."""
        none = self.env["mail.activity.plan"]
        extra = {size: self.count(size, self.plan) - self.count(size, none) for size in (2, 5, 20)}
        self.assertEqual(extra[5], extra[20], "the number of queries grows with the batch")
        self.assertLessEqual(extra[2], extra[20])

    def test_no_plan_costs_nothing(self):
        lead = self.make_ready()
        self.team.conversion_plan_id = False
        self.assertEqual(lead._get_conversion_plans(), {})
        with self.assertQueryCount(0):
            lead._get_conversion_plans()
            with lead._plans_started_at_end() as leads:
                self.assertIs(leads, lead)
