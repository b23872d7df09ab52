from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sales_funnel_stages.tests.support.common import (
    CONVERT_ANSWERS,
    CONVERT_UNMET,
    QUALIFIED_ANSWERS,
    QUALIFIED_UNMET,
)

from .moves_of_others import automate
from .test_doors_of_others import OtherDoorCase


@tagged("post_install", "-at_install")
class TestAutomation(OtherDoorCase):
    """An automation rule that moves on what was just converted: whoever converted moves it."""

    def setUp(self):
        super().setUp()
        automate(
            self,
            trigger="on_create_or_write",
            filter_domain="[('type', '=', 'opportunity')]",
            trigger_field_ids=[Command.set(self.env.ref("crm.field_crm_lead__type").ids)],
        )
        self.addCleanup(self.env["base.automation"]._unregister_hook)
        waiting = {"user_id": False, "date_open": False}
        ready = self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS)
        self.good = self.make_lead("Good", **waiting, **ready)
        self.rushed = self.make_lead("Rushed", **waiting, **self.answers(CONVERT_ANSWERS))
        # in the way of the other: Odoo begins with what is most probable
        self.rushed.with_env(self.env).probability = 90

    def test_a_conversion(self):
        """It is refused with all of it, and recorded step by step."""
        unmet = [name for name in QUALIFIED_UNMET if name not in CONVERT_UNMET]
        self.rushed.with_env(self.env).user_id = self.rep
        with self.assert_refused(self.rushed, unmet=unmet):
            self.rushed.convert_opportunity(False)
        self.good.with_env(self.env).user_id = self.rep
        self.good.convert_opportunity(False)
        self.assert_moved(self.good, self.stage_qualified)
        self.assert_step(self.good, verdict="passed", by_user_id=self.rep)

    def test_lead_assignment_by_button(self):
        """What could not be foreseen to be refused does not stop the others, and is named."""
        action = self.team.with_user(self.manager).action_assign_leads()
        message = str(action["params"]["message"])
        self.assert_moved(self.good, self.stage_qualified)
        self.assertEqual(self.good.user_id, self.rep)
        self.assert_moved(self.rushed, self.stage_new, type_="lead")
        self.assertFalse(self.rushed.user_id)
        self.assertIn("1 leads assigned among", message)
        self.assertIn("Not assigned: Rushed. Not met: ", message)
        self.assertIn("Engagement discussed.", message)

    def test_lead_assignment_by_job(self):
        self.env["crm.team"]._cron_assign_leads(force_quota=True)
        self.assert_moved(self.good + self.rushed, self.stage_qualified)
        # with its salesperson it comes to their company
        row = self.rows(self.rushed).filtered(lambda row: row.direction != "company")[-1]
        self.assertEqual((row.verdict, row.by_user_id), ("exempt", self.odoobot))
