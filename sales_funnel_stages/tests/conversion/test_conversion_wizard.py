from odoo.exceptions import UserError
from odoo.fields import Command, Date
from odoo.tests import Form, tagged

from ...tools.rulebook import GUIDE, OFF
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, CONVERT_UNMET, QUALIFIED_ANSWERS, StageRuleCommon


@tagged("post_install", "-at_install")
class TestConversionWizard(StageRuleCommon, StageRuleAssertions):
    """Odoo's conversion wizard, which shows what the conversion asks for as the rep types."""

    def wizard(self, lead, **context):
        return Form(
            self.env["crm.lead2opportunity.partner"]
            .with_user(lead.env.user)
            .with_context(
                active_model="crm.lead", active_id=lead.id, active_ids=lead.ids, **context
            )
        )

    def require(self, criterion, stage=None):
        """Let the default framework ask for one more criterion."""
        self.env["crm.stage.rule"].create(
            {
                "framework_id": self.framework.id,
                "criterion_id": self.criterion(criterion).id,
                "stage_id": stage and stage.id,
            }
        )

    def assert_checklist(self, form, met, unmet):
        """Assert which required criteria the wizard shows as met, and which as unmet."""
        lines = form.qualification_checklist["lines"]
        shown = {line["id"]: line["is_met"] for line in lines if line["tier"] == "required"}
        expected = {self.criterion(name).id: True for name in met}
        expected |= {self.criterion(name).id: False for name in unmet}
        self.assertEqual(shown, expected)

    # ------------------------------------------------------------------
    # Showing
    # ------------------------------------------------------------------

    def test_the_checklist_follows_the_answers(self):
        """Before anything is saved; and nothing is, where the rep gives up."""
        lead = self.make_lead()
        form = self.wizard(lead)
        self.assert_checklist(form, met=[], unmet=CONVERT_UNMET)
        form.need_level = "weak"
        self.assert_checklist(form, met=["need"], unmet=["budget", "timeframe"])
        form.budget_status = "none"
        self.assert_checklist(form, met=["need"], unmet=["budget", "timeframe"])
        form.budget_status = "confirmed"
        form.purchase_date = Date.add(Date.today(), years=2)
        self.assert_checklist(form, met=["need", "budget"], unmet=["timeframe"])
        self.assertTrue(form.is_held_back)
        form.purchase_date = Date.add(Date.today(), months=2)
        self.assert_checklist(form, met=CONVERT_UNMET, unmet=[])
        self.assertFalse(form.is_held_back)
        form.need_level = False
        self.assertTrue(form.is_held_back)
        self.assertFalse(lead.need_level or lead.budget_status or lead.purchase_date)

    def test_recommended_signs_and_guidance_are_shown(self):
        form = self.wizard(self.make_lead())
        lines = {line["id"]: line for line in form.qualification_checklist["lines"]}
        for name in ("authority", "contact", "requirements"):
            with self.subTest(name):
                line = lines[self.criterion(name).id]
                self.assertEqual(line["tier"], "recommended")
                self.assertEqual(line["guidance"], self.criterion(name).guidance)
        form.contact_role = "buyer"
        lines = {line["id"]: line for line in form.qualification_checklist["lines"]}
        self.assertTrue(lines[self.criterion("authority").id]["is_met"])

    def test_it_shows_what_the_lead_knows(self):
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS))
        form = self.wizard(lead)
        for name, value in self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS).items():
            with self.subTest(name):
                self.assertEqual(form[name], value)
        self.assertFalse(form.is_held_back)

    def test_it_is_judged_as_what_it_becomes(self):
        """The checklist tells of the lead as it is, the verdict of the opportunity."""
        criterion = self.env["crm.qualification.criterion"].create(
            {
                "name": "Is an Opportunity",
                "framework_id": self.framework.id,
                "domain": "[('type', '=', 'opportunity')]",
            }
        )
        self.env["crm.stage.rule"].create(
            {"framework_id": self.framework.id, "criterion_id": criterion.id}
        )
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        form = self.wizard(lead)
        lines = {line["id"]: line for line in form.qualification_checklist["lines"]}
        self.assertFalse(lines[criterion.id]["is_met"])
        self.assertFalse(form.is_held_back)
        self.assertEqual(lead.type, "lead")
        criterion.domain = "[('type', '=', 'lead')]"
        form = self.wizard(lead)
        lines = {line["id"]: line for line in form.qualification_checklist["lines"]}
        self.assertTrue(lines[criterion.id]["is_met"])
        self.assertTrue(form.is_held_back)

    def test_what_follows_from_where_it_is_follows_the_verdict(self):
        """What is worked out of a draft for the checklist is worked out anew once it has moved."""
        names = self.env["crm.lead"]._get_following_names()
        self.assertTrue({"is_qualified", "next_stage_id"} <= set(names))
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        with lead._as_drafts([{}]) as draft:
            self.assertFalse(draft.next_stage_id)
            draft._judge_conversion_of_drafts(lead._get_states(), [{}])
            self.assertTrue(draft.next_stage_id)

    def test_nobody_is_held_back_where_nothing_is_enforced(self):
        for policy in (GUIDE, OFF):
            with self.subTest(policy=policy):
                self.team.stage_rule_policy = policy
                form = self.wizard(self.make_lead())
                self.assertFalse(form.is_held_back)
                self.assert_checklist(form, met=[], unmet=CONVERT_UNMET)

    # ------------------------------------------------------------------
    # Converting
    # ------------------------------------------------------------------

    def test_answers_are_kept_and_the_lead_converted(self):
        lead = self.make_lead(contact_name="Ada")
        form = self.wizard(lead)
        form.need_level = "strong"
        form.need_summary = "Their tool is switched off in May"
        form.requirement_summary = "Forty seats"
        form.budget_status = "confirmed"
        form.budget_amount = 5000
        form.purchase_date = Date.today()
        form.contact_role = "adviser"
        form.first_contact_date = Date.today()
        form.supplier_status = "dismissed"
        action = form.save().action_apply()
        self.assertEqual(action["res_id"], lead.id)
        self.assert_moved(lead, self.stage_new)
        self.assertRecordValues(
            lead,
            [
                {
                    "need_level": "strong",
                    "need_summary": "Their tool is switched off in May",
                    "requirement_summary": "Forty seats",
                    "budget_status": "confirmed",
                    "budget_amount": 5000,
                    "purchase_date": Date.today(),
                    "contact_role": "adviser",
                    "first_contact_date": Date.today(),
                    "supplier_status": "dismissed",
                }
            ],
        )
        self.assertEqual(lead.partner_id.name, "Ada")

    def test_what_was_typed_before_a_refusal_is_kept(self):
        """Saving the wizard and converting are two calls, as in the web client."""
        lead = self.make_lead()
        form = self.wizard(lead)
        form.need_level = "weak"
        wizard = form.save()
        with self.assert_refused(lead, unmet=["budget", "timeframe"]):
            wizard.action_apply()
        self.assertEqual(lead.need_level, "weak")
        self.assertFalse(lead.partner_id, "a refused conversion leaves no customer")

    def test_refused_with_all_that_is_missing(self):
        lead = self.make_lead()
        with self.assert_refused(lead, unmet=CONVERT_UNMET):
            self.wizard(lead).save().action_apply()

    def test_guided_leads_are_converted(self):
        for policy in (GUIDE, OFF):
            with self.subTest(policy=policy):
                self.team.stage_rule_policy = policy
                lead = self.make_lead()
                self.wizard(lead).save().action_apply()
                self.assert_moved(lead, self.stage_new)

    def test_the_customer_that_is_about_to_be_created_counts(self):
        self.require("customer")
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS), partner_name="Acme Labs")
        form = self.wizard(lead)
        self.assertEqual(form.action, "create")
        self.assert_checklist(form, met=[*CONVERT_UNMET, "customer"], unmet=[])
        form.action = "exist"
        self.assert_checklist(form, met=CONVERT_UNMET, unmet=["customer"])
        self.assertTrue(form.is_held_back)
        form.partner_id = self.customer
        self.assert_checklist(form, met=[*CONVERT_UNMET, "customer"], unmet=[])
        form.action = "create"
        form.save().action_apply()
        self.assert_moved(lead, self.stage_new)
        self.assertEqual(lead.partner_id.name, "Acme Labs")

    def test_the_customer_that_is_chosen_counts(self):
        self.require("customer")
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        form = self.wizard(lead)
        form.action = "exist"
        form.partner_id = self.customer
        form.save().action_apply()
        self.assert_moved(lead, self.stage_new)
        self.assertEqual(lead.partner_id, self.customer)

    def test_a_lead_in_a_late_stage(self):
        """It is asked for what that stage asks for too, and told so beforehand."""
        lead = self.make_lead(stage_id=self.stage_qualified.id, **self.answers(CONVERT_ANSWERS))
        form = self.wizard(lead)
        missing = ["relationship", "requirements", "engagement"]
        self.assert_checklist(form, met=CONVERT_UNMET, unmet=missing)
        self.assertTrue(form.is_held_back)
        form.contact_role = "decision_maker"
        form.first_contact_date = Date.today()
        form.requirement_summary = "Forty seats"
        with self.assert_refused(lead, unmet=["engagement"]):
            form.save().action_apply()
        form = self.wizard(lead)
        form.engagement_date = Date.today()
        form.save().action_apply()
        self.assert_moved(lead, self.stage_qualified)

    def test_another_salesperson_and_team(self):
        """The lead passes under the rules of its own team, then it is handed over."""
        lax = self.make_team("Lax", OFF)
        lead = self.make_lead(user=self.all_rep)
        form = self.wizard(lead)
        form.user_id = self.manager
        form.team_id = lax
        with self.assert_refused(lead, unmet=CONVERT_UNMET):
            form.save().action_apply()
        lead.write(self.answers(CONVERT_ANSWERS))
        form = self.wizard(lead)
        form.user_id = self.manager
        form.team_id = lax
        form.save().action_apply()
        self.assert_moved(lead, self.stage_new)
        self.assertEqual(lead.user_id, self.manager)
        self.assertEqual(lead.team_id, lax)

    def test_a_conversion_that_changes_the_team(self):
        """Nobody has asked for the stricter team, to which Odoo moves it: it owes what it lacks."""
        stranger = self.rep.copy({"login": "funnel_stranger"})
        strict = self.make_team(
            "Of the stranger", "enforce", member_ids=[Command.set(stranger.ids)], sequence=-1
        )
        self.team.stage_rule_policy = OFF
        lead = self.make_lead(user=stranger)
        self.assertEqual(lead.team_id, self.team)
        self.assertFalse(self.wizard(lead).is_held_back)
        self.wizard(lead).save().action_apply()
        self.assertEqual(lead.team_id, strict)
        self.assertTrue(lead.has_arrival_debt)
        lead.write(self.answers(CONVERT_ANSWERS))
        self.assertFalse(lead.has_arrival_debt)

    def test_a_won_lead_is_refused_as_ever(self):
        lead = self.make_lead(stage_id=self.stage_won.id)
        with self.assertRaisesRegex(Exception, "Closed/Dead leads"):
            self.wizard(lead)

    # ------------------------------------------------------------------
    # Duplicates
    # ------------------------------------------------------------------

    def test_merge_of_leads_that_qualify_together(self):
        """What they know together counts."""
        first = self.make_lead("First", need_level="weak", email_from="ada@acme.example.com")
        second = self.make_lead(
            "Second",
            budget_status="confirmed",
            purchase_date=Date.today(),
            email_from="ada@acme.example.com",
        )
        form = self.wizard(first)
        self.assertEqual(form.name, "merge")
        self.assertEqual(set(form.duplicated_lead_ids.ids), set((first + second).ids))
        form.save().action_apply()
        merged = (first + second).exists()
        self.assertEqual(len(merged), 1)
        self.assert_moved(merged, self.stage_new)
        self.assertEqual(merged.need_level, "weak")
        self.assertEqual(merged.budget_status, "confirmed")

    def test_merge_of_leads_that_do_not_qualify(self):
        first = self.make_lead("First", need_level="weak", email_from="ada@acme.example.com")
        second = self.make_lead("Second", email_from="ada@acme.example.com")
        wizard = self.wizard(first).save()
        with self._swallowed_refusal() as caught:
            wizard.action_apply()
        self._assert_named(caught.exception, ["budget", "timeframe"])
        self.assertEqual((first + second).exists(), first + second)
        self.assert_moved(first + second, type_="lead")

    def test_merge_into_an_opportunity(self):
        """There is an opportunity already: no lead becomes one."""
        opportunity = self.make_opportunity("Known", email_from="ada@acme.example.com")
        lead = self.make_lead("Again", email_from="ada@acme.example.com", need_level="strong")
        form = self.wizard(lead)
        self.assertEqual(form.name, "merge")
        form.save().action_apply()
        self.assertFalse(lead.exists())
        self.assert_moved(opportunity, self.stage_new)
        self.assertEqual(opportunity.need_level, "strong")

    def test_a_duplicate_that_is_converted_alone(self):
        first = self.make_lead(
            "First", email_from="ada@acme.example.com", **self.answers(CONVERT_ANSWERS)
        )
        second = self.make_lead("Second", email_from="ada@acme.example.com")
        form = self.wizard(first)
        form.name = "convert"
        form.save().action_apply()
        self.assert_moved(first, self.stage_new)
        self.assert_moved(second, type_="lead")

    # ------------------------------------------------------------------
    # Others who are faster
    # ------------------------------------------------------------------

    def test_converted_while_the_wizard_is_open(self):
        lead = self.make_lead(contact_name="Ada", **self.answers(CONVERT_ANSWERS))
        wizard = self.wizard(lead).save()
        faster = self.wizard(lead.with_user(self.all_rep)).save()
        faster.action_apply()
        with self.assertRaises(UserError) as caught:
            wizard.action_apply()
        self.assertEqual(
            str(caught.exception),
            f"“Some lead” has just been converted by {self.all_rep.name}.",
        )
        self.assertEqual(self.env["res.partner"].search_count([("name", "=", "Ada")]), 1)
        self.assertEqual(len(self.rows(lead)), 2)

    def test_an_opportunity_from_the_start(self):
        opportunity = self.make_opportunity("Known")
        with self.assertRaisesRegex(UserError, "“Known” is an opportunity already."):
            self.wizard(opportunity).save().action_apply()
