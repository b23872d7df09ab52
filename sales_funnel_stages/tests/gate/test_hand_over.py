from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ...tools.rulebook import ENFORCE, GUIDE, OFF
from ..support.case import StageRuleAssertions
from ..support.common import PROPOSITION_UNMET, QUALIFIED_UNMET, StageRuleCommon


@tagged("post_install", "-at_install")
class TestHandOver(StageRuleCommon, StageRuleAssertions):
    """Handing leads over is never refused, and never launders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = new_test_user(cls.env, "funnel_stranger", "sales_team.group_sale_salesman")
        cls.lax = cls.make_team("Lax", GUIDE, member_ids=[Command.set(cls.stranger.ids)])

    def test_there_and_back(self):
        """A detour through a laxer team gains nothing, and is to be seen."""
        deal = self.make_opportunity(user=self.manager)
        deal.team_id = self.lax
        self.assert_step(
            deal, direction="handed_over", verdict="passed", policy=GUIDE, is_to_laxer_team=True
        )
        deal.stage_id = self.stage_qualified
        row = self.assert_step(deal, verdict="guided", policy=GUIDE, is_to_laxer_team=False)
        self.assertEqual(len(row.unmet_criterion_ids), len(QUALIFIED_UNMET))
        deal.team_id = self.team
        self.assert_step(
            deal, direction="handed_over", verdict="passed", policy=ENFORCE, is_to_laxer_team=False
        )
        # it has kept what it lacks, and is asked for all of it
        with self.assert_refused(deal, unmet=PROPOSITION_UNMET):
            deal.stage_id = self.stage_proposition

    def test_by_a_change_of_salesperson(self):
        """Odoo gives the lead the team of its new salesperson."""
        lead = self.make_lead(user=self.manager)
        lead.user_id = self.stranger
        self.assert_step(lead, team_id=self.lax, user_id=self.stranger, is_to_laxer_team=True)
        lead.user_id = self.rep
        self.assert_step(lead, team_id=self.team, user_id=self.rep, is_to_laxer_team=False)

    def test_to_no_team(self):
        """The company's policy counts then."""
        for policy, is_laxer in ((OFF, True), (GUIDE, True), (ENFORCE, False)):
            with self.subTest(policy=policy):
                self.env.company.stage_rule_policy = policy
                deal = self.make_opportunity(user=self.manager)
                deal.write({"user_id": False, "team_id": False})
                self.assert_step(deal, direction="handed_over", is_to_laxer_team=is_laxer)

    def test_while_moving_forward(self):
        """One call that does both is judged by the stricter team, to it and from it."""
        for start, end in ((self.team, self.lax), (self.lax, self.team)):
            with self.subTest(start=start.name):
                deal = self.make_opportunity("Both", team_id=start.id, user=self.manager)
                values = {"team_id": end.id, "stage_id": self.stage_qualified.id}
                with self.assert_refused(deal, unmet=QUALIFIED_UNMET):
                    deal.write(values)
                deal.move_with_reason(values, "Signed on paper")
                self.assert_step(
                    deal,
                    verdict="overridden",
                    policy=ENFORCE,
                    direction="forward",
                    is_to_laxer_team=end == self.lax,
                )

    def test_many_at_once(self):
        """One write on leads of many teams refuses none, and marks those that come from stricter
        ones."""
        strict = self.make_opportunity("Strict", self.stage_qualified, self.manager)
        lax = self.make_opportunity("Lax", user=self.manager, team_id=self.lax.id)
        off = self.make_team("Free", OFF)
        (strict + lax).write({"team_id": self.lax.id})
        self.assert_step(strict, direction="handed_over", is_to_laxer_team=True)
        self.assert_step(lax, direction="created")
        (strict + lax).write({"team_id": off.id})
        self.assert_step(strict, direction="handed_over", is_to_laxer_team=True, policy=OFF)
        self.assert_step(lax, direction="handed_over", is_to_laxer_team=True, policy=OFF)
