from functools import partial
from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.tests import tagged

from ...exceptions import StageRuleError
from ...models.gate.gate import CrmLead
from ...tools.rulebook import ENFORCE, GUIDE, OFF
from ..support.common import (
    CONVERT_ANSWERS,
    PROPOSITION_ANSWERS,
    QUALIFIED_ANSWERS,
    StageRuleCommon,
)

QUALIFIED = CONVERT_ANSWERS, QUALIFIED_ANSWERS, PROPOSITION_ANSWERS

# one that looks since when, one that adds to the ledger, one that looks for requests; who moves it,
# their company and its language
RECORDING = 3 + 3
# the stages; the company's time zone; two that read the stakeholders, which a criterion looks at
READING = 1 + 2 + 2
# a savepoint and its release
BUDGET = RECORDING + READING + 2


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
        # what a first call reads for all that follow (ids of data, rights) is no cost of it, nor
        # what it need not read where it reads the rules
        for _turn in range(3):
            with self.env.cr.savepoint() as savepoint:
                # who works has signed in
                self.rep.sudo().fetch(["company_id", "partner_id"])
                before = self.env.cr.sql_log_count
                run()
                self.env.flush_all()
                counted = self.env.cr.sql_log_count - before
                savepoint.rollback()
            self.env.invalidate_all()
            self.env["crm.lead"]._get_rulebook()
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

    def stock(self, run):
        """Return how many queries a call takes where the addon does nothing."""

        def write(leads, vals):
            leads._note_answers_before(vals)
            return super(CrmLead, leads).write(vals)

        with patch.object(CrmLead, "write", write):
            return self.count(OFF, run)

    def test_a_write_that_cannot_move(self):
        leads = self.make_batch(5)
        for values in [
            {"description": "Something"},
            {"partner_id": self.customer.id},
            {"need_level": "strong", "expected_revenue": 10},
            {"priority": "2", "tag_ids": []},
        ]:
            with self.subTest(values=values):
                run = partial(leads.write, values)
                self.assertEqual(self.count(ENFORCE, run), self.stock(run))

    def test_a_write_that_moves_nothing(self):
        """What might have moved a lead, and has not, is read and neither judged nor recorded."""
        # archived at 0 % they would be lost
        leads = self.make_batch(5, probability=40)
        for values in [
            {"active": False},
            {"probability": 40},
            {"stage_id": self.stage_new.id},
            {"team_id": self.team.id},
        ]:
            with self.subTest(values=values):
                run = partial(leads.write, values)
                is_move = self.env["crm.lead"]._is_move(values)
                self.assertLessEqual(self.count(GUIDE, run), self.stock(run) + 2, values)
                self.assertLessEqual(
                    self.count(ENFORCE, run), self.stock(run) + 2 + 2 * is_move, values
                )

    def test_nothing_enforced_anywhere(self):
        """With "guide" or "off", a move costs what recording it costs, whatever the batch."""
        other_teams = self.env["crm.team"].search([]) - self.team
        self.assertNotIn(ENFORCE, other_teams.mapped("stage_rule_policy"))
        for values in [
            {"stage_id": self.stage_proposition.id},
            {"stage_id": self.stage_won.id},
            {"type": "lead"},
            {"active": False, "probability": 0},
            {"user_id": self.rep.id, "team_id": False},
        ]:
            for policy, budget in ((OFF, RECORDING), (GUIDE, RECORDING + READING)):
                with self.subTest(values=values, policy=policy):
                    extra = []
                    for size in (5, 20):
                        leads = self.make_batch(size)
                        run = partial(leads.write, values)
                        extra.append(self.count(policy, run) - self.stock(run))
                    self.assertEqual(*extra, "the number of queries grows with the batch")
                    self.assertLessEqual(extra[0], budget)

    def test_who_cannot_be_refused(self):
        """OdooBot's moves, as in scheduled jobs, cost no savepoint."""
        leads = self.make_batch(5).with_user(SUPERUSER_ID)
        run = partial(leads.write, {"stage_id": self.stage_proposition.id})
        self.assertEqual(self.count(ENFORCE, run), self.count(GUIDE, run))
