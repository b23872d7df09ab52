from odoo.fields import Date
from odoo.tests import Form, tagged

from ...tools.rulebook import OFF
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, StageRuleCommon


@tagged("post_install", "-at_install")
class TestQualificationLive(StageRuleCommon, StageRuleAssertions):
    """What a salesperson sees while typing, before anything is saved."""

    def checked(self, form):
        """Return the met and the unmet criteria of the checklist of a form."""
        lines = form.qualification_checklist["lines"]
        names = {self.criterion(name).name: name for name in [
            "need", "budget", "timeframe", "authority", "contact", "requirements",
            "relationship", "engagement", "strong_need", "payment_terms", "supplier",
            "contract", "customer",
        ]}  # fmt: skip
        return (
            [names[line["name"]] for line in lines if line["is_met"]],
            [names[line["name"]] for line in lines if not line["is_met"]],
        )

    def test_a_lead(self):
        lead = self.make_lead()
        convert = ["need", "budget", "timeframe", "authority", "contact", "requirements"]
        with Form(lead) as form:
            self.assertEqual(self.checked(form), ([], convert))
            form.need_level = "weak"
            self.assertEqual(self.checked(form), (["need"], convert[1:]))
            form.budget_status = "estimated"
            form.purchase_date = Date.context_today(lead)
            checklist = form.qualification_checklist
            self.assertEqual((checklist["met"], checklist["total"]), (3, 3))
            self.assertFalse(checklist["stage"])
            form.need_level = "none"
            self.assertEqual(form.qualification_checklist["met"], 2)
            form.need_level = "weak"
            self.assertFalse(lead.is_qualified, "nothing is saved yet")
        self.assertTrue(lead.is_qualified)

    def test_stakeholders(self):
        lead = self.make_lead()
        with Form(lead) as form:
            with form.stakeholder_ids.new() as line:
                line.contact_name = "Ann"
            self.assertIn("authority", self.checked(form)[1])
            with form.stakeholder_ids.edit(0) as line:
                line.role = "decision_maker"
            self.assertIn("authority", self.checked(form)[0])
        with Form(lead) as form:
            form.stakeholder_ids.remove(0)
            self.assertIn("authority", self.checked(form)[1])

    def test_an_opportunity(self):
        opportunity = self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        with Form(opportunity) as form:
            self.assertEqual(form.qualification_checklist["stage"], "Qualified")
            self.assertEqual(
                self.checked(form)[1],
                ["authority", "contact", "requirements", "relationship", "engagement"],
            )
            with form.stakeholder_ids.new() as line:
                line.contact_name = "Ann"
                line.is_key_contact = True
                line.relationship = "engaged"
            form.requirement_summary = "Forty seats"
            form.engagement_date = Date.context_today(opportunity)
            self.assertEqual(self.checked(form)[1], ["authority", "contact"])
            self.assertEqual(
                (form.qualification_checklist["met"], form.qualification_checklist["total"]), (6, 6)
            )
            form.stage_id = self.stage_qualified
            self.assertEqual(form.qualification_checklist["stage"], "Proposition")
            self.assertIn("strong_need", self.checked(form)[1])
        self.assert_moved(opportunity, self.stage_qualified)

    def test_a_new_record(self):
        lead_model = self.env["crm.lead"].with_user(self.rep)
        with Form(lead_model.with_context(default_type="lead")) as form:
            form.name = "Brand new"
            form.team_id = self.team
            self.assertIn("need", self.checked(form)[1])
            form.need_level = "strong"
            self.assertIn("need", self.checked(form)[0])
        self.assertEqual(form.record.need_level, "strong")

    def test_another_team_asks_for_other_things(self):
        framework = self.env["crm.qualification.framework"].create({"name": "Nothing"})
        lax = self.make_team("Lax", OFF, framework_id=framework.id)
        with Form(self.make_lead()) as form:
            form.team_id = lax
            self.assertEqual(form.qualification_checklist["lines"], [])
            form.team_id = self.team
            self.assertEqual(len(form.qualification_checklist["lines"]), 6)

    def test_what_the_checklist_says(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.stage_qualified.with_context(lang="fr_FR").name = "Qualifié"
        need = self.criterion("need").with_context(lang="fr_FR")
        need.write({"name": "Besoin identifié", "guidance": "Demandez-leur."})
        opportunity = self.make_opportunity(need_level="weak")
        french = opportunity.with_context(lang="fr_FR").qualification_checklist
        english = opportunity.with_context(lang="en_US").qualification_checklist
        self.assertEqual(french["stage"], "Qualifié")
        self.assertEqual(english["stage"], "Qualified")
        self.assertEqual(
            french["lines"][0],
            {
                "id": need.id,
                "name": "Besoin identifié",
                "guidance": "Demandez-leur.",
                "tier": "required",
                "is_met": True,
                "unmet_as": False,
                "since": {"stage": False},
                "fields": ["need_level"],
                "answered_in": False,
                "needed": ["need_level"],
            },
        )
        self.assertEqual(english["lines"][0]["name"], "Need identified")
        self.assertEqual(
            [line["id"] for line in english["lines"]],
            self.env["crm.qualification.criterion"]
            .browse(line["id"] for line in english["lines"])
            .sorted()
            .ids,
        )
