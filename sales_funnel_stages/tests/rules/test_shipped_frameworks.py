import importlib.util
from pathlib import Path

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from ...tools.rulebook import RECOMMENDED, REQUIRED
from ...tools.shipped_rules import SHIPPED_RULES
from ..support.case import StageRuleAssertions
from ..support.common import StageRuleCommon

TO_CHOOSE = {"champ": 4, "meddpicc": 8, "spiced": 5, "gpctba": 8}
MIGRATION = Path(__file__).parents[2] / "migrations/19.0.3.0.0/post-frameworks.py"


class ShippedCommon(StageRuleCommon):
    @classmethod
    def shipped(cls, name):
        return cls.env.ref(f"sales_funnel_stages.framework_{name}")

    def follow(self, name):
        """Give a shipped framework its rules anew, and to the team."""
        self.team.framework_id = self.shipped(name)._install_shipped(name)

    def gates(self, name):
        """Return what a framework asks for, by the gates' names: ``{gate: {criterion: tier}}``."""
        found = {}
        ends = {
            self.env.ref(f"sales_funnel_stages.criterion_{name}_{end}"): end
            for asked in SHIPPED_RULES[name].values()
            for end in asked
        }
        for rule in self.shipped(name).rule_ids:
            gate = found.setdefault(rule.stage_id.name or "Convert", {})
            gate[ends[rule.criterion_id]] = rule.tier
        return found


@tagged("post_install", "-at_install")
class TestShippedFrameworks(ShippedCommon, StageRuleAssertions):
    """There are frameworks to choose from, and none is chosen for anybody."""

    def test_they_are_there(self):
        self.assertEqual(set(SHIPPED_RULES), {"bant", *TO_CHOOSE})
        for name, size in TO_CHOOSE.items():
            framework = self.shipped(name)
            framework._install_shipped(name)
            with self.subTest(framework.name):
                self.assertTrue(framework.description)
                self.assertEqual(len(framework.criterion_ids), size)
                self.assertTrue(framework.rule_ids.filtered(lambda rule: not rule.stage_id))
                teams, companies = framework._get_followers()
                self.assertFalse(teams or companies)
                self.assertFalse(framework.rule_ids.stage_id)
                self.team.framework_id = framework
                for criterion in framework.criterion_ids:
                    self.assertTrue(criterion.rule_ids, criterion.name)
                    self.assertGreater(len(criterion.guidance), 80, criterion.name)
                    self.assertGreater(criterion.weight, 0)
        self.assertEqual(self.env["crm.qualification.framework"].search([])[0], self.framework)

    def test_stock_stages(self):
        self.follow("meddpicc")
        self.assertEqual(
            self.gates("meddpicc"),
            {
                "Convert": {"pain": REQUIRED, "metrics": RECOMMENDED, "champion": RECOMMENDED},
                "Qualified": {
                    "metrics": REQUIRED,
                    "champion": REQUIRED,
                    "decision_criteria": REQUIRED,
                    "economic_buyer": RECOMMENDED,
                    "decision_process": RECOMMENDED,
                    "competition": RECOMMENDED,
                },
                "Proposition": {
                    "economic_buyer": REQUIRED,
                    "decision_process": REQUIRED,
                    "competition": REQUIRED,
                    "paper_process": RECOMMENDED,
                },
                "Won": {"paper_process": REQUIRED},
            },
        )

    def test_a_pipeline_of_one_step(self):
        """One stage is several gates then: what any of them requires is required."""
        self.env["crm.stage.rule"].search([]).unlink()
        (self.stage_qualified + self.stage_proposition).unlink()
        self.follow("meddpicc")
        self.assertEqual(
            self.gates("meddpicc")["Won"],
            dict.fromkeys(
                [
                    "metrics",
                    "champion",
                    "decision_criteria",
                    "economic_buyer",
                    "decision_process",
                    "competition",
                    "paper_process",
                ],
                REQUIRED,
            ),
        )

    def test_no_stage_at_all(self):
        self.env["crm.stage.rule"].search([]).unlink()
        self.env["crm.stage"].search([]).unlink()
        for name in SHIPPED_RULES:
            self.follow(name)
            self.assertEqual(set(self.gates(name)), {"Convert"})

    def test_a_lead_all_the_way(self):
        """What each of them asks for can be met, and holds a lead back until it is."""
        champion = {"contact_name": "Di", "role": "decision_maker", "relationship": "champion"}
        values = self.answers(
            {
                "need_level": "strong",
                "need_summary": "Losing money",
                "budget_status": "confirmed",
                "budget_amount": 5000,
                "purchase_date": "today",
            }
        )
        for name in TO_CHOOSE:
            framework = self.shipped(name)
            self.follow(name)
            with self.subTest(framework.name):
                lead = self.make_lead()
                with self._swallowed_refusal():
                    lead.convert_opportunity(self.customer)
                lead.write({**values, "stakeholder_ids": [Command.create(champion)]})
                with self._swallowed_refusal():
                    lead.write({"type": "opportunity", "stage_id": self.stage_won.id})
                lead.qualification_answer_ids = [
                    Command.create({"criterion_id": question["id"], "answer": "yes"})
                    for question in lead.qualification_questions
                ]
                self.assertTrue(lead.is_qualified)
                lead.write({"type": "opportunity", "stage_id": self.stage_won.id})
                self.assert_moved(lead, self.stage_won)

    def test_earlier_versions_get_them(self):
        """An update takes what is missing for deleted; the migration adds what is new."""
        for name in TO_CHOOSE:
            self.shipped(name).unlink()
        spec = importlib.util.spec_from_file_location("migration", MIGRATION)
        migration = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(migration)
        migration.migrate(self.env.cr, "19.0.2.0.0")
        for name, size in TO_CHOOSE.items():
            self.assertEqual(len(self.shipped(name).criterion_ids), size)
            self.assertEqual(set(self.gates(name)), {"Convert"})
            self.team.framework_id = self.shipped(name)
            self.assertEqual(set(self.gates(name)) >= {"Convert", "Qualified"}, True)
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", "sales_funnel_stages"),
                ("model", "in", ["crm.qualification.framework", "crm.qualification.criterion"]),
            ]
        )
        self.assertTrue(all(data.mapped("noupdate")), "an update would undo what people change")


@tagged("post_install", "-at_install")
class TestCustomize(ShippedCommon):
    def test_a_copy_to_change(self):
        framework = self.shipped("meddpicc")
        framework._install_shipped("meddpicc")
        action = framework.with_user(self.manager).action_customize()
        copy = self.env["crm.qualification.framework"].browse(action["res_id"])
        self.assertEqual(copy.name, "MEDDPICC (copy)")
        self.assertEqual(len(copy.rule_ids), len(framework.template_rules))
        self.team.framework_id = copy
        lead = self.make_lead()
        questions = copy.criterion_ids.filtered(lambda each: each.check_by == "answer")
        self.assertEqual([each["id"] for each in lead.qualification_questions], questions.ids)
        lead.qualification_answer_ids = [
            Command.create({"criterion_id": questions[0].id, "answer": "yes"})
        ]
        both = questions[0] + framework.criterion_ids[0]
        self.assertEqual(both[0].name, both[1].name)
        unmet = lead._get_unmet_criteria(both.ids)[lead.id]
        self.assertEqual(unmet, {both[1].id}, "the copy has answers of its own")
        copy.rule_ids.unlink()
        copy.criterion_ids.unlink()
        self.assertEqual(len(framework.criterion_ids), 8)


@tagged("post_install", "-at_install")
class TestGates(ShippedCommon):
    def test_the_gates_of_a_framework(self):
        self.stage_proposition.team_ids = self.team
        self.env["crm.stage"].create({"name": "On hold", "is_outside_pipeline": True})
        gates = self.framework.with_user(self.manager).gates
        self.assertEqual(
            [(gate["id"], gate["name"], gate["teams"]) for gate in gates],
            [
                (0, "Convert", ""),
                (self.stage_new.id, "New", ""),
                (self.stage_qualified.id, "Qualified", ""),
                (self.stage_proposition.id, "Proposition", "Enforcers"),
                (self.stage_won.id, "Won", ""),
            ],
        )
        self.assertEqual(gates[3]["team_ids"], self.team.ids)


@tagged("post_install", "-at_install")
class TestMatrixTour(HttpCase, ShippedCommon):
    def test_a_manager_maps_a_framework(self):
        self.shipped("spiced")._install_shipped("spiced")
        self.start_tour("/odoo", "sales_funnel_stages_framework_matrix", login=self.manager.login)
        copy = self.env["crm.qualification.framework"].search([("name", "=", "SPICED (copy)")])
        rules = {
            rule.stage_id.name or "Convert": rule.tier
            for rule in copy.rule_ids
            if rule.criterion_id.name == "Decision understood"
        }
        self.assertEqual(rules, {"Convert": RECOMMENDED, "Qualified": REQUIRED})
        self.assertEqual(len(self.shipped("spiced").template_rules), 8)
