from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import StageRuleError
from ...tools.rulebook import ENFORCE, GUIDE, OFF
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, CONVERT_UNMET, QUALIFIED_UNMET, StageRuleCommon


@tagged("post_install", "-at_install")
class TestStageGatePolicy(StageRuleCommon, StageRuleAssertions):
    """Under whose rules and policy a lead moves, and what a change of hands does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guided = cls.make_team("Guided", GUIDE)
        # a team with a pipeline of its own, that starts further down than the common one
        cls.own = cls.make_team("With its own stages", ENFORCE)
        cls.own_first, cls.own_second = cls.env["crm.stage"].create(
            [
                {"name": "Own first", "sequence": 20, "team_ids": [Command.set(cls.own.ids)]},
                {"name": "Own second", "sequence": 21, "team_ids": [Command.set(cls.own.ids)]},
            ]
        )

    @classmethod
    def make_framework(cls, name, criterion):
        """Create a framework with one criterion: a copy of one of the default framework."""
        framework = cls.env["crm.qualification.framework"].create({"name": name})
        cls.env["crm.stage.rule"].create(
            {
                "framework_id": framework.id,
                "criterion_id": cls.criterion(criterion)
                .copy({"framework_id": framework.id, "name": f"{name}: {criterion}"})
                .id,
            }
        )
        return framework

    # ------------------------------------------------------------------
    # Whose rules
    # ------------------------------------------------------------------

    def test_a_team_without_framework_follows_its_companys(self):
        self.env.company.qualification_framework_id = self.make_framework("House", "contact")
        lead = self.make_lead(first_contact_date="2026-01-01")
        lead.convert_opportunity(False)
        self.assert_moved(lead, self.stage_new)

    def test_a_team_follows_its_own_framework(self):
        self.team.framework_id = self.make_framework("Own", "contact")
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        with self.assertRaisesRegex(StageRuleError, "Own: contact"):
            lead.convert_opportunity(False)
        lead.first_contact_date = "2026-01-01"
        lead.convert_opportunity(False)
        self.assert_moved(lead, self.stage_new)

    def test_without_framework_nothing_is_asked(self):
        teams = self.env["crm.team"].search([("stage_rule_policy", "=", ENFORCE)])
        teams.stage_rule_policy = GUIDE
        self.env.company.qualification_framework_id = False
        lead = self.make_lead()
        lead.action_set_won()
        self.assert_moved(lead, self.stage_won, type_="lead")

    def test_without_team_the_companys_policy_counts(self):
        for policy in (GUIDE, OFF):
            self.env.company.stage_rule_policy = policy
            lead = self.make_lead(user_id=False, team_id=False)
            lead.convert_opportunity(False)
            self.assert_moved(lead, self.stage_new)
        self.env.company.stage_rule_policy = ENFORCE
        lead = self.make_lead(user_id=False, team_id=False)
        self.assertFalse(lead.team_id)
        with self.assert_refused(lead, unmet=CONVERT_UNMET):
            lead.convert_opportunity(False)

    def test_the_leads_company_counts_before_the_users(self):
        other = self.env["res.company"].create(
            {
                "name": "Other house",
                "qualification_framework_id": self.make_framework("Other", "contact").id,
                "stage_rule_policy": ENFORCE,
            }
        )
        self.rep.company_ids = [Command.link(other.id)]
        lead = self.make_lead(user_id=False, team_id=False, company_id=other.id)
        # whatever companies somebody looks through
        for companies in (other, self.env.company + other, other + self.env.company):
            seen = lead.with_context(allowed_company_ids=companies.ids)
            with self.subTest(companies=companies.mapped("name")):
                with self.assertRaisesRegex(StageRuleError, "Other: contact"):
                    seen.convert_opportunity(False)
        self.assertEqual(self.env.company.stage_rule_policy, GUIDE)

    def test_a_change_of_policy_counts_at_once(self):
        lead = self.make_lead()
        with self.assert_refused(lead, unmet=CONVERT_UNMET):
            lead.convert_opportunity(False)
        self.team.with_user(self.manager).stage_rule_policy = GUIDE
        lead.convert_opportunity(False)
        self.assert_moved(lead, self.stage_new)

    # ------------------------------------------------------------------
    # Changing hands
    # ------------------------------------------------------------------

    def test_changing_hands_is_never_refused(self):
        """Not even where Odoo moves the deal to a stage of the new team, however late."""
        newcomer = self.rep.copy({"login": "funnel_newcomer"})
        self.own.member_ids += newcomer
        for name, values, stage in [
            ("salesperson", {"user_id": self.manager.id}, self.stage_qualified),
            ("stricter team", {"team_id": self.own.id}, self.stage_qualified),
            ("laxer team", {"team_id": self.guided.id}, self.stage_qualified),
            ("no team", {"team_id": False}, self.stage_qualified),
            ("both", {"team_id": self.own.id, "user_id": newcomer.id}, self.stage_qualified),
            ("salesperson of another team", {"user_id": newcomer.id}, self.stage_qualified),
        ]:
            with self.subTest(name):
                deal = self.make_opportunity(name, self.stage_qualified, self.manager)
                deal.write(values)
                self.assert_moved(deal, stage)

    def test_a_stage_that_the_new_team_does_not_have(self):
        """Odoo puts the deal where the new team starts: nobody has moved it forward."""
        newcomer = self.rep.copy({"login": "funnel_newcomer"})
        self.own.member_ids += newcomer
        self.stage_qualified.team_ids = self.team
        for name, values in [
            ("by the team", {"team_id": self.own.id}),
            ("by the salesperson", {"user_id": newcomer.id}),
            # as a form sends it
            ("with its stage", {"team_id": self.own.id, "stage_id": self.stage_new.id}),
        ]:
            with self.subTest(name):
                deal = self.make_opportunity(name, self.stage_qualified, self.manager)
                deal.write(values)
                self.assert_moved(deal, self.stage_new)
        # a pipeline that starts behind where the deal stood
        self.stage_new.team_ids = self.stage_proposition.team_ids = self.team
        for name, values in [
            ("later, by the team", {"team_id": self.own.id}),
            ("later, by the salesperson", {"user_id": newcomer.id}),
            ("later, with its stage", {"team_id": self.own.id, "stage_id": self.own_first.id}),
        ]:
            with self.subTest(name):
                deal = self.make_opportunity(name, self.stage_qualified, self.manager)
                deal.write(values)
                self.assert_moved(deal, self.own_first)
        # what it lacks shows as debt and is asked for at the next step
        with self.assert_refused(deal, unmet=CONVERT_UNMET):
            deal.stage_id = self.own_second

    def test_back_in_other_hands(self):
        """Going back is free, whoever has the deal then."""
        deal = self.make_opportunity("Back", self.stage_proposition, self.manager)
        deal.write({"team_id": self.guided.id, "stage_id": self.stage_qualified.id})
        self.assert_moved(deal, self.stage_qualified)

    def test_past_the_start_of_the_new_team(self):
        """A stage that lies before the old one in the list of all stages is no way in."""
        self.stage_proposition.sequence = 30
        self.stage_proposition.team_ids = self.team
        self.stage_new.team_ids = self.stage_qualified.team_ids = self.team
        deal = self.make_opportunity("To the second", self.stage_proposition, self.manager)
        # the policy of the team that it leaves counts too, and so does what that asks for
        with self.assert_refused(deal, unmet=QUALIFIED_UNMET):
            deal.write({"team_id": self.own.id, "stage_id": self.own_second.id})
        deal.write({"team_id": self.own.id, "stage_id": self.own_first.id})
        self.assert_moved(deal, self.own_first)

    def test_a_new_team_that_starts_behind_a_folded_stage(self):
        self.stage_qualified.team_ids = self.team
        self.stage_new.fold = True
        self.stage_proposition.team_ids = self.own
        deal = self.make_opportunity("Over the folded one", self.stage_qualified, self.manager)
        deal.team_id = self.own
        self.assert_moved(deal, self.stage_proposition)

    def test_on_hold_and_handed_over(self):
        on_hold = self.env["crm.stage"].create(
            {"name": "On hold", "is_outside_pipeline": True, "team_ids": self.team.ids}
        )
        deal = self.make_opportunity("Parked", on_hold, self.manager)
        deal.team_id = self.own
        self.assert_moved(deal, self.stage_new)

    def test_the_stricter_of_two_policies_judges(self):
        for name, start, end in [
            ("to a laxer team", self.team, self.guided),
            ("to a stricter team", self.guided, self.team),
            ("to no team", self.team, self.env["crm.team"]),
        ]:
            with self.subTest(name):
                deal = self.make_opportunity(name, team_id=start.id, user=self.manager)
                with self.assert_refused(deal, unmet=QUALIFIED_UNMET):
                    deal.write({"team_id": end.id, "stage_id": self.stage_qualified.id})
                self.assertEqual(deal.team_id, start)
        # with the laxer policy on both sides nobody judges
        deal = self.make_opportunity("Between laxer ones", team_id=self.guided.id)
        deal.write({"team_id": False, "stage_id": self.stage_qualified.id})
        self.assert_moved(deal, self.stage_qualified)

    def test_both_frameworks_are_asked(self):
        """Two teams that enforce different rules: each asks for its own."""
        framework = self.make_framework("Theirs", "contact")
        theirs = self.make_team("Theirs", ENFORCE, framework_id=framework.id)
        deal = self.make_opportunity("Between", **self.answers(CONVERT_ANSWERS))
        with self.assertRaises(StageRuleError) as caught:
            deal.write({"team_id": theirs.id, "stage_id": self.stage_qualified.id})
        named = set(caught.exception.refusals[0]["criterion_ids"])
        self.assertIn(framework.criterion_ids.id, named)
        self.assertIn(self.criterion("engagement").id, named)

    def test_a_conversion_that_changes_the_team(self):
        """Odoo gives a converted lead a team of its salesperson: both teams are asked."""
        stranger = self.rep.copy({"login": "funnel_stranger"})
        self.guided.write({"member_ids": [Command.link(stranger.id)], "sequence": -1})
        lead = self.make_lead("Of a stranger", stranger)
        self.assertEqual(lead.team_id, self.team)
        with self.assert_refused(lead, unmet=CONVERT_UNMET):
            lead.convert_opportunity(False)
        self.team.stage_rule_policy = GUIDE
        lead.convert_opportunity(False)
        self.assertEqual(lead.team_id, self.guided)
        self.assert_moved(lead, self.stage_new)
