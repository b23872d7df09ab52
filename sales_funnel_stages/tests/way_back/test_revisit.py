from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import etree

from odoo import SUPERUSER_ID, api
from odoo.exceptions import ValidationError
from odoo.fields import Command, Date, Datetime
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, Form, get_db_name, new_test_user, tagged
from odoo.tools import SQL, mute_logger
from odoo.tools.safe_eval import safe_eval

from ...models.way_back.revisit import REVISIT_BATCH
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, LeadsInUseCommon
from ..support.conflict import conflict

CRON = "sales_funnel_stages.ir_cron_revisit"


class RevisitCommon(LeadsInUseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env["crm.lost.reason"].create({"name": "No money this year"})
        cls.day = Date.add(Date.context_today(cls.env.user), days=90)

    def lose(self, leads, day=None):
        """Lose leads, to be revisited on a day."""
        leads.action_set_lost(lost_reason_id=self.reason.id, revisit_date=day or self.day)
        return leads

    def run_job(self, day=None):
        """Let the scheduled job run on a day."""
        with freeze_time(day or self.day), self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()


@tagged("post_install", "-at_install")
class TestRevisitDate(RevisitCommon, StageRuleAssertions):
    """What is lost for now takes a date, which goes once it is not lost any more."""

    def wizard(self, leads):
        return Form(
            self.env["crm.lead.lost"]
            .with_user(leads.env.user)
            .with_context(default_lead_ids=leads.ids)
        )

    def test_wizard(self):
        leads = self.make_lead("Lead") + self.make_opportunity("Opportunity")
        form = self.wizard(leads)
        form.lost_reason_id = self.reason
        form.revisit_date = self.day
        form.save().action_lost_reason_apply()
        self.assertEqual(leads.mapped("won_status"), ["lost", "lost"])
        self.assertEqual(leads.lost_reason_id, self.reason)
        self.assertEqual(leads.mapped("revisit_date"), [self.day, self.day])

    def test_wizard_without_a_date(self):
        lead = self.make_lead()
        self.wizard(lead).save().action_lost_reason_apply()
        self.assertEqual(lead.won_status, "lost")
        self.assertFalse(lead.revisit_date)

    def test_a_day_that_is_not_after_today(self):
        lead = self.make_lead("Office chairs")
        today = Date.context_today(lead)
        for day in (today, today - timedelta(days=1)):
            form = self.wizard(lead)
            form.revisit_date = day
            wizard = form.save()
            with self.subTest(day=day), self.assertRaises(ValidationError) as caught:
                wizard.action_lost_reason_apply()
            self.assertIn("“Office chairs” can only be revisited on", str(caught.exception))
            self.assertEqual(lead.won_status, "pending")
            self.assertTrue(lead.active)
        self.lose(lead)
        with self.assertRaisesRegex(ValidationError, "a day after today"):
            lead.revisit_date = today

    def test_what_is_not_lost(self):
        lead = self.make_lead("Office chairs")
        with self.assertRaisesRegex(ValidationError, "“Office chairs” is not lost"):
            lead.revisit_date = self.day
        archived = self.make_opportunity("Put away", probability=20)
        archived.action_archive()
        with self.assertRaisesRegex(ValidationError, "“Put away” is not lost"):
            archived.revisit_date = self.day

    def test_form_of_a_lost_lead(self):
        for lead in (self.make_lead(), self.make_opportunity()):
            with self.assertRaisesRegex(AssertionError, "invisible"), Form(lead) as form:
                form.revisit_date = self.day
            lead.action_set_lost()
            with Form(lead) as form:
                form.revisit_date = self.day
            self.assertEqual(lead.revisit_date, self.day)
            with Form(lead) as form:
                form.revisit_date = False
            self.assertFalse(lead.revisit_date)
            self.assertEqual(lead.won_status, "lost")

    def test_it_goes_when_the_lead_is_not_lost_any_more(self):
        self.team.stage_rule_policy = "off"
        for way_out in (
            lambda lead: lead.action_restore(),
            lambda lead: lead.action_unarchive(),
            lambda lead: lead.write({"active": True}),
            lambda lead: lead.write({"probability": 40}),
            lambda lead: lead.write({"active": True, "user_id": self.manager.id}),
            lambda lead: lead.action_set_won(),
            lambda lead: lead.write({"stage_id": self.stage_won.id}),
        ):
            one, other = self.make_opportunity("One"), self.make_opportunity("Other")
            self.lose(one + other)
            self.assertEqual(one.revisit_date, self.day)
            way_out(one)
            one = one.sudo()
            self.assertNotEqual(one.won_status, "lost")
            self.assertFalse(one.revisit_date)
            self.assertEqual(other.revisit_date, self.day)

    def test_it_stays_while_the_lead_is_lost(self):
        lead = self.lose(self.make_opportunity())
        lead.write({"stage_id": self.stage_new.id, "lost_reason_id": False})
        lead.action_set_lost()
        self.assertEqual(lead.revisit_date, self.day)

    def test_it_is_not_copied(self):
        self.assertFalse(self.lose(self.make_lead()).copy().revisit_date)

    def test_it_is_tracked(self):
        lead = self.make_lead().with_context(tracking_disable=False)
        self.env.cr.flush()
        self.lose(lead)
        self.env.cr.flush()
        tracked = lead.message_ids.sudo().tracking_value_ids.field_id.mapped("name")
        self.assertIn("revisit_date", tracked)

    def test_filter(self):
        lead, opportunity = self.make_lead("Lead"), self.make_opportunity("Opportunity")
        self.lose(lead + opportunity)
        self.make_lead("Lost").action_set_lost()
        self.make_lead("Open")
        model = self.env["crm.lead"].with_user(self.rep)
        for view in ("view_crm_case_leads_filter", "view_crm_case_opportunities_filter"):
            arch = model.get_view(self.env.ref(f"crm.{view}").id, "search")["arch"]
            [node] = etree.fromstring(arch).xpath("//filter[@name='to_revisit']")
            self.assertEqual(
                model.search(safe_eval(node.get("domain"))), (lead + opportunity).sorted()
            )


@tagged("post_install", "-at_install")
class TestRevisit(RevisitCommon, StageRuleAssertions):
    """On the day, what was lost for now is a lead again."""

    def assert_to_do(self, lead, user):
        """Assert that there is one activity on a lead, to do today by this user."""
        self.assertEqual(lead.activity_ids.user_id, user)
        self.assertEqual(len(lead.activity_ids), 1)
        self.assertEqual(
            lead.activity_ids.activity_type_id, self.env.ref("mail.mail_activity_data_todo")
        )
        self.assertEqual(lead.activity_ids.date_deadline, self.day)
        self.assertIn("Get in touch again", lead.activity_ids.summary)

    def notes(self, lead):
        """Return what was posted on a lead as it was reopened."""
        return [body for body in lead.message_ids.mapped("body") if "Reopened" in body]

    def test_an_opportunity(self):
        answers = self.answers(CONVERT_ANSWERS)
        opportunity = self.make_opportunity(
            stage=self.stage_proposition,
            partner_id=self.customer.id,
            date_conversion=Datetime.now(),
            stakeholder_ids=[Command.create({"contact_name": "Ann"})],
            **answers,
        )
        messages, stakeholders = opportunity.message_ids, opportunity.stakeholder_ids
        self.lose(opportunity)
        self.run_job(self.day - timedelta(days=1))
        self.assertEqual(opportunity.won_status, "lost")
        self.assertFalse(opportunity.activity_ids)
        self.run_job()
        self.assert_moved(opportunity, self.stage_new, type_="lead")
        self.assertTrue(opportunity.active)
        self.assertEqual(opportunity.won_status, "pending")
        self.assertTrue(opportunity.is_automated_probability)
        self.assertGreater(opportunity.probability, 0)
        for name in ("revisit_date", "date_conversion", "date_closed"):
            self.assertFalse(opportunity[name], name)
        # why it was lost once is true for good
        self.assertEqual(opportunity.lost_reason_id, self.reason)
        self.assertEqual((opportunity.user_id, opportunity.team_id), (self.rep, self.team))
        self.assertEqual(opportunity.partner_id, self.customer)
        self.assertEqual(opportunity.stakeholder_ids, stakeholders)
        self.assertEqual({name: opportunity[name] for name in answers}, answers)
        self.assertLess(messages, opportunity.message_ids)
        [note] = self.notes(opportunity)
        self.assertIn(str(self.day.year), note)
        self.assertNotIn("Nobody was told", note)
        self.assert_step(
            opportunity,
            direction="reopened",
            from_type="opportunity",
            from_stage_id=self.stage_proposition,
            from_status="lost",
            to_type="lead",
            to_stage_id=self.stage_new,
            to_status="open",
            verdict="passed",
            reason="It was to be revisited.",
        )
        self.assert_to_do(opportunity, self.rep)
        self.run_job()
        self.assert_to_do(opportunity, self.rep)

    def test_a_lead(self):
        lead = self.lose(self.make_lead())
        self.run_job(self.day + timedelta(days=3))
        self.assert_moved(lead, self.stage_new, type_="lead")
        self.assertEqual(lead.won_status, "pending")
        self.assertFalse(lead.date_closed)
        self.assertEqual(lead.activity_ids.user_id, self.rep)

    def test_odoo_predicts_again(self):
        """Also where a probability was typed by hand, or the prediction has changed since."""
        typed, changed = self.make_opportunity(probability=77), self.make_opportunity()
        self.lose(typed + changed)
        changed.with_user(self.env.user).stage_id = self.stage_qualified
        self.assertFalse(changed.is_automated_probability)
        self.run_job()
        for opportunity in typed + changed:
            self.assertTrue(opportunity.is_automated_probability)
            self.assertGreater(opportunity.probability, 0)
        self.assertNotEqual(typed.probability, 77)

    def test_it_stays_with_its_team(self):
        """Odoo would give it to the first team of its salesperson."""
        other = self.make_team("Others", "off")
        opportunity = self.lose(self.make_opportunity(team_id=other.id))
        self.run_job()
        self.assertEqual((opportunity.team_id, opportunity.user_id), (other, self.rep))

    def test_whom_it_tells(self):
        leader = new_test_user(self.env, "funnel_leader", "sales_team.group_sale_salesman")
        self.team.user_id = leader
        gone = new_test_user(self.env, "funnel_gone", "sales_team.group_sale_salesman")
        left = self.make_opportunity("Of one who left", user=gone)
        free = self.make_opportunity("Of nobody", user_id=False)
        lost = self.make_opportunity("Of no team", user_id=False, team_id=False)
        self.lose((left + free + lost).with_user(self.env.user))
        gone.active = False
        self.run_job()
        leads = (left + free + lost).with_user(self.env.user)
        self.assert_moved(leads, self.stage_new, type_="lead")
        self.assert_to_do(leads[0], leader)
        self.assert_to_do(leads[1], leader)
        self.assertEqual((leads[0].user_id, leads[0].team_id), (gone, self.team))
        self.assertFalse(leads[1].user_id)
        self.assertFalse(leads[2].activity_ids)
        self.assertIn("Nobody was told", self.notes(leads[2])[0])
        leader.active = False
        again = self.lose(self.make_opportunity("Again", user_id=False).with_user(self.env.user))
        self.run_job()
        self.assertEqual(again.type, "lead")
        self.assertFalse(again.activity_ids)

    def test_where_leads_are_not_used(self):
        """It is an opportunity again, in the first stage; a lead stays a lead."""
        other = self.make_team("Others", "off", use_leads=False)
        converted = Datetime.now()
        opportunity = self.make_opportunity(
            team_id=other.id, stage=self.stage_proposition, date_conversion=converted
        )
        lead = self.make_lead(team_id=other.id)
        leads = self.make_opportunity(stage=self.stage_proposition)
        self.lose(opportunity + lead + leads)
        self.run_job()
        self.assert_moved(opportunity, self.stage_new)
        self.assertEqual(opportunity.date_conversion, converted)
        self.assert_to_do(opportunity, self.rep)
        self.assert_moved(lead, type_="lead")
        self.assert_moved(leads, self.stage_new, type_="lead")
        self.stop_using_leads()
        opportunity = self.lose(self.make_opportunity(stage=self.stage_proposition))
        self.run_job()
        self.assert_moved(opportunity, self.stage_new)

    def test_who_was_faster(self):
        """What somebody has reopened by then is left alone."""
        opportunity = self.lose(self.make_opportunity(stage=self.stage_qualified))
        opportunity.action_restore()
        self.run_job()
        self.assert_moved(opportunity, self.stage_qualified)
        self.assertFalse(opportunity.activity_ids)

    def test_one_that_fails(self):
        """It stays as it was, for the next run; the others are reopened."""
        good, bad, better = (self.make_opportunity(name) for name in ("Good", "Bad", "Better"))
        self.lose(good + bad + better)
        self.env.cr.execute(
            SQL(
                "ALTER TABLE crm_lead ADD CONSTRAINT test_stays_lost"
                " CHECK (id != %s OR NOT active)",
                bad.id,
            )
        )
        with (
            mute_logger("odoo.sql_db"),
            self.assertLogs("odoo.addons.sales_funnel_stages", "WARNING") as logs,
        ):
            self.run_job()
        self.assertEqual(len(logs.output), 1)
        self.assertIn(f"Lead {bad.id} was not reopened", logs.output[0])
        self.assert_moved(good + better, self.stage_new, type_="lead")
        for lead in good + better:
            self.assert_to_do(lead, self.rep)
        self.assertEqual(bad.won_status, "lost")
        self.assertEqual(bad.revisit_date, self.day)
        self.assertFalse(bad.activity_ids)
        self.env.cr.execute("ALTER TABLE crm_lead DROP CONSTRAINT test_stays_lost")
        self.run_job(self.day + timedelta(days=1))
        self.assert_moved(bad, self.stage_new, type_="lead")

    def test_more_than_one_batch(self):
        size = REVISIT_BATCH + 5
        leads = self.env["crm.lead"].create(
            [
                {"name": f"Lead {index}", "user_id": self.rep.id, "team_id": self.team.id}
                for index in range(size)
            ]
        )
        self.lose(leads)
        self.run_job()
        self.assertEqual(leads.mapped("won_status"), ["pending"] * size)
        self.assertEqual(len(leads.activity_ids), size)
        progress = self.env["ir.cron.progress"].search([("cron_id", "=", self.env.ref(CRON).id)])
        self.assertEqual(progress.sorted("id")[-1:].mapped("done"), [size])
        self.assertEqual(progress.sorted("id")[-1:].mapped("remaining"), [0])

    def test_each_day(self):
        cron = self.env.ref(CRON)
        self.assertTrue(cron.active)
        self.assertEqual((cron.interval_number, cron.interval_type), (1, "days"))
        self.assertEqual((cron.nextcall.hour, cron.nextcall.minute), (0, 15))
        self.assertEqual(cron.user_id, self.env.ref("base.user_root"))


@tagged("post_install", "-at_install")
class TestRevisitInParallel(BaseCase):
    """The job beside somebody who works on the same lead, in connections of their own."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        values = {"name": "Busy", "type": "lead", "user_id": False, "team_id": False}
        with self.registry.cursor() as cr, freeze_time(Date.today() - timedelta(days=9)):
            lead = self.lead(cr).create(values)
            lead.action_set_lost(revisit_date=Date.today() + timedelta(days=1))
            self.lead_id = lead.id
        self.addCleanup(self.remove)

    def lead(self, cr, ids=()):
        return api.Environment(cr, SUPERUSER_ID, {})["crm.lead"].browse(ids)

    def remove(self):
        with self.registry.cursor() as cr:
            self.lead(cr, self.lead_id).unlink()

    def run_job(self):
        with self.registry.cursor() as cr:
            # a job that waits for the lock would wait for this test to end
            cr.execute("SET lock_timeout = '3s'")
            self.lead(cr)._cron_revisit()
            cr.execute("RESET lock_timeout")
        with self.registry.cursor() as cr:
            return self.lead(cr, self.lead_id).won_status

    def test_a_locked_lead_is_left_to_the_next_run(self):
        with self.registry.cursor() as cr:
            self.lead(cr, self.lead_id).lock_for_update()
            self.assertEqual(self.run_job(), "lost")
        self.assertEqual(self.run_job(), "pending")

    def test_who_comes_too_late_tries_again(self):
        """A conflict in the database is no failure of a lead: all of it is done anew."""
        lead_class = self.registry["crm.lead"]
        revisit, tries = lead_class._revisit, []

        def revisit_too_late(leads):
            tries.append(leads)
            if len(tries) == 1:
                conflict(leads.env)
            revisit(leads)

        with (
            patch.object(lead_class, "_revisit", revisit_too_late),
            patch("odoo.service.model.time.sleep"),
            mute_logger("odoo.sql_db"),
        ):
            self.assertEqual(self.run_job(), "pending")
        self.assertEqual([self.lead_id in leads._ids for leads in tries], [True, True])
