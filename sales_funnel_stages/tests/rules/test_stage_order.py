from odoo.tests import tagged

from ...tools.rulebook import OFF
from ..support.common import StageRuleCommon


@tagged("post_install", "-at_install")
class TestStageOrder(StageRuleCommon):
    """Stages have one order, wherever they are shown: by sequence, then by age."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.stage_rule_policy = OFF
        # between two of one sequence, Odoo goes by the name, and so by the language
        cls.stage_visit, cls.stage_audit = cls.env["crm.stage"].create(
            [{"name": "Zoo", "sequence": 2}, {"name": "Audit", "sequence": 2}]
        )
        cls.in_order = (
            cls.stage_new
            + cls.stage_qualified
            + cls.stage_visit
            + cls.stage_audit
            + cls.stage_proposition
            + cls.stage_won
        )

    def columns(self, lead):
        """Return the ids of the stages as the kanban shows them."""
        kanban = self.env["crm.lead"].with_context(read_group_expand=True)
        groups = kanban.web_read_group([("id", "=", lead.id)], ["stage_id"])["groups"]
        return [group["stage_id"][0] for group in groups]

    def test_everywhere(self):
        lead_model = self.env["crm.lead"]
        self.assertEqual(self.env["crm.stage"].search([]), self.in_order)
        pipeline = lead_model._get_rulebook().pipeline(self.team.id)
        self.assertEqual([stage.id for stage in pipeline], self.in_order.ids)
        self.assertEqual(lead_model._stage_find(domain=[], limit=None), self.in_order)
        self.assertEqual(self.columns(self.make_opportunity()), self.in_order.ids)

    def test_nothing_is_passed_over(self):
        """Whoever advances enters each column of the kanban, one after the other."""
        lead = self.make_opportunity()
        entered = lead.stage_id
        while lead.next_stage_id:
            lead.action_advance()
            entered += lead.stage_id
        self.assertEqual(entered.ids, self.columns(lead))

    def test_in_whatever_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.stage_audit.with_context(lang="fr_FR").name = "Zzz"
        self.stage_qualified.with_context(lang="fr_FR").name = "Zzzz"
        stages = self.env["crm.stage"].with_context(lang="fr_FR").search([])
        self.assertEqual(stages.ids, self.in_order.ids)
