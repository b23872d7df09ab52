from unittest.mock import patch

from lxml import etree

from odoo.exceptions import UserError
from odoo.fields import Command, Date
from odoo.tests import tagged

from ...tools.rulebook import GUIDE, OFF
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, CONVERT_UNMET, StageRuleCommon
from ..support.conversion_form import ConversionForm


@tagged("post_install", "-at_install")
class TestConversionWizard(StageRuleCommon, StageRuleAssertions):
    """Odoo's conversion wizard, which shows what the conversion asks for as the rep types."""

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
        form = ConversionForm(lead)
        self.assert_checklist(form, met=[], unmet=CONVERT_UNMET)
        form.fill_in(need_level="weak")
        self.assert_checklist(form, met=["need"], unmet=["budget", "timeframe"])
        form.fill_in(budget_status="none")
        self.assert_checklist(form, met=["need"], unmet=["budget", "timeframe"])
        form.fill_in(budget_status="confirmed")
        self.assert_checklist(form, met=["need"], unmet=["budget", "timeframe"])
        form.fill_in(budget_amount=5000)
        form.fill_in(purchase_date=Date.add(Date.today(), years=2))
        self.assert_checklist(form, met=["need", "budget"], unmet=["timeframe"])
        self.assertTrue(form.is_held_back)
        form.fill_in(purchase_date=Date.add(Date.today(), months=2))
        self.assert_checklist(form, met=CONVERT_UNMET, unmet=[])
        self.assertFalse(form.is_held_back)
        form.fill_in(need_level=False)
        self.assertTrue(form.is_held_back)
        self.assertFalse(lead.need_level or lead.budget_status or lead.purchase_date)

    def test_only_what_is_required_is_asked_for(self):
        """In the order of the checklist, with its hint and its fields."""
        form = ConversionForm(self.make_lead())
        lines = form.qualification_checklist["lines"]
        self.assertEqual(
            [line["id"] for line in lines], [self.criterion(name).id for name in CONVERT_UNMET]
        )
        for line in lines:
            self.assertEqual(line["tier"], "required")
            self.assertTrue(line["guidance"])
            self.assertEqual(line["unmet_as"], "missing")
        self.assertEqual(lines[0]["fields"], ["need_level"])

    def test_it_says_what_can_be_done(self):
        lead = self.make_lead()
        form = ConversionForm(lead)
        told = form.qualification_checklist
        self.assertEqual(told["description"], "“Some lead” cannot become an opportunity yet.")
        form.fill_in(**self.answers(CONVERT_ANSWERS))
        told = form.qualification_checklist
        self.assertEqual(told["description"], "“Some lead” can become an opportunity now.")
        self.team.stage_rule_policy = GUIDE
        told = ConversionForm(lead).qualification_checklist
        self.assertEqual(
            told["description"],
            "“Some lead” can become an opportunity, although this is not met.",
        )

    def test_it_is_judged_as_what_it_becomes(self):
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
        for domain, is_met in (
            ("[('type', '=', 'opportunity')]", True),
            ("[('type', '=', 'lead')]", False),
        ):
            with self.subTest(domain):
                criterion.domain = domain
                form = ConversionForm(lead)
                lines = {line["id"]: line for line in form.qualification_checklist["lines"]}
                self.assertEqual(lines[criterion.id]["is_met"], is_met)
                self.assertEqual(form.is_held_back, not is_met)
        self.assertEqual(lead.type, "lead")

    def test_what_follows_from_where_it_is_follows_the_verdict(self):
        """What is worked out of a draft for the checklist is worked out anew once it has moved."""
        names = self.env["crm.lead"]._get_following_names()
        self.assertTrue({"is_qualified", "next_stage_id"} <= set(names))
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        with lead._as_drafts([{}]) as draft:
            self.assertFalse(draft.next_stage_id)
        vals = {"type": "opportunity"}
        with lead._as_drafts([vals]) as draft:
            draft._fields["next_stage_id"]._update_cache(draft, False)
            draft._judge_read_drafts(lead._get_states(), [vals])
            self.assertTrue(draft.next_stage_id)

    def test_what_is_worked_out_leaves_what_was_filled_in(self):
        """What will happen is worked out on a draft of the lead, which its form edits."""
        lead = self.make_lead(partner_name="Acme Labs")
        spec = {
            **dict.fromkeys(["action", "outcome", "qualification_checklist", "is_held_back"], {}),
            "filled_lead_ids": {
                "fields": {
                    "need_level": {},
                    "stakeholder_ids": {"fields": {"contact_name": {}}},
                    "tag_ids": {"fields": {"display_name": {}}},
                }
            },
        }
        wizard_model = self.env["crm.lead2opportunity.partner"].with_user(self.rep)
        wizard_model = wizard_model.with_context(active_id=lead.id, active_ids=lead.ids)
        opened = wizard_model.onchange({}, [], spec)["value"]
        [[_link, id_, read]] = opened["filled_lead_ids"]
        self.assertEqual((id_, read["need_level"]), (lead.id, False))
        filled = {
            "need_level": "weak",
            "stakeholder_ids": [Command.create({"contact_name": "Ada"})],
        }
        values = {
            "lead_id": lead.id,
            "name": "convert",
            "action": "create",
            "filled_lead_ids": [Command.link(lead.id), Command.update(lead.id, filled)],
        }
        changed = wizard_model.onchange(values, ["filled_lead_ids"], spec)["value"]
        self.assertEqual(changed["qualification_checklist"]["met"], 1)
        values.update(action="exist", filled_lead_ids=values["filled_lead_ids"][1:])
        changed = wizard_model.onchange(values, ["action"], spec)["value"]
        self.assertNotIn("filled_lead_ids", changed)
        values.update(changed, override_reason="They sign on paper", user_id=self.manager.id)
        changed = wizard_model.onchange(values, ["override_reason", "user_id"], spec)["value"]
        self.assertIn("no customer yet", changed["outcome"])
        self.assertIn(self.manager.name, changed["outcome"])
        self.assertNotIn("filled_lead_ids", changed)
        # nor is anything of it found anew by whoever makes a draft next
        self.env.invalidate_all()
        self.assertFalse(lead.need_level or lead.stakeholder_ids)

    def test_what_it_opens_with_is_worked_out_once(self):
        """What it asks for and what it does, on one draft of the lead, with one customer."""
        lead = self.make_lead(partner_name="Acme Labs", **self.answers(CONVERT_ANSWERS))
        made = {"_foresee_customer": 0, "_as_drafts": 0}

        def counting(name):
            method = getattr(type(lead), name)

            def count(*args, **kwargs):
                made[name] += 1
                return method(*args, **kwargs)

            return patch.object(type(lead), name, count)

        with counting("_foresee_customer"), counting("_as_drafts"):
            form = ConversionForm(lead)
        self.assertTrue(form.qualification_checklist and form.outcome)
        self.assertEqual(made, {"_foresee_customer": 1, "_as_drafts": 1})

    def get_names_of_form(self):
        wizard_model = self.env["crm.lead2opportunity.partner"].with_user(self.rep)
        arch = etree.fromstring(wizard_model.get_view(view_type="form")["arch"])
        return {
            node.get("name") for node in arch.xpath("//field[@name='filled_lead_ids']/form/field")
        }

    def test_it_reads_what_somebody_is_asked_for(self):
        """Of no framework that nobody follows: to read more costs."""
        framework = self.env["crm.qualification.framework"].create({"name": "Of others"})
        criterion = self.env["crm.qualification.criterion"].create(
            {"name": "Asked", "framework_id": framework.id, "check_by": "answer"}
        )
        self.env["crm.stage.rule"].create(
            {"framework_id": framework.id, "criterion_id": criterion.id}
        )
        answers = {"qualification_questions", "qualification_answer_ids"}
        self.assertIn("need_level", self.get_names_of_form())
        self.assertTrue(answers.isdisjoint(self.get_names_of_form()))
        self.make_team("Others", GUIDE, framework_id=framework.id)
        self.assertLessEqual(answers, self.get_names_of_form())

    def test_any_field_that_a_criterion_names(self):
        """Of whatever type, and saved with the wizard, converted or not."""
        tag = self.env["crm.tag"].create({"name": "Big"})
        for name, domain in (
            ("Tagged", [("tag_ids", "in", tag.ids)]),
            ("Has a Champion", [("stakeholder_ids.relationship", "=", "champion")]),
            ("Referred", [("referred", "!=", False)]),
        ):
            criterion = self.env["crm.qualification.criterion"].create(
                {"name": name, "framework_id": self.framework.id, "domain": str(domain)}
            )
            self.env["crm.stage.rule"].create(
                {"framework_id": self.framework.id, "criterion_id": criterion.id}
            )
        lead = self.make_lead()
        form = ConversionForm(lead)
        names = {name for line in form.qualification_checklist["lines"] for name in line["fields"]}
        self.assertTrue({"tag_ids", "stakeholder_ids", "referred"} <= names)
        in_form = self.get_names_of_form()
        self.assertLessEqual(names, in_form)
        self.assertNotIn("stage_move_checklist", in_form)
        form.fill_in(
            tag_ids=[Command.link(tag.id)],
            stakeholder_ids=[Command.create({"contact_name": "Ada", "relationship": "champion"})],
            referred="By Bob",
        )
        self.assertEqual(form.qualification_checklist["met"], 3)
        form.save()
        self.assert_moved(lead, type_="lead")
        self.assertEqual(lead.tag_ids, tag)
        self.assertEqual(lead.stakeholder_ids.contact_name, "Ada")
        self.assertEqual(lead.referred, "By Bob")
        form = ConversionForm(lead)
        form.fill_in(**self.answers(CONVERT_ANSWERS))
        form.save().action_apply()
        self.assert_moved(lead, self.stage_new)

    def test_a_new_rule_is_asked_for_at_once(self):
        """What the form follows, follows the rules."""
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        self.assertFalse(ConversionForm(lead).is_held_back)
        criterion = self.env["crm.qualification.criterion"].create(
            {
                "name": "Function known",
                "framework_id": self.framework.id,
                "domain": "[('function', '!=', False)]",
            }
        )
        self.env["crm.stage.rule"].create(
            {"framework_id": self.framework.id, "criterion_id": criterion.id}
        )
        form = ConversionForm(lead)
        self.assertTrue(form.is_held_back)
        form.fill_in(function="Buyer")
        self.assertFalse(form.is_held_back)

    def test_nobody_is_held_back_where_nothing_is_enforced(self):
        for policy in (GUIDE, OFF):
            with self.subTest(policy=policy):
                self.team.stage_rule_policy = policy
                form = ConversionForm(self.make_lead())
                self.assertFalse(form.is_held_back)
                self.assert_checklist(form, met=[], unmet=CONVERT_UNMET)

    # ------------------------------------------------------------------
    # Converting
    # ------------------------------------------------------------------

    def test_answers_are_kept_and_the_lead_converted(self):
        lead = self.make_lead(contact_name="Ada")
        form = ConversionForm(lead)
        form.fill_in(need_level="strong")
        form.fill_in(need_summary="Their tool is switched off in May")
        form.fill_in(requirement_summary="Forty seats")
        form.fill_in(budget_status="confirmed")
        form.fill_in(budget_amount=5000)
        form.fill_in(purchase_date=Date.today())
        form.fill_in(contact_role="adviser")
        form.fill_in(first_contact_date=Date.today())
        form.fill_in(supplier_status="dismissed")
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
        form = ConversionForm(lead)
        form.fill_in(need_level="weak")
        wizard = form.save()
        with self.assert_refused(lead, unmet=["budget", "timeframe"]):
            wizard.action_apply()
        self.assertEqual(lead.need_level, "weak")
        self.assertFalse(lead.partner_id, "a refused conversion leaves no customer")

    def test_refused_with_all_that_is_missing(self):
        lead = self.make_lead()
        with self.assert_refused(lead, unmet=CONVERT_UNMET):
            ConversionForm(lead).save().action_apply()

    def test_guided_leads_are_converted(self):
        for policy in (GUIDE, OFF):
            with self.subTest(policy=policy):
                self.team.stage_rule_policy = policy
                lead = self.make_lead()
                ConversionForm(lead).save().action_apply()
                self.assert_moved(lead, self.stage_new)

    def test_the_customer_that_is_about_to_be_created_counts(self):
        self.require("customer")
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS), partner_name="Acme Labs")
        form = ConversionForm(lead)
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
        form = ConversionForm(lead)
        form.action = "exist"
        form.partner_id = self.customer
        form.save().action_apply()
        self.assert_moved(lead, self.stage_new)
        self.assertEqual(lead.partner_id, self.customer)

    def test_a_lead_in_a_late_stage(self):
        """It is asked for what that stage asks for too, and told so beforehand."""
        lead = self.make_lead(stage_id=self.stage_qualified.id, **self.answers(CONVERT_ANSWERS))
        form = ConversionForm(lead)
        missing = ["relationship", "requirements", "engagement"]
        self.assert_checklist(form, met=CONVERT_UNMET, unmet=missing)
        self.assertTrue(form.is_held_back)
        form.fill_in(contact_role="decision_maker")
        form.fill_in(first_contact_date=Date.today())
        form.fill_in(requirement_summary="Forty seats")
        with self.assert_refused(lead, unmet=["engagement"]):
            form.save().action_apply()
        form = ConversionForm(lead)
        form.fill_in(engagement_date=Date.today())
        form.save().action_apply()
        self.assert_moved(lead, self.stage_qualified)

    def test_another_salesperson_and_team(self):
        """The lead passes under the rules of its own team, then it is handed over."""
        lax = self.make_team("Lax", OFF)
        lead = self.make_lead(user=self.all_rep)
        form = ConversionForm(lead)
        form.user_id = self.manager
        form.team_id = lax
        with self.assert_refused(lead, unmet=CONVERT_UNMET):
            form.save().action_apply()
        lead.write(self.answers(CONVERT_ANSWERS))
        form = ConversionForm(lead)
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
        self.assertFalse(ConversionForm(lead).is_held_back)
        ConversionForm(lead).save().action_apply()
        self.assertEqual(lead.team_id, strict)
        self.assertTrue(lead.has_arrival_debt)
        lead.write(self.answers(CONVERT_ANSWERS))
        self.assertFalse(lead.has_arrival_debt)

    def test_a_won_lead_is_refused_as_ever(self):
        lead = self.make_lead(stage_id=self.stage_won.id)
        with self.assertRaisesRegex(Exception, "Closed/Dead leads"):
            ConversionForm(lead)

    # ------------------------------------------------------------------
    # Not converting
    # ------------------------------------------------------------------

    def test_asking_for_approval(self):
        """What was filled in is kept, and whoever decides reads why."""
        lead = self.make_lead()
        form = ConversionForm(lead)
        form.fill_in(need_level="weak")
        form.override_reason = "They sign on paper"
        action = form.save().action_ask_for_approval()
        self.assertEqual(action["params"]["next"]["type"], "ir.actions.act_window_close")
        self.assertEqual(lead.need_level, "weak")
        self.assert_moved(lead, type_="lead")
        request = lead.stage_request_ids
        self.assertTrue(request.is_conversion)
        self.assertEqual(request.reason, "They sign on paper")
        self.assertEqual(
            request.unmet_criterion_ids, self.criterion("budget") + self.criterion("timeframe")
        )

    def test_asking_without_a_reason(self):
        wizard = ConversionForm(self.make_lead()).save()
        with self.assertRaisesRegex(UserError, "Give a reason for your request"):
            wizard.action_ask_for_approval()

    def test_overriding(self):
        lead = self.make_lead(user=self.manager)
        form = ConversionForm(lead)
        self.assertTrue(form.can_override)
        with self.assertRaisesRegex(UserError, "reason"):
            form.save().action_override()
        form = ConversionForm(lead)
        form.override_reason = "They sign on paper"
        form.save().action_override()
        self.assert_moved(lead, self.stage_new)
        self.assert_step(lead, verdict="overridden")

    def test_a_reason_that_is_not_needed_any_more(self):
        """Whoever was about to ask, and then found out, converts as anybody."""
        lead = self.make_lead()
        form = ConversionForm(lead)
        form.override_reason = "They sign on paper"
        form.fill_in(**self.answers(CONVERT_ANSWERS))
        form.save().action_apply()
        self.assert_moved(lead, self.stage_new)
        self.assert_step(lead, verdict="passed")

    # ------------------------------------------------------------------
    # Duplicates
    # ------------------------------------------------------------------

    def test_merge_of_leads_that_qualify_together(self):
        """What they know together counts."""
        first = self.make_lead("First", need_level="weak", email_from="ada@acme.example.com")
        second = self.make_lead(
            "Second",
            budget_status="confirmed",
            budget_amount=5000,
            purchase_date=Date.today(),
            email_from="ada@acme.example.com",
        )
        form = ConversionForm(first)
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
        wizard = ConversionForm(first).save()
        with self._swallowed_refusal() as caught:
            wizard.action_apply()
        self._assert_named(caught.exception, ["budget", "timeframe"])
        self.assertEqual((first + second).exists(), first + second)
        self.assert_moved(first + second, type_="lead")

    def test_merge_into_an_opportunity(self):
        """There is an opportunity already: no lead becomes one."""
        opportunity = self.make_opportunity("Known", email_from="ada@acme.example.com")
        lead = self.make_lead("Again", email_from="ada@acme.example.com", need_level="strong")
        form = ConversionForm(lead)
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
        form = ConversionForm(first)
        form.name = "convert"
        form.save().action_apply()
        self.assert_moved(first, self.stage_new)
        self.assert_moved(second, type_="lead")

    # ------------------------------------------------------------------
    # Others who are faster
    # ------------------------------------------------------------------

    def test_converted_while_the_wizard_is_open(self):
        lead = self.make_lead(contact_name="Ada", **self.answers(CONVERT_ANSWERS))
        wizard = ConversionForm(lead).save()
        faster = ConversionForm(lead.with_user(self.all_rep)).save()
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
            ConversionForm(opportunity).save().action_apply()
