from itertools import product

from odoo.fields import Command, Date
from odoo.tests import Form, tagged
from odoo.tools import format_date, html2plaintext, mute_logger

from ...tools.rulebook import GUIDE
from ..support.case import StageRuleAssertions
from .test_conversion_plan import ConversionPlanCommon


@tagged("post_install", "-at_install")
class TestConversionOutcome(ConversionPlanCommon, StageRuleAssertions):
    """The conversion wizard says what it is going to do, and does what it said."""

    def form(self, leads, model="crm.lead2opportunity.partner"):
        return Form(
            self.env[model]
            .with_user(leads.env.user)
            .with_context(active_model="crm.lead", active_id=leads[:1].id, active_ids=leads.ids)
        )

    def mass_form(self, leads):
        return self.form(leads, "crm.lead2opportunity.partner.mass")

    def assert_says(self, form, *sentences):
        text = html2plaintext(form.outcome or "")
        for sentence in sentences:
            self.assertIn(sentence, text)

    def assert_says_not(self, form, *sentences):
        text = html2plaintext(form.outcome or "")
        for sentence in sentences:
            self.assertNotIn(sentence, text)

    # ------------------------------------------------------------------
    # What is said
    # ------------------------------------------------------------------

    def test_what_it_does(self):
        lead = self.make_ready(contact_name="Ann", partner_name="Chairs Ltd")
        form = self.form(lead)
        today = Date.context_today(self.rep.with_user(self.rep))
        self.assert_says(
            form,
            "The customer is created: Ann, at the new company Chairs Ltd.",
            "It becomes an opportunity, in the stage New.",
            f"It is assigned to {self.rep.name}, in the team Enforcers.",
            "The plan “First contact” starts:",
            f"Call them: {self.rep.name}, by {format_date(self.env, today)}",
            f"Visit them: {self.rep.name}, by {format_date(self.env, Date.add(today, days=7))}",
        )
        form.save().action_apply()
        self.assertEqual(lead.partner_id.name, "Ann")
        self.assertEqual(lead.partner_id.parent_id.name, "Chairs Ltd")
        self.assert_moved(lead, self.stage_new)
        self.assert_planned(lead, ("Call them", self.rep, 0), ("Visit them", self.rep, 7))

    def test_it_follows_the_choices(self):
        lead = self.make_ready(contact_name="Ann")
        form = self.form(lead)
        self.assert_says(form, "The customer is created: Ann.")
        form.commercial_partner_id = self.customer
        self.assert_says(form, "The customer is created: Ann, at Acme.")
        form = self.form(lead)
        form.action = "exist"
        self.assert_says(form, "It has no customer yet.")
        form.partner_id = self.customer
        self.assert_says(form, "It is linked to the customer Acme.")
        form.team_id = other = self.make_team("Others", GUIDE)
        form.user_id = self.all_rep
        form.team_id = other
        self.assert_says(form, f"It is assigned to {self.all_rep.name}, in the team Others.")
        self.assert_says_not(form, "First contact")
        form.user_id = self.env["res.users"]
        self.assert_says(form, "It goes to the team Others, with no salesperson yet.")
        self.assertFalse(lead.partner_id)
        self.assertEqual(lead.user_id, self.rep)

    def test_a_stage_of_the_team(self):
        """It enters the stage in which the team that it is given to starts."""
        other = self.make_team("Others", GUIDE)
        self.stage_new.team_ids = self.team
        lead = self.make_ready()
        form = self.form(lead)
        self.assert_says(form, "in the stage New.")
        form.team_id = other
        self.assert_says(form, "in the stage Qualified.")
        form.save().action_apply()
        self.assert_moved(lead, self.stage_qualified)

    def test_markup_of_others(self):
        lead = self.make_ready(contact_name="<b>Ann</b>", partner_name="A & B")
        outcome = self.form(lead).outcome
        self.assertIn("&lt;b&gt;Ann&lt;/b&gt;", outcome)
        self.assertIn("A &amp; B", outcome)

    def test_a_lost_lead(self):
        lead = self.make_ready("Gone")
        lead.action_set_lost()
        form = self.form(lead)
        self.assert_says(form, "“Gone” is lost, and stays a lead.")
        form.save().action_apply()
        self.assert_moved(lead, type_="lead")

    def test_what_is_held_back(self):
        """It does nothing yet, and nothing is said of what it does before there is a reason."""
        form = self.form(self.make_lead(user=self.manager))
        self.assertFalse(form.outcome)
        form.override_reason = "They sign on paper"
        self.assert_says(form, "It becomes an opportunity, in the stage New.")
        form.override_reason = False
        self.assertFalse(form.outcome)

    def test_an_opportunity_already(self):
        self.assertFalse(self.form(self.make_opportunity()).outcome)

    # ------------------------------------------------------------------
    # It does what it said
    # ------------------------------------------------------------------

    @mute_logger("odoo.domains")  # of crm's, where a company was chosen before
    def test_whoever_becomes_the_customer(self):
        """Whatever is known of a lead, the customer is the one that was named."""
        contact = self.env["res.partner"].create({"name": "Bob", "parent_id": self.customer.id})
        names = product(
            (False, "Ann"),
            (False, "Chairs Ltd"),
            (False, "eve@example.com", "Eve <eve@example.com>"),
            (self.env["res.partner"], self.customer, contact),
            ("create", "exist"),
            (self.env["res.partner"], self.customer),
        )
        for number, (contact_name, company_name, email, partner, action, company) in enumerate(
            names
        ):
            values = {
                "contact_name": contact_name,
                "partner_name": company_name,
                "email_from": email,
                "partner_id": partner.id,
            }
            with self.subTest(action=action, company=company.name, **values):
                self.assert_customer_is_named(
                    self.make_ready(f"Lead {number}", **values), action, company
                )

    def assert_customer_is_named(self, lead, action, company):
        partner = lead.partner_id
        form = self.form(lead)
        form.name = "convert"
        form.action = action
        # as the form does, which asks for a company where none is known
        if company and not lead.partner_name and action == "create":
            form.commercial_partner_id = company
        if action == "exist" and not form.partner_id:
            return  # the form asks for one
        before = self.env["res.partner"].search([])
        said = html2plaintext(form.outcome)
        wizard = form.save()
        is_chosen = wizard.partner_id
        wizard.action_apply()
        customer = lead.partner_id
        created = self.env["res.partner"].search([]) - before
        if customer in created:
            told = self.describe_created(customer, created, company)
            self.assertIn(f"The customer is created: {told}.", said)
        else:
            self.assertFalse(created)
            self.assertIn(f" {customer.display_name}.", said)
            self.assertTrue(partner or is_chosen or company)

    def describe_created(self, customer, created, company):
        if customer.parent_id in created:
            return f"{customer.name}, at the new company {customer.parent_id.name}"
        if customer.parent_id:
            return f"{customer.name}, at {company.name}"
        return f"the company {customer.name}" if customer.is_company else customer.name

    def test_merge_of_leads(self):
        first = self.make_ready("First", email_from="ada@acme.example.com", contact_name="Ada")
        second = self.make_ready("Second", email_from="ada@acme.example.com", priority="2")
        form = self.form(first)
        self.assertEqual(form.name, "merge")
        kept = (first + second)._sort_by_confidence_level(reverse=True)[0]
        other = first + second - kept
        self.assert_says(
            form,
            f"“{other.name}” is merged into “{kept.name}” and deleted.",
            "The customer is created: Ada.",
            "It becomes an opportunity, in the stage New.",
            f"It is assigned to {self.rep.name}, in the team Enforcers.",
            "The plan “First contact” starts:",
        )
        form.save().action_apply()
        self.assertEqual((first + second).exists(), kept)
        self.assertEqual(kept.partner_id.name, "Ada")
        self.assert_moved(kept, self.stage_new)
        self.assert_planned(kept, ("Call them", self.rep, 0), ("Visit them", self.rep, 7))

    def test_merge_into_an_opportunity(self):
        opportunity = self.make_opportunity(
            "Known", stage=self.stage_qualified, email_from="ada@acme.example.com"
        )
        lead = self.make_lead("Again", email_from="ada@acme.example.com")
        form = self.form(lead)
        self.assert_says(
            form,
            "“Again” is merged into “Known” and deleted.",
            "It stays an opportunity, in the stage Qualified.",
        )
        self.assert_says_not(form, "First contact", "customer")
        form.save().action_apply()
        self.assert_moved(opportunity, self.stage_qualified)
        self.assert_planned(opportunity)

    def test_merge_into_a_lost_opportunity(self):
        opportunity = self.make_opportunity("Known", email_from="ada@acme.example.com")
        opportunity.action_set_lost()
        lead = self.make_ready("Again", email_from="ada@acme.example.com")
        form = self.form(lead)
        form.name = "merge"
        kept = (opportunity + lead)._sort_by_confidence_level(reverse=True)[0]
        self.assert_says(form, f" is merged into “{kept.name}” and deleted.")
        if kept == opportunity:
            self.assert_says(form, "“Known” is restored.")
        form.save().action_apply()
        self.assertEqual((opportunity + lead).exists(), kept)
        self.assertTrue(kept.active)

    def test_merge_of_one(self):
        """Odoo refuses it, with words of its own."""
        form = self.form(self.make_ready())
        form.name = "merge"
        self.assertFalse(form.outcome)

    # ------------------------------------------------------------------
    # Many
    # ------------------------------------------------------------------

    def test_many(self):
        leads = self.make_ready("One") + self.make_ready("Two") + self.make_lead("Three")
        leads += self.make_opportunity("Four")
        form = self.mass_form(leads)
        self.assert_says(
            form,
            "Leads to convert: 2.",
            "Left as they are: 2. Not met: Need identified (1), ",
            "Three: Not met: Need identified, ",
            "Of which opportunities already: 1.",
            "Linked to customers that are created: 2.",
            "Their salespeople and teams stay as they are.",
            "Plans that start for them, by their team: First contact.",
        )
        self.assert_says_not(form, "duplicates")
        form.action = "exist"
        self.assert_says(form, "Without a customer: 2.")
        form.partner_id = self.customer
        self.assert_says(form, "Linked to customers that exist: 2.", "One: Acme")
        form.action = "create"
        form.user_ids = self.rep + self.all_rep
        self.assert_says(form, "Those without a salesperson are assigned, in turn, to:")
        form.force_assignment = True
        form.team_id = self.make_team("Others", GUIDE)
        self.assert_says(form, "All are assigned, in turn, to:")
        self.assert_says_not(form, "First contact")

    def test_many_with_duplicates(self):
        leads = self.make_ready("One", email_from="ada@acme.example.com") + self.make_ready(
            "Two", email_from="ada@acme.example.com"
        )
        form = self.mass_form(leads)
        self.assert_says(
            form,
            "Leads to convert: 1.",
            "Merged into one of their duplicates first: 1.",
            "Two: One",
        )
        form.deduplicate = False
        self.assert_says_not(form, "duplicates")

    def test_nothing_to_convert(self):
        self.assertFalse(self.mass_form(self.make_opportunity()).outcome)

    def test_where_nothing_is_enforced(self):
        self.team.stage_rule_policy = GUIDE
        form = self.mass_form(self.make_lead())
        self.assert_says_not(form, "Left as they are", "Not met")

    def test_leads_that_may_not_be_read(self):
        """Any lead can be put into an unsaved wizard: nothing is said of those of others."""
        lead = self.make_ready("Secret", user=self.all_rep)
        wizard = self.env["crm.lead2opportunity.partner"].with_user(self.rep)
        self.assertFalse(wizard.new({"lead_id": lead.id}).outcome)
        own = self.make_ready()
        merge = {
            "lead_id": own.id,
            "name": "merge",
            "duplicated_lead_ids": [Command.set((own + lead).ids)],
        }
        self.assertFalse(wizard.new(merge).outcome)
        self.assertIn("Secret", wizard.with_user(self.all_rep).new(merge).outcome)
