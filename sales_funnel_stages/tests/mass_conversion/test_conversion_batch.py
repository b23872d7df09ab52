from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError
from odoo.fields import Command, Date
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..support.case import StageRuleAssertions
from ..support.conflict import conflict
from ..support.conversion_batch_common import JOB, WIZARD_VIEW, ConversionBatchCommon

REASON = "The last day of the year"
MODELS = ["crm.lead.conversion.batch", "crm.lead.conversion.batch.line"]


@tagged("post_install", "-at_install")
class TestConversionBatch(ConversionBatchCommon, StageRuleAssertions):
    """Many leads are converted by scheduled jobs, chunk by chunk."""

    def test_few_are_converted_at_once(self):
        [lead] = self.make_leads("One")
        opened = self.convert(lead)
        self.assertEqual(opened, lead)
        self.assert_moved(lead, self.stage_new)
        batch = self.env["crm.lead.conversion.batch"].search([])
        self.assertEqual((batch.state, self.outcomes(batch)), ("done", {"One": "done"}))

    def test_it_is_said_before(self):
        leads = self.make_leads("One", "Two")
        self.assertNotIn("in the background", self.open_wizard(leads[:1]).outcome)
        # of many, once it is asked for
        form = self.open_wizard(leads)
        self.assertFalse(form.outcome)
        wizard = form.save()
        action = wizard.action_work_out()
        self.assertEqual((action["res_model"], action["res_id"]), (wizard._name, wizard.id))
        form = Form(wizard.with_context(**action["context"]), view=WIZARD_VIEW)
        self.assertIn("Leads to convert: 2.", form.outcome)
        self.assertIn("in the background", form.outcome)
        self.assertIn("not for leads that are merged", form.outcome)
        self.assert_moved(leads, type_="lead")

    def test_another_choice_has_another_outcome(self):
        leads = self.make_leads("One", "Two")
        for name, value in (
            ("deduplicate", False),
            ("action", "create"),
            ("force_assignment", True),
            ("team_id", self.team),
        ):
            with self.subTest(name):
                wizard = self.open_wizard(leads).save()
                wizard.action_work_out()
                form = Form(wizard, view=WIZARD_VIEW)
                self.assertTrue(form.is_worked_out)
                form[name] = value
                self.assertFalse(form.is_worked_out)
                self.assertFalse(form.outcome)

    def test_nothing_is_worked_out_with_each_choice(self):
        """However many there are, also where it has been worked out before."""
        leads = self.make_leads("One", "Two")
        worked_out = self.open_wizard(leads).save()
        worked_out.action_work_out()
        planned = self.startPatcher(
            patch.object(type(leads), "_dry_run_mass_conversion", side_effect=AssertionError)
        )
        for form in (self.open_wizard(leads), Form(worked_out, view=WIZARD_VIEW)):
            form.deduplicate = False
            form.user_ids.add(self.rep)
            form.save()
        planned.assert_not_called()

    def test_many_wait_for_the_job(self):
        leads = self.make_leads("One", "Two", "Three")
        batch = self.convert(leads)
        self.assertEqual(batch._name, "crm.lead.conversion.batch")
        self.assertEqual(batch.state, "running")
        self.assertEqual((batch.line_count, batch.handled_count), (3, 0))
        self.assert_moved(leads, type_="lead")
        self.assert_woken(batch)
        self.work()
        self.assertEqual(batch.state, "done")
        self.assertEqual((batch.line_count, batch.handled_count, batch.done_count), (3, 3, 3))
        self.assert_moved(leads, self.stage_new)
        self.assertTrue(batch.end_date)

    def test_the_outcome_of_each(self):
        good = self.make_leads("Good")
        bad = self.make_leads("Bad", budget_status="none", purchase_date=False)
        opportunity = self.make_opportunity("Known", user=self.all_rep)
        archived = self.make_lead("Archived", self.all_rep, active=False)
        batch = self.convert(good + bad + opportunity + archived)
        self.work()
        self.assertEqual(
            self.outcomes(batch),
            {"Good": "done", "Bad": "skipped", "Known": "skipped", "Archived": "skipped"},
        )
        lines = {line.lead_name: line for line in batch.line_ids}
        names = [self.criterion(name).name for name in ("budget", "timeframe")]
        self.assertEqual(lines["Bad"].reason, "Not met: " + ", ".join(names))
        self.assertIn("opportunity already", lines["Known"].reason)
        self.assertIn("archived", lines["Archived"].reason)
        self.assertEqual(lines["Good"].lead_id, good)
        self.assertEqual(lines["Good"].partner_id.name, "Ann Good")
        self.assertEqual(lines["Good"].partner_id, good.partner_id)
        self.assertEqual((batch.done_count, batch.skipped_count), (1, 3))
        # what is missing is filled in, and it is tried again
        bad.write(self.answers({"budget_status": "estimated", "purchase_date": "today"}))
        lines["Bad"].action_retry()
        self.assertEqual(batch.state, "running")
        self.work()
        self.assertEqual(lines["Bad"].state, "done")
        self.assertFalse(lines["Bad"].reason)

    def test_it_is_done_as_who_started_it_may(self):
        leads = self.make_leads("One", "Two")
        self.convert(leads)
        self.work()
        for lead in leads:
            self.assert_step(lead, by_user_id=self.all_rep, verdict="passed")

    def test_a_reason_to_override(self):
        """It lets those pass that lack something, where whoever starts it may override."""
        bad = self.make_leads("Bad", "Worse", user=self.manager, budget_status="none")
        batch = self.start_with_reason(bad, override_make_good_date=Date.today())
        # it has waited for long
        batch.override_make_good_date = Date.today() - timedelta(days=1)
        self.work()
        self.assertEqual(set(self.outcomes(batch).values()), {"done"})
        self.assert_step(bad[0], verdict="overridden", reason=REASON, by_user_id=self.manager)
        self.assertEqual(batch.override_reason, REASON)
        with self.assertRaisesRegex(AccessError, "do not have the right"):
            self.start_with_reason(self.make_leads("Bad", "Worse", budget_status="none"))

    def start_with_reason(self, leads, **values):
        """Start a batch with a reason to override → the batch."""
        wizard = self.open_wizard(leads).save()
        wizard.write({"override_reason": REASON, **values})
        return self.env["crm.lead.conversion.batch"].browse(wizard.action_mass_convert()["res_id"])

    def test_a_reason_of_who_may_no_more(self):
        group = self.env.ref("sales_team.group_sale_manager")
        for name, end in (
            ("demoted", {"group_ids": [Command.unlink(group.id)]}),
            ("gone", {"active": False}),
        ):
            with self.subTest(name):
                groups = "sales_team.group_sale_manager,sales_team.group_sale_salesman_all_leads"
                user = new_test_user(self.env, f"funnel_{name}", groups)
                bad = self.make_leads(f"Bad{name}", f"Worse{name}", user=user, budget_status="none")
                batch = self.start_with_reason(bad)
                user.write(end)
                self.work()
                self.assertEqual(set(self.outcomes(batch).values()), {"skipped"})

    def test_a_reason_is_for_leads_as_they_were(self):
        leads = self.make_leads("Bad", "Worse", "Left", user=self.manager, budget_status="none")
        bad, worse, left = leads
        batch = self.start_with_reason(leads, deduplicate=False)
        # as in a later transaction
        self.env.cr._now = self.env.cr.now() + timedelta(minutes=1)
        self.addCleanup(setattr, self.env.cr, "_now", None)
        (bad + self.make_lead("Known to nobody", self.manager)).merge_opportunity()
        worse.action_set_lost()
        worse.action_restore()
        self.work()
        self.assertEqual(
            self.outcomes(batch), {"Bad": "skipped", "Worse": "skipped", "Left": "done"}
        )

    def test_a_reason_is_for_who_gave_it(self):
        """Whoever else has it tried again does so without; who gave it may do so once more."""
        leads = self.make_leads("Bad", "Worse", user=self.manager, budget_status="none")
        batch = self.start_with_reason(leads)
        batch.sudo().line_ids.state = "failed"
        other = new_test_user(self.env, "funnel_other_manager", "sales_team.group_sale_manager")
        batch.line_ids.with_user(other).action_retry()
        self.work()
        self.assertEqual(set(self.outcomes(batch).values()), {"skipped"})
        batch.line_ids.with_user(self.manager).action_retry()
        self.work()
        self.assertEqual(set(self.outcomes(batch).values()), {"done"})

    def test_who_shares_something_travels_together(self):
        leads = self.make_leads("One", "Two", "Three", "Four", "Five")
        leads[4].email_from = leads[0].email_from
        leads[3].partner_name = "ONE ltd "
        batch = self.convert(leads, deduplicate=False)
        lines = {line.lead_name: line for line in batch.line_ids}
        self.assertEqual(
            {lines[name].chunk for name in ("One", "Four", "Five")}, {lines["One"].chunk}
        )
        self.assertEqual(len({line.chunk for line in batch.line_ids}), 2)
        self.work()
        self.assertEqual(leads[4].partner_id.commercial_partner_id.name, "One Ltd")
        self.assertEqual(
            self.env["res.partner"].search_count([("name", "=", "One Ltd")]), 1, "shared"
        )

    def test_salespeople_take_turns_over_all_chunks(self):
        leads = self.make_leads("One", "Two", "Three", "Four", "Five", "Six", user_id=False)
        users = self.rep + self.all_rep + self.manager
        self.convert(leads, users)
        self.work()
        self.assertEqual([len(group) for group in leads.grouped("user_id").values()], [2, 2, 2])

    def test_duplicates_are_merged(self):
        first, second, third = self.make_leads("First", "Second", "Third")
        second.email_from = first.email_from
        batch = self.convert(first + second + third)
        self.work()
        self.assertEqual(sorted(self.outcomes(batch).values()), ["done", "done", "merged"])
        [merged] = batch.line_ids.filtered(lambda line: line.state == "merged")
        [kept] = (first + second).exists()
        self.assertEqual(merged.lead_id, kept)
        self.assertEqual(merged.partner_id, kept.partner_id)
        self.assertTrue(merged.partner_id)

    def test_one_customer_for_all_makes_no_duplicates(self):
        """Those that chunks before have given the customer are no duplicates of who has it."""
        customer = self.env["res.partner"].create({"name": "Canal Ltd"})
        leads = self.make_leads("One", "Two", "Three", "Four")
        leads[3].partner_id = customer
        batch = leads.env["crm.lead.conversion.batch"]._start(
            leads, {"action": "exist", "partner_id": customer.id, "deduplicate": True}
        )
        self.assertEqual(len({line.chunk for line in batch.line_ids}), 2)
        self.work()
        self.assertEqual({*self.outcomes(batch).values()}, {"done"})
        self.assertEqual(leads.exists(), leads)
        self.assertEqual(leads.partner_id, customer)

    def test_what_is_merged_or_deleted_meanwhile(self):
        one, two, three, four = self.make_leads("One", "Two", "Three", "Four")
        batch = self.convert(one + two + three + four)
        kept = (one + two).with_user(self.manager).merge_opportunity()
        three.sudo().unlink()
        self.work()
        self.assertEqual(batch.state, "done")
        [merged] = batch.line_ids.filtered(lambda line: line.state == "merged")
        self.assertEqual(merged.lead_id.id, kept.id)
        self.assertEqual(self.outcomes(batch)["Four"], "done")
        self.assertNotIn("Three", self.outcomes(batch))

    def test_one_that_fails_fails_alone(self):
        """Its error is kept, and it can be tried again."""
        leads = self.make_leads("One", "Two", "Three", user=self.rep)
        batch = self.convert(leads)
        leads[1].sudo().user_id = self.manager
        self.work()
        batch = batch.with_user(self.manager)
        self.assertEqual(self.outcomes(batch), {"One": "done", "Two": "failed", "Three": "done"})
        [failed] = batch.line_ids.filtered(lambda line: line.state == "failed")
        self.assertIn("access", failed.reason)
        self.assertEqual(failed.lead_id.type, "lead")
        self.assertFalse(failed.lead_id.partner_id)
        self.assertEqual(batch.state, "done")
        leads[1].sudo().user_id = self.rep
        batch.with_user(self.rep).action_retry()
        self.work()
        self.assertEqual(self.outcomes(batch), {"One": "done", "Two": "done", "Three": "done"})

    def test_who_comes_too_late_fails_nothing(self):
        """A conflict in the database is for Odoo, which runs the transaction again."""
        leads = self.make_leads("One", "Two")
        batch = self.convert(leads)
        self.env.flush_all()
        with (
            patch.object(type(leads), "_convert_in_mass", lambda leads, _: conflict(leads.env)),
            mute_logger("odoo.sql_db"),
            self.assertRaises(SerializationFailure),
        ):
            batch.sudo()._work_on_chunk()
        self.assertEqual(set(self.outcomes(batch).values()), {"waiting"})
        self.work()
        self.assertEqual(set(self.outcomes(batch).values()), {"done"})

    def test_pause_and_resume(self):
        leads = self.make_leads("One", "Two", "Three")
        batch = self.convert(leads)
        self.assertEqual(self.work_on_chunk(), 2)
        batch.action_pause()
        self.assertEqual(self.work_on_chunk(), 0)
        self.work()
        self.assertEqual((batch.state, batch.handled_count), ("paused", 2))
        self.assert_moved(leads[2], type_="lead")
        batch.action_resume()
        self.work()
        self.assertEqual((batch.state, batch.handled_count), ("done", 3))

    def test_cancel(self):
        leads = self.make_leads("One", "Two", "Three")
        batch = self.convert(leads)
        self.work_on_chunk()
        batch.action_cancel()
        self.work()
        self.assertEqual(batch.state, "cancelled")
        self.assertEqual(self.outcomes(batch), {"One": "done", "Two": "done", "Three": "cancelled"})
        self.assertEqual((batch.done_count, batch.cancelled_count), (2, 1))
        self.assert_moved(leads[2], type_="lead")
        batch.action_resume()
        self.assertEqual(batch.state, "cancelled")

    def test_who_started_it_is_told(self):
        self.all_rep.notification_type = "inbox"
        batch = self.convert(self.make_leads("One", "Two"))
        self.work()
        [notification] = (
            self.env["mail.notification"]
            .search([("res_partner_id", "=", self.all_rep.partner_id.id)])
            .filtered(lambda each: each.mail_message_id.model == batch._name)
        )
        self.assertIn("Converted: 2", notification.mail_message_id.body)
        self.assertFalse(notification.is_read)

    def test_how_many_jobs_there_are_is_a_setting(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.conversion_job_count, 1)
        batch_model = self.env["crm.lead.conversion.batch"]
        for count in (3, 2, 4, 1):
            settings = self.env["res.config.settings"].create({"conversion_job_count": count})
            settings.set_values()
            self.assertEqual(len(batch_model._get_jobs().filtered("active")), count)
        jobs = batch_model._get_jobs()
        self.assertEqual(len(jobs), 4)
        self.assertEqual(
            set(jobs.get_external_id().values()) & {""}, set(), "they go with the addon"
        )

    def test_jobs_that_somebody_has_deleted(self):
        """The settings can be saved all the same, and a batch does not wait forever."""
        batch_model = self.env["crm.lead.conversion.batch"]
        batch_model._get_jobs().unlink()
        self.env["res.config.settings"].create({}).set_values()
        self.assertEqual(batch_model._get_jobs(), self.env.ref(JOB))
        self.assertTrue(self.env.ref(JOB).active)
        self.env.ref(JOB).unlink()
        batch = self.convert(self.make_leads("One", "Two"))
        self.work()
        self.assertEqual(batch.state, "done")

    def test_a_batch_of_nothing(self):
        nothing = self.env["crm.lead"].with_user(self.all_rep)
        batch = nothing.env["crm.lead.conversion.batch"]._start(nothing, {"action": "create"})
        self.assertEqual(self.work_on_chunk(), 0)
        batch.sudo()._end_finished()
        self.assertEqual((batch.state, batch.line_count), ("done", 0))
        undo = self.env["crm.lead.conversion.undo"].create({"batch_id": batch.id})
        self.assertFalse(undo.is_possible)
        self.assertIn("nothing to undo", undo.outcome)

    def test_the_views_open(self):
        batch = self.convert(self.make_leads("One", "Two"))
        form = Form(batch)
        self.assertEqual(form.line_count, 2)
        action = batch.with_context(conversion_state="failed").action_view_lines()
        self.assertEqual(action["context"], {"search_default_failed": 1})
        lines = self.env[action["res_model"]].with_user(self.all_rep).search(action["domain"])
        self.assertEqual(lines, batch.line_ids)
        self.assertEqual(lines[0].action_view_lead()["res_id"], lines[0].lead_id.id)


@tagged("post_install", "-at_install")
class TestConversionBatchAccess(ConversionBatchCommon):
    """A batch is for who started it and for sales managers; its lines follow their leads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_rep = new_test_user(
            cls.env, "funnel_other_rep", "sales_team.group_sale_salesman_all_leads"
        )

    def test_nobody_writes(self):
        for model in MODELS:
            for user in (self.rep, self.all_rep, self.manager):
                with self.subTest(model, user=user.login):
                    records = self.env[model].with_user(user)
                    self.assertTrue(records.has_access("read"))
                    for operation in ("write", "create", "unlink"):
                        self.assertFalse(records.has_access(operation))

    def test_who_reads_a_batch(self):
        batch = self.convert(self.make_leads("One", "Two")).with_user(self.other_rep)
        self.assertFalse(batch.search([]))
        self.assertFalse(batch.line_ids.search([]))
        for button in (
            "action_pause",
            "action_resume",
            "action_cancel",
            "action_retry",
            "action_open_undo",
            "action_undo",
        ):
            with self.subTest(button), self.assertRaises(AccessError):
                getattr(batch, button)()
        with self.assertRaises(AccessError):
            batch.sudo().line_ids.with_user(self.other_rep).action_retry()
        for user in (self.all_rep, self.manager):
            self.assertEqual(len(batch.with_user(user).line_ids), 2)
            self.assertEqual(batch.with_user(user).line_count, 2)

    def test_lines_follow_their_leads(self):
        one, two = self.make_leads("One", "Two", user=self.rep)
        batch = self.convert(one + two)
        two.sudo().user_id = self.manager
        self.env.invalidate_all()
        self.assertEqual(batch.line_ids.search([]).lead_id, one)
        self.assertEqual(batch.line_count, 2, "how many they are is no secret")

    def test_who_starts_one_may_write_on_its_leads(self):
        leads = self.make_leads("One", "Two")
        with self.assertRaises(AccessError):
            self.env["crm.lead.conversion.batch"].with_user(self.rep)._start(
                leads.with_user(self.rep), {"action": "create"}
            )
