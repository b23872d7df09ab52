from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...models.insight import alarm_occasions
from ...tools.rulebook import GUIDE
from ..support.common import StageRuleCommon
from ..support.forger import Forger
from ..support.held_back_common import HeldBack
from ..support.history_marks import made_up_history


@tagged("post_install", "-at_install")
class TestAlarm(StageRuleCommon, HeldBack):
    """Whoever administers sales has a to-do of each occasion, once."""

    def setUp(self):
        super().setUp()
        self.alarms = self.env["crm.stage.alarm"]
        # what the fixture, and whoever uses the database, has changed
        self.env.cr.execute("DELETE FROM crm_rulebook_change")
        self.alarms._cron_watch()
        self.known = self.todos(self.manager)

    def todos(self, user):
        return self.env["mail.activity"].search([("user_id", "=", user.id)])

    def assert_told(self, *summaries):
        """Assert that each is told once, to managers alone."""
        self.alarms._cron_watch()
        self.alarms._cron_watch()
        told = self.todos(self.manager) - self.known
        self.assertEqual(sorted(told.mapped("summary")), sorted(summaries))
        self.assertFalse(self.todos(self.rep).filtered(lambda each: not each.res_model))
        return told

    def test_many_overrides(self):
        self.patch(alarm_occasions, "MOST_OVERRIDES", 2)
        leads = [self.make_opportunity(f"Deal {number}", user=self.manager) for number in range(3)]
        for lead in leads[:2]:
            lead.move_with_reason({"stage_id": self.stage_qualified.id}, "They know us")
        self.assert_told()
        leads[2].move_with_reason({"stage_id": self.stage_qualified.id}, "They know us")
        self.assert_told(f"{self.manager.name} has overridden many stage rules")

    def test_many_refusals(self):
        self.patch(alarm_occasions, "MOST_REFUSALS", 2)
        for number in range(3):
            self.refuse(self.make_opportunity(f"Deal {number}"))
        told = self.assert_told(f"Many moves of {self.rep.name} were held back")
        self.assertIn("Within an hour, 3.", told.note)

    def test_not_at_once(self):
        self.patch(alarm_occasions, "MOST_REFUSALS", 2)
        for number in range(3):
            self.refuse(self.make_opportunity(f"Deal {number}"))
        self.env.cr.execute(
            "UPDATE crm_stage_refusal SET date = date - id %% 3 * %s WHERE by_user_id = %s",
            [timedelta(hours=2), self.rep.id],
        )
        self.assert_told()

    def test_a_policy_that_is_lowered(self):
        self.team.stage_rule_policy = GUIDE
        told = self.assert_told("The policy of Enforcers was lowered")
        self.assertIn("Guide", told.note)
        self.team.stage_rule_policy = "enforce"
        self.assert_told("The policy of Enforcers was lowered")

    def test_rules_that_are_loosened(self):
        rules = self.framework.rule_ids
        need = rules.filtered(lambda rule: rule.criterion_id == self.criterion("need"))[:1]
        relationship = rules.filtered(
            lambda rule: rule.criterion_id == self.criterion("relationship")
        )[:1]
        # nobody waits for it yet
        self.criterion("supplier").domain = "[('supplier_status', '!=', False)]"
        self.assert_told()
        self.refuse(self.make_opportunity())
        self.env.cr.execute("UPDATE crm_stage_refusal SET date = date - interval '1 hour'")
        names = [need.display_name, relationship.display_name]
        need.tier = "recommended"
        relationship.unlink()
        self.assert_told(*(f"A stage rule was loosened while deals wait: {name}" for name in names))

    @made_up_history("rows are changed in SQL")
    def test_a_verification_that_fails(self):
        row = self.rows(self.make_opportunity())
        self.alarms._cron_verify()
        self.assertFalse(self.todos(self.manager) - self.known)
        Forger(self.env).change(row.id, expected_revenue=5)
        self.alarms._cron_verify()
        self.alarms._cron_verify()
        told = self.todos(self.manager) - self.known
        self.assertEqual(told.summary, "The stage history is not as it was recorded")
        self.assertIn(f"row {row.id} is not as it was recorded", told.note)
        now = self.env.cr.now()
        period = {
            "start_datetime": now - timedelta(days=1),
            "end_datetime": now + timedelta(days=1),
        }
        digest = self.env["digest.digest"].with_user(self.manager).with_context(**period)
        self.assertEqual(digest.new({"name": "Mine"}).kpi_crm_history_problems_value, 1)
        with self.assertRaises(AccessError):
            theirs = digest.with_user(self.rep).new({"name": "Theirs"})
            theirs._compute_kpi_crm_history_problems_value()

    def refuse(self, lead):
        self.request(
            lambda env: env["crm.lead"].browse(lead.id).write({"stage_id": self.stage_qualified.id})
        )
