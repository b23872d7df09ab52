from odoo.tests import tagged

from ...tools.rulebook import OFF, RECOMMENDED
from ..support.common import StageRuleCommon


@tagged("post_install", "-at_install")
class TestQualificationScore(StageRuleCommon):
    """Met weight over total weight of what the next step asks for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.env["crm.qualification.framework"].create({"name": "Ours"})
        cls.team.framework_id = cls.own

    def ask(self, field, weight, stage=None, **values):
        """Ask for a field to be filled in, to convert or to enter a stage."""
        criterion = self.env["crm.qualification.criterion"].create(
            {
                "name": field,
                "framework_id": self.own.id,
                "domain": f"[({field!r}, '!=', False)]",
                "weight": weight,
            }
        )
        return self.env["crm.stage.rule"].create(
            {
                "framework_id": self.own.id,
                "criterion_id": criterion.id,
                "stage_id": stage and stage.id,
                **values,
            }
        )

    def assert_score(self, lead, score, is_qualified):
        lead.invalidate_recordset()
        self.assertEqual((lead.qualification_score, lead.is_qualified), (score, is_qualified))

    def test_arithmetic(self):
        lead = self.make_lead()
        self.assert_score(lead, 100, True)
        self.ask("need_level", 20)
        self.assert_score(lead, 0, False)
        self.ask("budget_status", 10)
        self.ask("referred", 30, tier=RECOMMENDED)
        lead.need_level = "weak"
        self.assert_score(lead, 33, False)
        lead.budget_status = "none"
        self.assert_score(lead, 50, True)
        lead.referred = "A friend"
        self.assert_score(lead, 100, True)

    def test_rounding(self):
        lead = self.make_lead(need_level="weak")
        for field, weight, score in [("need_level", 1, 100), ("referred", 199, 0), ("phone", 1, 0)]:
            self.ask(field, weight)
            self.assert_score(lead, score, field == "need_level")
        lead.referred = "A friend"
        # not everything is met, and it does not say so
        self.assert_score(lead, 99, False)

    def test_weights_of_nothing(self):
        lead = self.make_lead()
        self.ask("need_level", 0)
        self.assert_score(lead, 100, False)

    def test_it_is_of_the_next_step(self):
        self.ask("need_level", 10)
        self.ask("budget_status", 10, self.stage_new)
        self.ask("requirement_summary", 20, self.stage_qualified)
        self.ask("contract_status", 60, self.stage_won)
        values = {"need_level": "weak"}
        self.assert_score(self.make_lead(stage_id=self.stage_qualified.id, **values), 25, True)
        self.assert_score(self.make_lead(**values), 50, True)
        opportunity = self.make_opportunity(**values)
        self.assert_score(opportunity, 25, True)
        for stage, score in (
            (self.stage_qualified, 25),
            (self.stage_proposition, 10),
            (self.stage_won, 10),
        ):
            opportunity.sudo().with_user(self.env.ref("base.user_root")).stage_id = stage
            self.assert_score(opportunity, score, True)
        on_hold = self.env["crm.stage"].create({"name": "On hold", "is_outside_pipeline": True})
        opportunity.stage_id = on_hold
        self.assert_score(opportunity, 50, True)

    def test_a_team_without_a_framework_follows_its_company(self):
        self.ask("referred", 10)
        lead = self.make_lead(referred="A friend")
        self.assert_score(lead, 100, True)
        lead.team_id = self.make_team("Others", OFF)
        self.assert_score(lead, 0, False)
        self.env.company.qualification_framework_id = self.own
        self.assert_score(lead, 100, True)
