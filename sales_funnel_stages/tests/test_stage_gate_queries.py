from odoo import SUPERUSER_ID
from odoo.tests import tagged

from ..exceptions import StageRuleError
from ..models.crm_lead_gate import CrmLead
from ..tools.rulebook import ENFORCE, GUIDE, OFF
from .common import (
    CONVERT_ANSWERS,
    PROPOSITION_ANSWERS,
    QUALIFIED_ANSWERS,
    StageRuleCommon,
)

QUALIFIED = CONVERT_ANSWERS, QUALIFIED_ANSWERS, PROPOSITION_ANSWERS

# a savepoint and its release; the stages; who acts, their company and its time zone;
# two that read the stakeholders, which a criterion looks at
BUDGET = 2 + 1 + 3 + 2


@tagged("post_install", "-at_install")
class TestStageGateQueries(StageRuleCommon):
    """What the gate costs: compared with the same call where the policy is "off"."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # as in daily work: what the chatter reads is read already
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=False))

    def count(self, policy, run):
        """Return how many queries a call takes under a policy, all its writes included."""
        self.team.stage_rule_policy = policy
        self.env.flush_all()
        self.env.invalidate_all()
        self.env["crm.lead"]._get_rulebook()
        # what a first call reads for all that follow (ids of data, rights) is no cost of it
        with self.env.cr.savepoint() as savepoint:
            run()
            self.env.flush_all()
            savepoint.rollback()
            self.env.invalidate_all()
            self.env["crm.lead"]._get_rulebook()
            before = self.env.cr.sql_log_count
            run()
            self.env.flush_all()
            counted = self.env.cr.sql_log_count - before
            savepoint.rollback()
        return counted

    def extra(self, run):
        """Return how many more queries a call takes where the rules are enforced."""
        return self.count(ENFORCE, run) - self.count(OFF, run)

    def make_batch(self, size, **values):
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"Lead {number}",
                    "type": "opportunity",
                    "user_id": self.rep.id,
                    "team_id": self.team.id,
                    "stakeholder_ids": [(0, 0, {"contact_name": "Ada", "role": "buyer"})],
                    **self.answers(*QUALIFIED),
                    **values,
                }
                for number in range(size)
            ]
        )
        return leads.with_user(self.rep)

    def test_stage_of_a_batch(self):
        extra = {
            size: self.extra(
                lambda leads=self.make_batch(size): leads.write(
                    {"stage_id": self.stage_proposition.id}
                )
            )
            for size in (1, 5, 50)
        }
        self.assertEqual(extra[5], extra[50], "the number of queries grows with the batch")
        self.assertLessEqual(extra[50], BUDGET, extra)
        self.assertLessEqual(extra[1], extra[50], extra)

    def test_creation_of_a_batch(self):
        def create(size):
            self.env["crm.lead"].with_user(self.rep).create(
                [
                    {
                        "name": f"Lead {number}",
                        "type": "opportunity",
                        "team_id": self.team.id,
                        **self.answers(*QUALIFIED),
                    }
                    for number in range(size)
                ]
            )

        extra = {size: self.extra(lambda size=size: create(size)) for size in (5, 50)}
        self.assertEqual(extra[5], extra[50], "the number of queries grows with the batch")
        self.assertLessEqual(extra[50], BUDGET, extra)

    def test_refusal_of_a_batch(self):
        """Saying what is missing costs the same for one lead and for all of them."""

        def refused(leads):
            with self.assertRaisesRegex(StageRuleError, "cannot enter Proposition"):
                leads.write({"stage_id": self.stage_proposition.id})

        counted = {
            size: self.count(
                ENFORCE, lambda leads=self.make_batch(size, need_level=False): refused(leads)
            )
            for size in (5, 50)
        }
        self.assertEqual(counted[5], counted[50])

    def test_a_write_that_cannot_be_refused(self):
        leads = self.make_batch(5)
        for values in [
            {"description": "Something"},
            {"partner_id": self.customer.id},
            {"need_level": "strong", "expected_revenue": 10},
            {"priority": "2", "tag_ids": []},
            {"user_id": False, "team_id": False},
            {"active": False},
        ]:
            with self.subTest(values=values):
                self.assertEqual(self.extra(lambda values=values: leads.write(values)), 0)

    def test_nothing_enforced_anywhere(self):  # pylint: disable=missing-return
        """With "guide" everywhere, a move costs what it costs in Odoo."""
        leads = self.make_batch(5)
        other_teams = self.env["crm.team"].search([]) - self.team
        self.assertNotIn(ENFORCE, other_teams.mapped("stage_rule_policy"))
        for values in [
            {"stage_id": self.stage_proposition.id},
            {"stage_id": self.stage_won.id},
            {"type": "lead"},
            {"active": False, "probability": 0},
            {"probability": 40},
            {"user_id": self.rep.id, "team_id": False},
        ]:
            with self.subTest(values=values):
                stock = self.count(OFF, lambda v=values: super(CrmLead, leads).write(dict(v)))
                for policy in (OFF, GUIDE):
                    self.assertEqual(
                        self.count(policy, lambda v=values: leads.write(v)), stock, values
                    )

    def test_who_cannot_be_refused(self):  # pylint: disable=missing-return
        """OdooBot's moves, as in scheduled jobs, cost what they cost in Odoo."""
        leads = self.make_batch(5).with_user(SUPERUSER_ID)
        values = {"stage_id": self.stage_proposition.id}
        stock = self.count(OFF, lambda: super(CrmLead, leads).write(dict(values)))
        self.assertEqual(self.count(ENFORCE, lambda: leads.write(values)), stock)
