from odoo import SUPERUSER_ID
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ...tools.rulebook import ENFORCE, FROM_LEADER, GUIDE, NEVER, OFF
from ..support.case import StageRuleAssertions
from ..support.common import (
    CONVERT_ANSWERS,
    CONVERT_UNMET,
    PROPOSITION_UNMET,
    QUALIFIED_ANSWERS,
    QUALIFIED_UNMET,
    StageRuleCommon,
)


@tagged("post_install", "-at_install")
class TestHandOver(StageRuleCommon, StageRuleAssertions):
    """Handing leads over is never refused, and never launders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = new_test_user(cls.env, "funnel_stranger", "sales_team.group_sale_salesman")
        cls.lax = cls.make_team("Lax", GUIDE, member_ids=[Command.set(cls.stranger.ids)])

    def assert_missing(self, row, names):
        self.assertEqual(
            row.unmet_criterion_ids,
            self.env["crm.qualification.criterion"].union(*map(self.criterion, names)),
        )

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
        row = self.assert_step(
            deal, direction="handed_over", verdict="arrived", policy=ENFORCE, is_to_laxer_team=False
        )
        self.assert_missing(row, QUALIFIED_UNMET)
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


@tagged("post_install", "-at_install")
class TestDebtOnArrival(StageRuleCommon, StageRuleAssertions):
    """What comes from laxer rules without what is required here owes it, and shows it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lax = cls.make_team("Lax", GUIDE)
        cls.other_company = cls.env["res.company"].create(
            {"name": "Elsewhere", "stage_rule_policy": OFF}
        )
        cls.manager.company_ids += cls.other_company

    def make_far(self, name="Far", **values):
        """Return a deal that has come to *Qualified* by the rules of the lax team."""
        deal = self.make_opportunity(
            name, user=self.manager, **{"team_id": self.lax.id, "user_id": False, **values}
        )
        deal.stage_id = self.stage_qualified
        return deal

    def assert_arrived(self, deal):
        row = self.assert_step(deal, verdict="arrived", policy=ENFORCE)
        self.assertIn(row.direction, ("handed_over", "company"))
        self.assertIn(row, deal.sudo().transition_ids)
        self.assertEqual(
            {c.id for c in row.unmet_criterion_ids}, {self.criterion(n).id for n in QUALIFIED_UNMET}
        )
        self.assertIn(deal.sudo(), self.indebted())
        return row

    def indebted(self, user=None):
        """Return the deals that owe something, read and searched for."""
        self.env.invalidate_all()
        lead_model = self.env["crm.lead"].with_user(user or self.manager)
        lead_model = lead_model.with_context(active_test=False)
        found = lead_model.search([("has_arrival_debt", "=", True)])
        everything = lead_model.search([])
        self.assertEqual(everything.filtered("has_arrival_debt"), found)
        self.assertEqual(lead_model.search([("has_arrival_debt", "=", False)]), everything - found)
        return found.sudo()

    def test_every_hop(self):
        """By another team, without a team, through another company, and by a merge."""
        by_team = self.make_far("By team")
        by_team.team_id = self.team
        self.assert_arrived(by_team)

        self.env.company.stage_rule_policy = GUIDE
        by_company = self.make_opportunity("Without team", user=self.manager)
        by_company.write({"team_id": False, "user_id": False})
        by_company.stage_id = self.stage_qualified
        by_company.team_id = self.team
        self.assert_arrived(by_company)

        elsewhere = self.make_far("Elsewhere", team_id=False, company_id=self.other_company.id)
        self.env.company.stage_rule_policy = ENFORCE
        elsewhere.company_id = self.env.company
        self.assert_arrived(elsewhere)

        head, tail = self.make_far("Head"), self.make_opportunity("Tail", user=self.manager)
        merged = (head + tail).merge_opportunity(team_id=self.team.id)
        self.assertEqual(merged, head)
        self.assert_arrived(head)

    def test_the_salesperson_decides_the_team(self):
        deal = self.make_far()
        deal.user_id = self.rep
        self.assertEqual(deal.team_id, self.team)
        self.assert_arrived(deal)

    def test_a_team_that_is_deleted(self):
        """Its leads come under the rules of the company."""
        deal = self.make_far()
        self.env.company.stage_rule_policy = ENFORCE
        self.lax.unlink()
        self.assert_arrived(deal)

    def test_what_is_no_debt(self):
        """What was required already, what is met, leads, and what comes to laxer rules."""
        strict = self.make_opportunity("Strict", self.stage_qualified, self.manager)
        strict.team_id = self.make_team("Strict, too", ENFORCE)
        met = self.make_far("Met", **self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS))
        met.team_id = self.team
        lead = self.make_lead("Lead", self.manager, team_id=self.lax.id)
        lead.team_id = self.team
        lax = self.make_opportunity("Lax", self.stage_qualified, self.manager)
        lax.team_id = self.lax
        for each in strict + met + lead + lax:
            with self.subTest(each.name):
                self.assert_step(each, direction="handed_over", verdict="passed")
        self.assertFalse(self.indebted())

    def test_it_is_owed_until_it_is_met(self):
        deal = self.make_far()
        deal.team_id = self.team
        text = deal.arrival_debt
        self.assertIn(self.manager.name, text)
        self.assertIn(self.criterion("requirements").name, text)
        deal.write(self.answers(CONVERT_ANSWERS))
        self.assertNotIn(self.criterion("need").name, deal.arrival_debt)
        deal.write(self.answers(QUALIFIED_ANSWERS))
        self.assertFalse(deal.arrival_debt or self.indebted())

    def test_it_is_owed_to_those_it_came_to(self):
        """Nothing is once it is handed on, and the last arrival is what is told."""
        deal = self.make_far()
        for _time in range(2):
            deal.team_id = self.team
            self.assertEqual(self.indebted(), deal.sudo())
            self.assertEqual(len(deal.arrival_debt.splitlines()), 1)
            deal.team_id = self.lax
            self.assertFalse(self.indebted() or deal.arrival_debt)

    def test_lost_ones_owe_nothing_while_they_are(self):
        """To lose it before it is handed over is no way around."""
        deal = self.make_far()
        deal.action_set_lost()
        deal.team_id = self.team
        self.assertFalse(self.indebted())
        deal.action_unarchive()
        self.assertEqual(self.indebted(), deal.sudo())

    def test_the_team_leader_sees_it(self):
        self.make_far("One").team_id = self.team
        self.make_far("Two").team_id = self.team
        team = self.team.with_user(self.manager)
        self.assertEqual((team.arrival_debt_count, self.lax.arrival_debt_count), (2, 0))
        action = team.action_view_arrival_debts()
        self.assertEqual(
            self.env["crm.lead"].search_count([*action["domain"], ("has_arrival_debt", "=", True)]),
            2,
        )

    def count_queries(self, found):
        """Return how many queries it takes to find those that owe something."""
        lead_model = self.env["crm.lead"].with_user(self.manager)
        for _again in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            leads = lead_model.search([("has_arrival_debt", "=", True)])
        self.assertEqual(len(leads), found)
        return self.env.cr.sql_log_count - before

    def test_the_number_of_queries_does_not_grow(self):
        """Neither with the teams and companies that leads came to, nor with the leads."""
        self.make_far("One").team_id = self.team
        few = self.count_queries(1)
        for number in range(4):
            self.make_far(f"More {number}").team_id = self.make_team(f"Team {number}", ENFORCE)
        elsewhere = self.make_far("Elsewhere", team_id=False, company_id=self.other_company.id)
        self.env.company.stage_rule_policy = ENFORCE
        elsewhere.company_id = self.env.company
        self.make_far("Two").team_id = self.team
        self.assertEqual(self.count_queries(7), few)

    def test_the_report_counts_it(self):
        deal = self.make_far()
        deal.team_id = self.team

        def results():
            self.env.invalidate_all()
            rows = self.env["crm.gate.report"].search(
                [("lead_id", "=", deal.id), ("outcome", "=", "arrived")]
            )
            self.assertEqual(len(rows), len(QUALIFIED_UNMET))
            return {row.criterion_id: row.result for row in rows}

        self.assertEqual(set(results().values()), {"owing"})
        deal.write(self.answers(CONVERT_ANSWERS))
        self.assertEqual(results()[self.criterion("need")], "made_good")
        self.assertEqual(results()[self.criterion("requirements")], "owing")
        deal.team_id = self.lax
        self.assertEqual(set(results().values()), {"dropped"})

    def test_a_company_hop_is_a_row(self):
        """Also where Odoo takes the company from the customer."""
        deal = self.make_opportunity(user=self.manager, team_id=False, user_id=False)
        self.env.company.stage_rule_policy = ENFORCE
        deal.company_id = self.env.company
        row = self.assert_step(deal, direction="company", company_id=self.env.company)
        self.assertIn(f"Handed over to the company {self.env.company.name}", row.summary)
        self.assertNotIn(row, deal.transition_ids, "no news: it was everybody's")
        deal.company_id = self.other_company
        row = self.assert_step(
            deal,
            direction="company",
            company_id=self.other_company,
            from_company_id=self.env.company,
            is_to_laxer_team=True,
            seconds_in_previous=0,
        )
        self.assertIn(row, deal.sudo().transition_ids)
        deal.company_id = False
        row = self.assert_step(deal, direction="company", company_id=self.env["res.company"])
        self.assertIn("Shared among the companies", row.summary)
        self.customer.company_id = self.other_company
        deal.partner_id = self.customer
        self.assert_step(deal, direction="company", company_id=self.other_company)

    def test_a_merge_carries_the_mark(self):
        """A strict team's deal that ends in one of a lax team has come to laxer rules."""
        stranger = new_test_user(self.env, "funnel_stranger", "sales_team.group_sale_salesman")
        self.lax.member_ids = stranger
        for head_team, head_user, is_laxer in (
            (self.lax, stranger, True),
            (self.team, self.rep, False),
        ):
            with self.subTest(head_team.name):
                head = self.make_opportunity(
                    "Head", self.stage_proposition, team_id=head_team.id, user_id=head_user.id
                ).with_user(self.manager)
                tail = self.make_opportunity("Tail", user=self.manager)
                (head + tail).merge_opportunity()
                [row] = self.env["crm.stage.transition"].search(
                    [("lead_ref", "=", tail.id), ("direction", "=", "merged")]
                )
                self.assertEqual(row.is_to_laxer_team, is_laxer)

    # ------------------------------------------------------------------
    # Guide blocks nothing
    # ------------------------------------------------------------------

    def test_what_odoo_derives_is_judged_by_the_team_before(self):
        """A guided lead of a salesperson of a strict team is converted, and owes what it lacks."""
        lead = self.make_lead("Guided", self.rep)
        lead.sudo().team_id = self.lax
        self.assertEqual(lead.user_id, self.rep)
        lead.with_user(self.rep).convert_opportunity(self.customer)
        self.assertEqual((lead.type, lead.team_id), ("opportunity", self.team))
        row = self.assert_step(lead, verdict="arrived", policy=ENFORCE, direction="forward")
        self.assertEqual(len(row.unmet_criterion_ids), len(CONVERT_UNMET))
        self.assertEqual(self.indebted(), lead.sudo())

    def test_what_was_asked_for_is_judged_by_the_stricter(self):
        for name, value in (("team_id", self.team.id), ("user_id", self.rep.id)):
            with self.subTest(name):
                lead = self.make_lead("Asked", self.manager, team_id=self.lax.id)
                with self.assert_refused(lead, unmet=CONVERT_UNMET):
                    lead.write({"type": "opportunity", name: value})

    # ------------------------------------------------------------------
    # Companies that do not want it
    # ------------------------------------------------------------------

    def assert_hand_over_refused(self, deal, values):
        row = self.rows(deal)[-1:]
        with self._swallowed_refusal() as caught:
            deal.write(values)
        [refusal] = caught.exception.refusals
        self.assertTrue(refusal["is_hand_over"])
        self.assertIn(f"“{deal.name}” cannot be handed over to Enforcers", str(caught.exception))
        self.assert_moved(deal, self.stage_qualified)
        self.assertEqual((deal.team_id, self.rows(deal)[-1:]), (self.lax, row))
        return caught.exception

    def test_sent_back(self):
        self.env.company.arrival_policy = NEVER
        deal = self.make_far()
        for values in ({"team_id": self.team.id}, {"user_id": self.rep.id}):
            error = self.assert_hand_over_refused(deal, values)
            self._assert_named(error, QUALIFIED_UNMET)
        self.assertFalse(
            self.env["crm.stage.refusal"].search([("lead_ref", "=", deal.id)]), "no move"
        )
        deal.move_with_reason({"team_id": self.team.id}, "They asked for it")
        self.assert_step(deal, verdict="overridden", reason="They asked for it", policy=ENFORCE)
        self.assertFalse(self.indebted())

    def test_only_the_leader_takes_it(self):
        self.env.company.arrival_policy = FROM_LEADER
        leader = new_test_user(
            self.env, "funnel_leader", "sales_team.group_sale_salesman_all_leads"
        )
        self.team.user_id = leader
        deal = self.make_far()
        error = self.assert_hand_over_refused(deal, {"team_id": self.team.id})
        self.assertIn(f"{leader.name}, who leads the team, may take it.", str(error))
        deal.with_user(leader).team_id = self.team
        self.assert_arrived(deal)

    def test_a_sales_manager_takes_it_where_nobody_leads(self):
        self.env.company.arrival_policy = FROM_LEADER
        deal = self.make_far()
        stranger = new_test_user(
            self.env, "funnel_stranger", "sales_team.group_sale_salesman_all_leads"
        )
        error = self.assert_hand_over_refused(deal.with_user(stranger), {"team_id": self.team.id})
        self.assertIn("A sales manager may take it.", str(error))
        deal.team_id = self.team
        self.assert_arrived(deal)

    def test_met_ones_come_whatever_the_company_says(self):
        self.env.company.arrival_policy = NEVER
        deal = self.make_far(**self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS))
        deal.team_id = self.team
        self.assert_step(deal, verdict="passed")

    def test_odoobot_is_spared(self):
        self.env.company.arrival_policy = NEVER
        deal = self.make_far()
        deal.with_user(SUPERUSER_ID).team_id = self.team
        self.assert_arrived(deal)

    def test_an_import_says_so(self):
        self.env.company.arrival_policy = NEVER
        deal = self.make_far()
        result = (
            self.env["crm.lead"]
            .with_user(self.manager)
            .load([".id", "name", "team_id/.id"], [[str(deal.id), "New name", str(self.team.id)]])
        )
        self.assertFalse(result["ids"])
        [message] = result["messages"]
        self.assertIn("cannot be handed over to Enforcers", message["message"])
        self.assertNotIn("\n", message["message"])
