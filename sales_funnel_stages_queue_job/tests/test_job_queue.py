from odoo.tests import Form, tagged

from odoo.addons.queue_job.job import DONE, FAILED
from odoo.addons.sales_funnel_stages.tests.support.case import StageRuleAssertions
from odoo.addons.sales_funnel_stages.tests.support.conversion_batch_common import JOB

from .common import JobQueueCommon


@tagged("post_install", "-at_install")
class TestJobQueue(JobQueueCommon, StageRuleAssertions):
    """Each chunk of a batch is a job of the queue, as long as there is something to do."""

    def setUp(self):
        super().setUp()
        self.leads = self.make_leads("One", "Two", "Three", "Four", "Five")
        self.batch = self.convert(self.leads)

    def hand_out_anew(self):
        with self.enter_registry_test_mode():
            self.env.ref(JOB).method_direct_trigger()

    def test_a_job_for_each_chunk(self):
        jobs = self.get_jobs()
        self.assertEqual([job.args for job in jobs], [[0], [1], [2]])
        self.assertEqual(
            jobs.mapped("name"), [f"Conversion of 5 leads, part {n}" for n in (1, 2, 3)]
        )
        self.assertEqual(set(jobs.mapped("channel")), {"root.sales_funnel_stages"})
        self.assertEqual(jobs.company_id, self.batch.company_id)
        self.assertEqual(jobs.user_id, self.env.ref("base.user_root"))
        self.assertFalse(self.get_triggers())

    def test_a_job_works_on_its_own_chunk(self):
        second = self.get_jobs()[1]
        self.assertEqual(self.perform(second), 2)
        self.assertEqual(second.result, "2")
        self.assertEqual(
            self.outcomes(self.batch),
            {
                "One": "waiting",
                "Two": "waiting",
                "Three": "done",
                "Four": "done",
                "Five": "waiting",
            },
        )
        self.work()
        self.assertEqual(self.batch.state, "done")
        self.assert_moved(self.leads, self.stage_new)

    def test_no_two_jobs_wait_for_one_chunk(self):
        jobs = self.get_jobs()
        self.batch.sudo()._wake_jobs()
        self.hand_out_anew()
        self.assertEqual(self.get_jobs(), jobs)
        self.assertEqual(len(set(jobs.mapped("identity_key"))), 3)

    def test_a_job_that_comes_twice(self):
        first = self.get_jobs()[0]
        self.perform(first)
        self.assertEqual(self.perform(first), 0)
        for lead in self.leads[:2]:
            self.assertEqual(len(lead.sudo().transition_ids.filtered("from_type")), 1)

    def test_jobs_of_a_paused_batch(self):
        self.batch.action_pause()
        self.hand_out_anew()
        jobs = self.get_jobs()
        self.assertEqual(len(jobs), 3)
        self.work()
        self.assertEqual(jobs.mapped("state"), [DONE] * 3)
        self.assertEqual((self.batch.state, self.batch.handled_count), ("paused", 0))
        self.batch.action_resume()
        self.assertEqual(len(self.get_jobs()), 3)
        self.work()
        self.assertEqual((self.batch.state, self.batch.handled_count), ("done", 5))

    def test_jobs_of_a_cancelled_batch(self):
        self.batch.action_cancel()
        self.work()
        self.assertEqual(len(self.get_jobs(DONE)), 3)
        self.assertEqual(set(self.outcomes(self.batch).values()), {"cancelled"})
        self.assert_moved(self.leads, type_="lead")

    def test_only_what_failed_is_handed_out_anew(self):
        (self.leads - self.leads[3]).sudo().user_id = self.rep
        batch = self.batch.with_user(self.manager)
        batch.sudo().user_id = self.rep
        self.work()
        self.assertEqual(self.outcomes(batch)["Four"], "failed")
        batch.action_retry()
        self.assertEqual([job.args for job in self.get_jobs()], [[1]])

    def test_jobs_that_failed_or_are_gone(self):
        """The scheduled job hands out anew what is left."""
        first, second, _third = jobs = self.get_jobs()
        first.sudo().state = FAILED
        second.sudo().unlink()
        self.hand_out_anew()
        self.assertEqual(len(self.get_jobs()), 3)
        self.assertEqual(len(self.get_jobs() & jobs), 1)
        self.assert_moved(self.leads, type_="lead")
        self.work()
        self.assertEqual(self.batch.state, "done")

    def test_a_job_that_is_killed_before_the_end(self):
        """Its chunk is done, and nobody has seen yet that it was the last one."""
        self.env.flush_all()
        for _number in range(3):
            self.batch.sudo()._work_on_chunk()
        self.assertEqual(self.batch.state, "running")
        self.work_on_chunk()
        self.assertEqual(self.batch.state, "done")

    def test_the_jobs_of_a_batch_that_is_gone(self):
        self.batch.sudo().unlink()
        self.work()
        self.assertEqual(len(self.get_jobs(DONE)), 3)

    def test_the_setting(self):
        """The number of scheduled jobs is not asked for, and stays."""
        self.env["crm.lead.conversion.batch"]._set_job_count(2)
        form = Form(self.env["res.config.settings"])
        self.assertTrue(form._get_modifier("conversion_job_count", "invisible"))
        form.save().execute()
        self.assertEqual(
            len(self.env["crm.lead.conversion.batch"]._get_jobs().filtered("active")), 2
        )
