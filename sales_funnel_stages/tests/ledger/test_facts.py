from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...tools.answers import YES
from ...tools.rulebook import ENFORCE
from ..support.common import CONVERT_ANSWERS, QUALIFIED_ANSWERS, StageRuleCommon
from ..support.translations import load_french

OF_EVERY_TYPE = {
    "Text": "[('need_summary', '!=', False)]",
    "Choice": "[('need_level', 'in', ['weak', 'strong'])]",
    "Day": "[('purchase_date', '<', '2040-01-01')]",
    "Moment": "[('create_date', '>', '2000-01-01')]",
    "Number": "[('color', '=', 3)]",
    "Whole": "[('priority', '!=', '0')]",
    "Customer": "[('partner_id', '!=', False)]",
    "Country": "[('partner_id.country_id.code', '=', 'FR')]",
    "People": "[('stakeholder_ids', 'any', [('role', '=', 'buyer')])]",
    "Tags": "[('tag_ids', 'any', [('name', '=', 'Hot')])]",
    "Property": "[('lead_properties.aaaa', '=', 'Onwards')]",
    "Nothing": "[('referred', '=', False)]",
    "Either": "['|', ('need_level', '=', 'strong'), ('budget_status', '=', 'confirmed')]",
}


@tagged("post_install", "-at_install")
class TestFacts(StageRuleCommon):
    """A row of the ledger keeps the values that met the criteria, whatever becomes of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.env["crm.qualification.framework"].create({"name": "Ours"})
        cls.team.framework_id = cls.own

    def ask(self, name, domain="[]", **values):
        """Let the framework ask for a criterion to convert."""
        criterion = self.env["crm.qualification.criterion"].create(
            {"name": name, "framework_id": self.own.id, "domain": domain, **values}
        )
        self.env["crm.stage.rule"].create(
            {"framework_id": self.own.id, "criterion_id": criterion.id}
        )
        return criterion

    def converted(self, **values):
        """Return the last row of a lead that was converted with these values."""
        lead = self.make_lead(**values)
        lead.with_user(self.manager).write({"type": "opportunity"})
        return self.rows(lead)[-1]

    def assert_known(self, row, *expected):
        row.invalidate_recordset()
        row = row.with_user(self.manager)
        self.assertEqual(row.met_by_text.splitlines(), list(expected))

    def test_blanked_afterwards(self):
        self.ask("Worth it", "[('expected_revenue', '>', 1000)]")
        row = self.converted(expected_revenue=12000)
        lead = row.lead_id
        lead.expected_revenue = 0
        self.assert_known(row, "Worth it – Expected Revenue: $\xa012,000.00")
        self.assertEqual(
            row.met_by, {str(self.own.criterion_ids.id): {"expected_revenue": 12000.0}}
        )

    def test_of_every_type(self):
        self.customer.country_id = self.env.ref("base.fr")
        tag = self.env["crm.tag"].create({"name": "Hot", "color": 1})
        self.team.lead_properties_definition = [{"name": "aaaa", "string": "Motto", "type": "char"}]
        for name, domain in OF_EVERY_TYPE.items():
            self.ask(name, domain)
        row = self.converted(
            need_summary="Their tool\nis switched off " + "soon " * 50,
            need_level="strong",
            purchase_date="2030-05-01",
            color=3,
            priority="1",
            partner_id=self.customer.id,
            stakeholder_ids=[Command.create({"contact_name": "Bo", "role": "buyer"})] * 2,
            tag_ids=[Command.set(tag.ids)],
            lead_properties={"aaaa": "Onwards"},
        )
        lead = row.lead_id
        moment = lead.create_date.strftime("%m/%d/%Y")
        row.lead_id.write(
            {
                **dict.fromkeys(["need_summary", "need_level", "purchase_date", "partner_id"]),
                "stakeholder_ids": [Command.clear()],
            }
        )
        found = dict(
            line.split(" – ", 1) for line in row.with_user(self.manager).met_by_text.split("\n")
        )
        self.assertTrue(found.pop("Moment").startswith(f"Created on: {moment}"))
        text = found.pop("Text")
        self.assertTrue(text.startswith("Why They Buy: Their tool is switched off soon"), text)
        self.assertEqual(len(text), len("Why They Buy: ") + 80)
        self.assertEqual(
            found,
            {
                "Choice": "Need: Strong need",
                "Day": "Ready to Buy By: 05/01/2030",
                "Number": "Color Index: 3",
                "Whole": "Priority: Medium",
                "Customer": "Contact: Acme",
                "Country": "Contact › Country › Country Code: FR",
                "People": "Stakeholders: 2",
                "Tags": "Tags: 1",
                "Property": "Properties: Onwards",
                "Either": "Need: Strong need",
            },
        )

    def test_an_answer(self):
        asked = self.ask("Asked", check_by="answer")
        self.ask("Asked too", check_by="answer")
        commands = [
            Command.create({"criterion_id": each.id, "answer": YES, "evidence": evidence})
            for each, evidence in zip(self.own.criterion_ids, ("Ann said so", False), strict=True)
        ]
        row = self.converted(qualification_answer_ids=commands)
        row.lead_id.qualification_answer_ids.unlink()
        self.assert_known(row, "Asked – Yes – Ann said so", "Asked too – Yes")
        asked.rule_ids.unlink()
        asked.unlink()
        self.assert_known(row, "Asked – Yes – Ann said so", "Asked too – Yes")

    def test_what_was_not_met_has_none(self):
        self.team.stage_rule_policy = ENFORCE
        need = self.ask("Need", "[('need_level', '=', 'strong')]")
        self.ask("Text", "[('need_summary', '!=', False)]")
        lead = self.make_lead(need_level="weak", need_summary="They have to")
        lead.with_user(self.manager).move_with_reason({"type": "opportunity"}, "It is urgent")
        row = self.rows(lead)[-1]
        self.assert_known(row, "Text – Why They Buy: They have to")
        self.assertIn(need, row.unmet_criterion_ids)

    def test_every_lead_has_its_own(self):
        self.ask("Text", "[('need_summary', '!=', False)]")
        leads = self.make_lead(need_summary="One") + self.make_lead(need_summary="Two")
        leads.with_user(self.manager).write({"type": "opportunity"})
        for lead in leads:
            self.assert_known(self.rows(lead)[-1], f"Text – Why They Buy: {lead.need_summary}")

    def test_what_the_reader_may_not_see(self):
        self.ask("Customer", "[('partner_id', '!=', False)]")
        there = self.env["res.company"].create({"name": "There"})
        row = self.converted(partner_id=self.customer.id)
        self.assert_known(row, "Customer – Contact: Acme")
        self.customer.company_id = there
        self.assert_known(row)
        row = row.with_user(self.manager)
        with self.assertRaises(AccessError):
            row.read(["met_by"])
        with self.assertRaises(AccessError):
            row.search([("met_by", "!=", False)])

    # which is no criterion any more then
    @mute_logger("odoo.addons.sales_funnel_stages.models.rules.rulebook")
    def test_fields_of_a_group(self):
        field = self.make_custom_field("x_margin", "integer")
        self.ask("Margin", "[('x_margin', '>', 2)]")
        row = self.converted(x_margin=7)
        self.assert_known(row, "Margin – x_margin: 7")
        self.patch(self.env["crm.lead"]._fields["x_margin"], "groups", "base.group_system")
        self.assert_known(row)
        admin = new_test_user(
            self.env, "funnel_admin", "base.group_system,sales_team.group_sale_manager"
        )
        row.invalidate_recordset()
        self.assertEqual(row.with_user(admin).met_by_text, "Margin – x_margin: 7")
        self.own.rule_ids.unlink()
        self.own.criterion_ids.unlink()
        field.unlink()
        self.assert_known(row)

    def test_erased_with_the_lead(self):
        self.ask("Text", "[('need_summary', '!=', False)]")
        row = self.converted(need_summary="Ann is ill")
        row.lead_id.unlink()
        row.invalidate_recordset()
        self.assertFalse(row.met_by or row.met_by_text)

    def test_in_french(self):
        load_french(self.env, "sales_funnel_stages")
        self.team.framework_id = self.framework
        row = self.converted(**self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS))
        row = row.with_context(lang="fr_FR").with_user(self.manager)
        self.assertIn("Besoin faible", row.met_by_text)
