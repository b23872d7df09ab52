from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Datetime
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, CONVERT_UNMET, QUALIFIED_ANSWERS, LeadsInUseCommon

REASON = "They only wanted the price list"
BLANK_REASONS = ("", "  \n", "\u200b", "…", None, False, 7, ["Because"])


@tagged("post_install", "-at_install")
class TestReturnToLead(LeadsInUseCommon, StageRuleAssertions):
    """An opportunity that was no opportunity goes back to being a lead."""

    def assert_stays(self, leads, says, reason=REASON):
        """Assert that none of these returns, and that the error says all of these."""
        before = [self._position(lead) for lead in leads.sudo()]
        with self.assertRaises(UserError) as caught:
            leads.action_return_to_lead(reason)
        for text in says:
            self.assertIn(text, str(caught.exception))
        self.assertEqual([self._position(lead) for lead in leads.sudo()], before)

    def test_it_keeps_what_is_known(self):
        answers = self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS)
        opportunity = self.make_opportunity(
            stage=self.stage_qualified,
            partner_id=self.customer.id,
            expected_revenue=1200,
            date_conversion=Datetime.now(),
            stakeholder_ids=[Command.create({"contact_name": "Ann", "role": "buyer"})],
            **answers,
        )
        kept = [*answers, "partner_id", "expected_revenue", "stakeholder_ids", "user_id", "team_id"]
        before = {name: opportunity[name] for name in kept}
        messages, activity = opportunity.message_ids, opportunity.activity_schedule(summary="Call")
        self.assertTrue(opportunity.action_return_to_lead(REASON))
        self.assert_moved(opportunity, self.stage_new, type_="lead")
        self.assertFalse(opportunity.date_conversion)
        self.assertTrue(opportunity.active)
        self.assertEqual({name: opportunity[name] for name in kept}, before)
        self.assert_step(
            opportunity,
            direction="backward",
            from_type="opportunity",
            from_stage_id=self.stage_qualified,
            to_type="lead",
            to_stage_id=self.stage_new,
            to_status="open",
            verdict="passed",
            by_user_id=self.rep.sudo(),
            reason=REASON,
        )
        self.assertLessEqual(messages, opportunity.message_ids)
        self.assertEqual(opportunity.activity_ids, activity)

    def test_what_is_posted(self):
        """A note says who and why; the reason is text, whatever it looks like."""
        opportunity = self.make_opportunity()
        opportunity.action_return_to_lead("  <img src=x onerror=alert(1)> & 100 % %s\n")
        note = opportunity.message_ids[0]
        self.assertEqual(note.author_id, self.rep.partner_id)
        self.assertTrue(note.is_internal)
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
        self.assertIn("Returned to lead.", note.body)
        self.assertIn("Reason: &lt;img src=x onerror=alert(1)&gt; &amp; 100 % %s<", note.body)

    def test_without_a_reason(self):
        opportunity = self.make_opportunity()
        messages = opportunity.message_ids
        for reason in BLANK_REASONS:
            with self.subTest(reason=reason):
                self.assert_stays(opportunity, ["Give a reason for returning it"], reason)
        self.assertEqual(opportunity.message_ids, messages)

    def test_what_is_no_open_opportunity(self):
        lead = self.make_lead("Still a lead")
        won = self.make_opportunity("Won already")
        lost = self.make_opportunity("Lost already")
        archived = self.make_opportunity("Put away", probability=20)
        won.with_user(self.env.user).action_set_won()
        lost.action_set_lost()
        archived.action_archive()
        self.assert_stays(lead, ["“Still a lead” is a lead already"])
        self.assert_stays(won, ["“Won already” is won. Move it back to an open stage first"])
        self.assert_stays(lost, ["“Lost already” is lost. Restore it first"])
        self.assert_stays(archived, ["“Put away” is archived. Unarchive it first"])
        won.stage_id = self.stage_proposition
        won.probability = 50
        won.action_return_to_lead(REASON)
        self.assert_moved(won, self.stage_new, type_="lead")

    def test_where_leads_are_not_used(self):
        opportunity = self.make_opportunity("Office chairs")
        self.team.use_leads = False
        self.assert_stays(
            opportunity, ["“Office chairs” belongs to the team Enforcers, which does not use leads"]
        )
        self.team.use_leads = True
        self.stop_using_leads()
        self.assert_stays(opportunity, ["“Office chairs” has to stay", "settings of CRM"])

    def test_several(self):
        """All or none, and the error names all that stand in the way."""
        good = self.make_opportunity("Good", stage=self.stage_qualified)
        better = self.make_opportunity("Better", stage=self.stage_proposition)
        won = self.make_opportunity("Won already")
        won.with_user(self.env.user).action_set_won()
        lead = self.make_lead("Still a lead")
        self.assert_stays(good + won + lead + better, ["“Won already” is won", "“Still a lead”"])
        with self.assertRaises(UserError) as caught:
            (good + won + lead).action_return_to_lead(REASON)
        self.assertNotIn("Good", str(caught.exception))
        (good + better).action_return_to_lead(REASON)
        self.assert_moved(good + better, self.stage_new, type_="lead")
        for lead in good + better:
            self.assertIn(REASON, lead.message_ids[0].body)

    def test_the_stage_in_which_its_team_starts(self):
        """Open, unfolded, and part of the pipeline, for teams with stages of their own too."""
        other = self.make_team("Others", "off", member_ids=[Command.set(self.env.user.ids)])
        parked, folded, started = self.env["crm.stage"].create(
            [
                {"name": "On hold", "sequence": -3, "is_outside_pipeline": True},
                {"name": "Folded", "sequence": -2, "fold": True},
                {"name": "Started", "sequence": -1, "team_ids": [Command.set(other.ids)]},
            ]
        )
        ours = self.make_opportunity(stage=self.stage_qualified, user=self.manager)
        theirs = self.make_opportunity(stage=parked, user=self.manager, team_id=other.id)
        nobodys = self.make_opportunity(
            stage=folded, user=self.manager, team_id=False, user_id=False
        )
        (ours + theirs + nobodys).action_return_to_lead(REASON)
        self.assert_moved(ours, self.stage_new, type_="lead")
        self.assert_moved(theirs, started, type_="lead")
        self.assert_moved(nobodys, self.stage_new, type_="lead")

    def test_a_team_of_which_nobody_knows_where_it_starts(self):
        """Its only open stage is folded away: nothing is won by going back."""
        opportunity = self.make_opportunity(stage=self.stage_qualified)
        (self.stage_new + self.stage_qualified + self.stage_proposition).fold = True
        opportunity.action_return_to_lead(REASON)
        self.assertEqual(opportunity.type, "lead")
        self.assertFalse(opportunity.stage_id)
        self.assertEqual(opportunity.won_status, "pending")

    def test_it_stays_with_its_team(self):
        """Odoo would give it to the first team of its salesperson that uses leads."""
        other = self.make_team("Others", "off")
        opportunity = self.make_opportunity(stage=self.stage_qualified, team_id=other.id)
        opportunity.action_return_to_lead(REASON)
        self.assert_moved(opportunity, self.stage_new, type_="lead")
        self.assertEqual((opportunity.team_id, opportunity.user_id), (other, self.rep))

    def test_it_is_judged_anew(self):
        opportunity = self.make_opportunity("Bad", stage=self.stage_proposition)
        opportunity.action_return_to_lead(REASON)
        with self.assert_refused(opportunity, unmet=CONVERT_UNMET):
            opportunity.convert_opportunity(False)

    def test_many(self):
        """The number of queries does not grow with the number of opportunities."""

        def count_queries(size):
            leads = self.env["crm.lead"].with_user(self.manager)
            for index in range(size):
                stage = (self.stage_qualified, self.stage_proposition)[index % 2]
                leads += self.make_opportunity(user=self.manager, stage=stage)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            leads.action_return_to_lead(REASON)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count_queries(2)
        self.assertLessEqual(count_queries(20), count_queries(2))

    # ------------------------------------------------------------------
    # People
    # ------------------------------------------------------------------

    def test_a_rep_and_the_opportunity_of_another(self):
        opportunity = self.make_opportunity(user=self.manager).with_user(self.rep)
        with self.assertRaises(AccessError):
            opportunity.action_return_to_lead(REASON)
        self.assert_moved(opportunity, self.stage_new)
        self.all_rep.group_ids -= self.env.ref("sales_team.group_sale_salesman_all_leads")
        opportunity.with_user(self.manager).action_return_to_lead(REASON)
        self.assert_moved(opportunity, self.stage_new, type_="lead")

    def test_another_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        team = self.make_team("Elsewhere", "off", company_id=company.id)
        opportunity = self.make_opportunity(
            user_id=False, team_id=team.id, company_id=company.id, stage=self.stage_qualified
        )
        for user in (self.manager, self.rep):
            with self.assertRaises(AccessError):
                opportunity.with_user(user).action_return_to_lead(REASON)
        self.assert_moved(opportunity, self.stage_qualified)
        self.manager.company_ids += company
        here = self.make_opportunity(user=self.manager)
        both = (here + opportunity).with_user(self.manager)
        both.with_context(allowed_company_ids=self.manager.company_ids.ids).action_return_to_lead(
            REASON
        )
        self.assert_moved(both, self.stage_new, type_="lead")
        self.assertEqual(opportunity.company_id, company)

    # ------------------------------------------------------------------
    # In the wizard
    # ------------------------------------------------------------------

    def wizard(self, leads):
        """Open it as the action menu does."""
        action = (
            self.env.ref("sales_funnel_stages.crm_lead_return_server_action")
            .with_user(leads.env.user)
            .with_context(active_model="crm.lead", active_id=leads[0].id, active_ids=leads.ids)
            .run()
        )
        model = self.env[action["res_model"]].with_user(leads.env.user)
        return Form(model.with_context(**action["context"]))

    def test_wizard(self):
        one, other = self.make_opportunity("One"), self.make_opportunity("Other")
        form = self.wizard(one + other)
        self.assertEqual({lead.name for lead in form.lead_ids}, {"One", "Other"})
        form.reason = REASON
        action = form.save().action_return()
        self.assertEqual(action["type"], "ir.actions.act_window_close")
        self.assert_moved(one + other, self.stage_new, type_="lead")
        self.assertIn(REASON, one.message_ids[0].body)

    def test_wizard_without_a_reason(self):
        opportunity = self.make_opportunity()
        form = self.wizard(opportunity)
        with self.assertRaisesRegex(AssertionError, "reason is a required field"):
            form.save()
        form.reason = " \n"
        wizard = form.save()
        with self.assertRaisesRegex(UserError, "Give a reason for returning it"):
            wizard.action_return()
        self.assert_moved(opportunity, self.stage_new)

    def test_wizard_says_at_once_what_cannot_return(self):
        lead = self.make_lead("Still a lead")
        with self.assertRaisesRegex(UserError, "“Still a lead” is a lead already"):
            self.wizard(lead)

    def test_wizard_on_the_opportunity_of_another(self):
        """Not even a client of one's own can put it there."""
        opportunity = self.make_opportunity(user=self.manager).with_user(self.rep)
        with self.assertRaises(AccessError):
            self.wizard(opportunity)
        with self.assertRaises(AccessError):
            self.env["crm.lead.return"].with_user(self.rep).create(
                {"lead_ids": [Command.set(opportunity.ids)], "reason": REASON}
            )

    def test_it_is_offered_where_leads_are_used(self):
        def offered():
            bindings = self.env["ir.actions.actions"].with_user(self.rep).get_bindings("crm.lead")
            return "Return to Lead" in {action["name"] for action in bindings["action"]}

        self.assertTrue(offered())
        self.stop_using_leads()
        self.assertFalse(offered())


@tagged("post_install", "-at_install")
class TestReturnToLeadRPC(HttpCase, LeadsInUseCommon, StageRuleAssertions):
    """What a client gets that returns an opportunity over the network."""

    def call(self, leads, **arguments):
        self.env.flush_all()
        response = self.url_open(
            "/web/dataset/call_kw",
            json={
                "params": {
                    "model": "crm.lead",
                    "method": "action_return_to_lead",
                    "args": [leads.ids],
                    "kwargs": arguments,
                }
            },
        )
        self.env.invalidate_all()
        return response.json()

    @mute_logger("odoo.http")
    def test_over_rpc(self):
        self.authenticate(self.rep.login, self.rep.login)
        opportunity = self.make_opportunity(stage=self.stage_qualified)
        for arguments in ({}, *({"reason": reason} for reason in BLANK_REASONS)):
            with self.subTest(arguments):
                error = self.call(opportunity, **arguments)["error"]
                self.assertEqual(error["data"]["name"], "odoo.exceptions.UserError")
        self.assert_moved(opportunity, self.stage_qualified)
        self.assertIs(self.call(opportunity, reason=REASON)["result"], True)
        self.assert_moved(opportunity, self.stage_new, type_="lead")
