from odoo.fields import Command
from odoo.tests import tagged

from ...tools.rulebook import GUIDE
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, StageRuleCommon


@tagged("post_install", "-at_install")
class TestLeadAssignment(StageRuleCommon, StageRuleAssertions):
    """A manager lets Odoo share out the leads: those that qualify are converted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.team.member"].search([]).assignment_max = 0
        member = cls.team.crm_team_member_ids.filtered(lambda each: each.user_id == cls.rep)
        member.assignment_max = 300
        waiting = {"user_id": False, "date_open": False}
        cls.good = cls.make_lead("Good", **waiting, **cls.answers(CONVERT_ANSWERS))
        cls.bad = cls.make_lead("Bad", **waiting, need_level="weak")
        cls.worse = cls.make_lead("Worse", **waiting)
        # in the way of the others: Odoo begins with what is most probable
        (cls.bad + cls.worse).with_user(cls.env.user).probability = 90

    def assign(self, user=None):
        """Press the button of the team, and return what the notification says."""
        action = self.team.with_user(user or self.manager).action_assign_leads()
        return str(action["params"]["message"])

    def test_those_that_qualify_are_assigned(self):
        message = self.assign()
        self.assert_moved(self.good, self.stage_new)
        self.assertEqual(self.good.user_id, self.rep)
        self.assert_moved(self.bad + self.worse, type_="lead")
        self.assertFalse((self.bad + self.worse).user_id)
        self.assertIn("1 leads assigned among", message)
        self.assertIn("Not assigned: Bad. Not met: Budget known, Buys within six months.", message)
        unmet = "Need identified, Budget known, Buys within six months"
        self.assertIn(f"Not assigned: Worse. Not met: {unmet}.", message)
        self.assertIn("Bad", self.team.message_ids[0].body)

    def test_what_becomes_qualified_is_next(self):
        self.assign()
        self.bad.sudo().write(self.answers(CONVERT_ANSWERS))
        message = self.assign()
        self.assert_moved(self.bad, self.stage_new)
        self.assertNotIn("Bad", message)
        self.assertIn("Worse", message)

    def test_opportunities_are_assigned_as_ever(self):
        """They are opportunities already, whatever they lack."""
        opportunity = self.make_opportunity("Waiting", user_id=False, date_open=False)
        self.assign()
        self.assertEqual(opportunity.user_id, self.rep)

    def test_where_nothing_is_enforced(self):
        self.team.stage_rule_policy = GUIDE
        message = self.assign()
        self.assert_moved(self.good + self.bad + self.worse, self.stage_new)
        self.assertNotIn("Not met", message)

    def test_odoobot_assigns_everything(self):
        self.env["crm.team"].browse(self.team.id)._action_assign_leads(force_quota=True)
        self.assert_moved(self.good + self.bad + self.worse, self.stage_new)

    def test_duplicates(self):
        """Odoo merges what it allocates to the team; that converts nothing."""
        twins = self.env["crm.lead"].create(
            [
                {
                    "name": name,
                    "type": "lead",
                    "user_id": False,
                    "team_id": False,
                    "email_from": "ada@acme.example.com",
                    "stakeholder_ids": [Command.create({"contact_name": name})],
                }
                for name in ("Twin", "Other twin")
            ]
        )
        self.env["crm.team"].search([]).assignment_domain = "[('name', 'ilike', 'twin')]"
        message = self.assign()
        left = twins.exists()
        self.assertEqual(len(left), 1)
        self.assertEqual(left.team_id, self.team)
        self.assert_moved(left, type_="lead")
        self.assertEqual(len(left.stakeholder_ids), 2)
        self.assertIn(left.name, message)

    def test_duplicates_that_may_not_be_merged(self):
        """Odoo would give the opportunity the stage of its twin: they are allocated one by one."""
        waiting = {"user_id": False, "email_from": "ada@acme.example.com"}
        deal, twin = self.env["crm.lead"].create(
            [
                {
                    "name": "Twin deal",
                    "type": "opportunity",
                    "team_id": self.team.id,
                    **waiting,
                },
                {
                    "name": "Twin",
                    "type": "lead",
                    "team_id": False,
                    "stage_id": self.stage_proposition.id,
                    **waiting,
                },
            ]
        )
        deal.stage_id = False
        self.env["crm.team"].search([]).assignment_domain = "[('name', 'ilike', 'twin')]"
        message = self.assign()
        self.assertEqual((deal + twin).team_id, self.team)
        self.assertFalse(deal.stage_id)
        self.assert_moved(twin, self.stage_proposition, type_="lead")
        self.assertIn("Twin", message)
