from datetime import timedelta

from odoo.fields import Datetime
from odoo.tests import HttpCase, tagged

from ...tools.rulebook import ENFORCE, GUIDE
from ..support.common import CONVERT_ANSWERS, QUALIFIED_ANSWERS, StageRuleCommon
from ..support.guard import let_history_change


@tagged("post_install", "-at_install")
class TestGuidedMove(StageRuleCommon):
    """What is said after a move of a team that is only guided."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.stage_rule_policy = GUIDE

    def test_what_it_says(self):
        lead = self.make_opportunity("Desks", **self.answers(CONVERT_ANSWERS))
        lead.stage_id = self.stage_qualified
        [move] = lead.get_moves_to_complete()
        self.assertEqual(move["lead_id"], lead.id)
        self.assertEqual(move["id"], self.rows(lead)[-1].id)
        self.assertEqual(
            move["message"],
            "“Desks” has moved to Qualified. Not met: Requirements identified, "
            "Relationship with the key contact, Engagement discussed.",
        )

    def test_what_it_keeps_to_itself(self):
        met = self.make_opportunity(**self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS))
        met.stage_id = self.stage_qualified
        born = (
            self.env["crm.lead"]
            .with_user(self.rep)
            .create({"name": "Born", "type": "opportunity", "team_id": self.team.id})
        )
        by_other = self.make_opportunity()
        by_other.with_user(self.manager).stage_id = self.stage_qualified
        completed = self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        completed.stage_id = self.stage_qualified
        completed.write(self.answers(QUALIFIED_ANSWERS))
        for lead in (met, born, by_other, completed):
            self.assertFalse(lead.with_user(self.rep).get_moves_to_complete())

    def test_only_what_has_just_happened(self):
        lead = self.make_opportunity()
        lead.stage_id = self.stage_qualified
        self.env.flush_all()
        let_history_change(self.env)
        self.env.cr.execute(
            "UPDATE crm_stage_transition SET date = %s WHERE lead_id = %s",
            [Datetime.now() - timedelta(minutes=2), lead.id],
        )
        self.env.invalidate_all()
        self.assertFalse(lead.get_moves_to_complete())

    def test_leads_of_others(self):
        lead = self.make_opportunity("Desks")
        lead.stage_id = self.stage_qualified
        lead.sudo().user_id = self.manager
        self.assertFalse(lead.get_moves_to_complete())


@tagged("post_install", "-at_install")
class TestSessionInfo(HttpCase, StageRuleCommon):
    def test_whether_somebody_is_guided(self):
        teams = self.env["crm.team"].with_context(active_test=False).search([])
        companies = self.env["res.company"].search([])
        for policy, expected in ((GUIDE, True), (ENFORCE, False)):
            (teams + self.team).stage_rule_policy = policy
            companies.stage_rule_policy = policy
            self.authenticate(self.rep.login, self.rep.login)
            response = self.url_open("/web/session/get_session_info", json={"params": {}})
            self.assertIs(response.json()["result"]["stage_rules_guide"], expected)
