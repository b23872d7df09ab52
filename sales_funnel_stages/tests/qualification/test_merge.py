from odoo.fields import Command, Date
from odoo.tests import Form, tagged

from ...tools.answers import STRENGTH
from ...tools.rulebook import ENFORCE
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, CONVERT_UNMET, StageRuleCommon


@tagged("post_install", "-at_install")
class TestMerge(StageRuleCommon, StageRuleAssertions):
    """A merge keeps what is known best, and passes the gate as every move does."""

    def merge(self, *vals_list, **options):
        """Merge leads that know different things, as the rep.

        :return: the lead that is left; the first is the head, being an opportunity
        """
        leads = self.make_opportunity("Head", **vals_list[0])
        for number, values in enumerate(vals_list[1:], 1):
            leads += self.make_lead(f"Tail {number}", **values)
        merged = leads.merge_opportunity(**options)
        self.assertEqual(leads.exists(), merged)
        self.assertEqual(merged, leads[0])
        return merged

    # ------------------------------------------------------------------
    # What is kept
    # ------------------------------------------------------------------

    def test_the_strongest_answer_wins(self):
        for field, weaker, stronger in [
            ("contact_role", "adviser", "buyer"),
            ("contact_role", "user", "decision_maker"),
            ("contact_role", "influencer", "adviser"),
            ("need_level", "none", "weak"),
            ("need_level", "weak", "strong"),
            ("budget_status", "none", "estimated"),
            ("budget_status", "estimated", "confirmed"),
            ("supplier_status", "in_place", "under_review"),
            ("supplier_status", "in_place", "dismissed"),
            ("payment_terms_status", "in_discussion", "agreed"),
            ("contract_status", "drafting", "sent"),
            ("contract_status", "sent", "signed"),
        ]:
            with self.subTest(field=field, weaker=weaker, stronger=stronger):
                self.assertEqual(self.merge({field: weaker}, {field: stronger})[field], stronger)
                self.assertEqual(self.merge({field: stronger}, {field: weaker})[field], stronger)
                self.assertEqual(self.merge({}, {field: weaker})[field], weaker)
                self.assertEqual(self.merge({field: weaker}, {})[field], weaker)

    def test_every_answer_has_a_strength(self):
        """A value that is added to a field, by us or by another addon, has to be ranked."""
        stakeholder_fields = {"relationship"}
        for name, ranked in STRENGTH.items():
            model = self.env["crm.lead.stakeholder" if name in stakeholder_fields else "crm.lead"]
            with self.subTest(name):
                self.assertEqual(set(ranked), set(model._fields[name].get_values(self.env)))
                self.assertEqual(len(ranked), len(set(ranked)))

    def test_every_qualification_field_is_merged(self):
        """Nothing that one of the leads knew is lost."""
        values = {
            "contact_role": "buyer",
            "need_level": "strong",
            "need_summary": "Their tool is switched off",
            "requirement_summary": "Forty seats",
            "budget_status": "confirmed",
            "budget_amount": 5000.0,
            "purchase_date": Date.to_date("2027-01-31"),
            "first_contact_date": Date.to_date("2026-01-31"),
            "engagement_date": Date.to_date("2026-02-28"),
            "supplier_status": "under_review",
            "incumbent_supplier": "Globex",
            "payment_terms_status": "agreed",
            "contract_status": "sent",
        }
        answers = {
            name
            for name, field in self.env["crm.lead"]._fields.items()
            if field._module == "sales_funnel_stages" and field.store and field.type != "one2many"
        }
        # what is merged is open, and has no day to be revisited on; a plan is no answer, nor is
        # when one was created
        self.assertEqual(
            set(values),
            answers - {"revisit_date", "conversion_plan_id", "past_create_date"},
            "a field is missing in this test",
        )
        merged = self.merge({}, values)
        self.assertRecordValues(merged, [values])

    def test_details_follow_their_answer(self):
        merged = self.merge(
            {
                "budget_status": "estimated",
                "budget_amount": 900,
                "supplier_status": "in_place",
                "incumbent_supplier": "Globex",
            },
            {"budget_status": "none", "budget_amount": 10},
            {
                "budget_status": "confirmed",
                "budget_amount": 5000,
                "supplier_status": "dismissed",
                "incumbent_supplier": "Initech",
            },
        )
        self.assertEqual(merged.budget_amount, 5000)
        self.assertEqual(merged.incumbent_supplier, "Initech")

    def test_a_detail_of_a_weaker_answer_is_better_than_none(self):
        merged = self.merge(
            {"budget_status": "confirmed"}, {"budget_status": "estimated", "budget_amount": 900}
        )
        self.assertEqual(merged.budget_status, "confirmed")
        self.assertEqual(merged.budget_amount, 900)

    def test_texts_are_joined(self):
        merged = self.merge(
            {"need_summary": "Their tool is switched off", "requirement_summary": "Forty seats"},
            {
                "need_summary": "their tool is switched off ",
                "requirement_summary": "Single sign-on",
            },
            {"need_summary": "  ", "requirement_summary": False},
        )
        self.assertEqual(merged.need_summary, "Their tool is switched off")
        self.assertEqual(merged.requirement_summary, "Forty seats\n\nSingle sign-on")

    def test_the_earliest_dates(self):
        early, late = Date.to_date("2026-01-31"), Date.to_date("2026-03-31")
        for name in ("purchase_date", "first_contact_date", "engagement_date"):
            with self.subTest(name):
                self.assertEqual(self.merge({name: late}, {name: early}, {})[name], early)
                self.assertEqual(self.merge({name: early}, {name: late}, {})[name], early)

    # ------------------------------------------------------------------
    # Stakeholders
    # ------------------------------------------------------------------

    def people(self, merged):
        return {
            line.contact_name: (line.role, line.relationship, line.is_key_contact)
            for line in merged.stakeholder_ids
        }

    def test_stakeholders(self):
        """Everybody is kept once, with the strongest that was said of them."""
        ada, bob = self.env["res.partner"].create([{"name": "Ada"}, {"name": "Bob"}])
        merged = self.merge(
            {
                "stakeholder_ids": [
                    Command.create({"partner_id": ada.id, "role": "user"}),
                    Command.create({"contact_name": "Cy", "relationship": "engaged"}),
                ]
            },
            {
                "stakeholder_ids": [
                    Command.create(
                        {
                            "partner_id": ada.id,
                            "role": "buyer",
                            "relationship": "champion",
                            "is_key_contact": True,
                        }
                    ),
                    Command.create({"contact_name": " cy", "role": "adviser"}),
                    Command.create({"partner_id": bob.id, "role": "influencer"}),
                ]
            },
            {
                "stakeholder_ids": [
                    Command.create({"partner_id": bob.id, "is_key_contact": True}),
                    Command.create({"contact_name": "Bob", "role": "user"}),
                ]
            },
        )
        self.assertEqual(len(merged.stakeholder_ids), 4)
        lines = {
            line.partner_id or line.contact_name: (
                line.role,
                line.relationship,
                line.is_key_contact,
            )
            for line in merged.stakeholder_ids
        }
        self.assertEqual(
            lines,
            {
                ada: ("buyer", "champion", True),
                "Cy": ("adviser", "engaged", False),
                bob: ("influencer", "none", False),
                # a name is not enough to know that it is the contact of that name
                "Bob": ("user", "none", False),
            },
        )

    def test_the_key_contact_of_the_head_stays(self):
        merged = self.merge(
            {"stakeholder_ids": [Command.create({"contact_name": "Ada", "is_key_contact": True})]},
            {"stakeholder_ids": [Command.create({"contact_name": "Bob", "is_key_contact": True})]},
        )
        self.assertEqual(
            self.people(merged), {"Ada": (False, "none", True), "Bob": (False, "none", False)}
        )

    def test_a_key_contact_is_taken_over(self):
        merged = self.merge(
            {"stakeholder_ids": [Command.create({"contact_name": "Ada"})]},
            {"stakeholder_ids": [Command.create({"contact_name": "Bob", "is_key_contact": True})]},
            {"stakeholder_ids": [Command.create({"contact_name": "Cy", "is_key_contact": True})]},
        )
        self.assertEqual(merged.stakeholder_ids.filtered("is_key_contact").contact_name, "Bob")
        self.assertEqual(set(self.people(merged)), {"Ada", "Bob", "Cy"})

    # ------------------------------------------------------------------
    # The summary in the chatter
    # ------------------------------------------------------------------

    def summary(self, merged):
        """Return the message that a merge posts."""
        return merged.message_ids.filtered(lambda message: "Qualif" in (message.body or ""))[
            -1:
        ].body

    def test_the_summary_shows_what_is_gone(self):
        merged = self.merge(
            {},
            {
                "contact_role": "decision_maker",
                "need_level": "strong",
                "need_summary": "<b>Loud</b> & clear",
                "budget_amount": 5000,
                "purchase_date": Date.to_date("2027-01-31"),
                "stakeholder_ids": [
                    Command.create({"contact_name": "Ada"}),
                    Command.create({"contact_name": "Bob"}),
                ],
            },
            {"contract_status": "sent"},
        )
        body = self.summary(merged)
        for text in (
            "Contact Role",
            "Decision maker",
            "Strong need",
            "&lt;b&gt;Loud&lt;/b&gt; &amp; clear",
            "5,000.00",
            "01/31/2027",
            "Ada, Bob",
            "Contract",
            "Sent",
        ):
            with self.subTest(text):
                self.assertIn(text, body)
        self.assertNotIn("Current Supplier", body, "what nobody knows is not listed")

    def test_a_summary_of_leads_that_know_nothing(self):
        merged = self.merge({}, {})
        self.assertFalse(self.summary(merged))
        self.assertIn("Tail 1", "".join(merged.message_ids.mapped("body")))

    def test_the_summary_in_the_language_of_who_merges(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        field = (
            self.env["ir.model.fields"]._get("crm.lead", "need_level").with_context(lang="fr_FR")
        )
        field.field_description = "Besoin"
        field.selection_ids.filtered(lambda choice: choice.value == "strong").name = "Besoin fort"
        self.env.registry.clear_all_caches()
        self.rep.lang = "fr_FR"
        head = self.make_opportunity("Head")
        tail = self.make_lead("Tail", need_level="strong", purchase_date="2027-01-31")
        merged = (head + tail).with_context(lang="fr_FR").merge_opportunity()
        body = "".join(merged.message_ids.mapped("body"))
        self.assertIn("Besoin fort", body)
        self.assertIn("31/01/2027", body)

    # ------------------------------------------------------------------
    # Who merges
    # ------------------------------------------------------------------

    def test_a_salesperson_who_sees_only_their_own(self):
        """Merging needs no right that the leads themselves do not need."""
        head = self.make_opportunity(
            "Head", stakeholder_ids=[Command.create({"contact_name": "Ada"})]
        )
        nobodys = self.make_lead(
            "Nobody's",
            user_id=False,
            need_level="strong",
            stakeholder_ids=[Command.create({"contact_name": "Bob", "is_key_contact": True})],
        )
        others = self.make_lead("Somebody else's", self.manager).with_user(self.rep)
        self.assertFalse(others.has_access("read"))
        merged = (head + nobodys).merge_opportunity()
        self.assertEqual(merged, head)
        self.assertEqual(merged.need_level, "strong")
        self.assertEqual(set(merged.stakeholder_ids.mapped("contact_name")), {"Ada", "Bob"})

    def test_the_wizard_of_the_list(self):
        head = self.make_opportunity("Head", need_level="weak")
        tail = self.make_lead("Tail", need_level="strong")
        form = Form(
            self.env["crm.merge.opportunity"]
            .with_user(self.rep)
            .with_context(active_model="crm.lead", active_ids=(head + tail).ids)
        )
        form.save().action_merge()
        self.assertFalse(tail.exists())
        self.assertEqual(head.need_level, "strong")

    # ------------------------------------------------------------------
    # The gate
    # ------------------------------------------------------------------

    def test_leads_stay_a_lead(self):
        first, second = self.make_lead("First"), self.make_lead("Second")
        merged = (first + second).merge_opportunity()
        self.assert_moved(merged, type_="lead")
        with self.assert_refused(merged, unmet=CONVERT_UNMET):
            merged.convert_opportunity(False)

    def test_a_lead_goes_up_in_an_opportunity(self):
        """No lead becomes an opportunity: there is one already, and it stays where it is."""
        late = self.make_opportunity("Late", self.stage_proposition)
        merged = (late + self.make_lead("Lead", stage_id=self.stage_won.id)).merge_opportunity()
        self.assertEqual(merged, late)
        self.assert_moved(merged, self.stage_proposition)

    def test_a_merge_that_hands_over(self):
        """Odoo puts the deal where the other team starts; that is no step of the deal."""
        own = self.make_team("Own pipeline", ENFORCE)
        start = self.env["crm.stage"].create(
            {"name": "Start", "sequence": 40, "team_ids": [Command.set(own.ids)]}
        )
        (self.stage_new + self.stage_qualified + self.stage_proposition).team_ids = self.team
        merged = self.merge({}, {}, team_id=own.id)
        self.assertEqual(merged.team_id, own)
        self.assert_moved(merged, start)

    def test_what_leads_know_together_counts(self):
        first = self.make_lead("First", need_level="weak")
        second = self.make_lead(
            "Second",
            **{k: v for k, v in self.answers(CONVERT_ANSWERS).items() if k != "need_level"},
        )
        merged = (first + second).merge_opportunity()
        merged.convert_opportunity(False)
        self.assert_moved(merged, self.stage_new)
