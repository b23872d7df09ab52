from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ...tools.rulebook import ENFORCE, GUIDE
from ..support.common import StageRuleCommon


class OnboardingCommon(StageRuleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).write(
            {"is_stage_rule_impact_seen": False, "is_stage_rule_onboarding_closed": False}
        )
        cls.team.stage_rule_policy = GUIDE
        cls.onboarding = cls.env["crm.stage.rule.onboarding"].with_user(cls.manager)


@tagged("post_install", "-at_install")
class TestOnboarding(OnboardingCommon):
    def done(self):
        return [step["name"] for step in self.onboarding.get_steps() if step["is_done"]]

    def test_steps_are_done_by_what_is_there(self):
        self.env.company.qualification_framework_id = False
        self.assertEqual(self.done(), [])
        self.env.company.qualification_framework_id = self.framework
        self.assertEqual(self.done(), ["framework"])
        self.onboarding.action_open_step("impact")
        self.assertEqual(self.done(), ["framework"], "not before it is seen")
        self.onboarding.note_impact_seen()
        self.assertEqual(self.done(), ["framework", "impact"])
        self.team.stage_rule_policy = ENFORCE
        self.assertEqual(self.done(), ["framework", "impact", "team"])

    def test_a_team_that_chooses_its_own(self):
        self.env.company.qualification_framework_id = False
        self.team.framework_id = self.framework
        self.assertEqual(self.done(), ["framework"])

    def test_each_step_opens_where_it_is_done(self):
        for name, model in [
            ("framework", "crm.qualification.framework"),
            ("impact", "crm.team"),
            ("team", "crm.team"),
        ]:
            self.assertEqual(self.onboarding.action_open_step(name)["res_model"], model)

    def test_closed_for_good_in_this_company(self):
        there = self.env["res.company"].create({"name": "There"})
        self.onboarding.action_close()
        self.assertEqual(self.onboarding.get_steps(), [])
        self.manager.company_ids += there
        elsewhere = self.onboarding.with_context(allowed_company_ids=there.ids)
        self.assertEqual(len(elsewhere.get_steps()), 3)

    def test_only_for_managers(self):
        onboarding = self.onboarding.with_user(self.all_rep)
        self.assertEqual(onboarding.get_steps(), [])
        with self.assertRaises(AccessError):
            onboarding.action_open_step("impact")
        with self.assertRaises(AccessError):
            onboarding.action_close()
        with self.assertRaises(AccessError):
            onboarding.note_impact_seen()
        self.assertFalse(self.env.company.is_stage_rule_impact_seen)
        self.assertFalse(self.env.company.is_stage_rule_onboarding_closed)

    def test_a_manager_chooses_the_framework_of_the_company(self):
        other = self.framework.copy({"name": "Other"})
        self.assertFalse(other.is_followed_by_company)
        with self.assertRaises(AccessError):
            other.with_user(self.all_rep).action_follow()
        other.with_user(self.manager).action_follow()
        self.assertEqual(self.env.company.qualification_framework_id, other)
        other.invalidate_recordset()
        self.assertTrue(other.is_followed_by_company)
        self.assertIn("Other", self.onboarding.get_steps()[0]["state"])

    def test_the_list_says_what_is_used(self):
        self.env.company.qualification_framework_id = self.framework
        chosen, unused = self.framework.copy({"name": "A"}), self.framework.copy({"name": "B"})
        self.team.framework_id = chosen
        there = self.env["res.company"].create({"name": "There"})
        theirs = self.framework.copy({"name": "C", "company_id": False})
        there.qualification_framework_id = theirs
        template = self.env.ref("sales_funnel_stages.framework_champ")
        self.assertTrue(template.is_template)
        frameworks = (self.framework + chosen + theirs + template + unused).with_user(self.manager)
        uses = ["default", "chosen", "chosen", "template", "unused"]
        self.assertEqual(frameworks.mapped("use"), uses)
        frameworks[3].action_follow()
        frameworks.invalidate_recordset()
        self.assertEqual(frameworks[3].use, "default")
        self.assertFalse(frameworks[3].is_template)

    def test_settings_hold_the_same_choices(self):
        arch = self.env["res.config.settings"].get_view(view_type="form")["arch"]
        for xml_id in (
            "sales_funnel_stages.crm_team_action_impact",
            "sales_team.crm_team_action_config",
        ):
            self.assertIn(f'name="{self.env.ref(xml_id).id}"', arch)
        self.assertIn('name="qualification_framework_id"', arch)


@tagged("post_install", "-at_install")
class TestImpactTours(HttpCase, OnboardingCommon):
    def test_who_is_told_of_first_steps(self):
        for user, is_told in [(self.manager, True), (self.rep, False)]:
            self.authenticate(user.login, user.login)
            info = self.make_jsonrpc_request("/web/session/get_session_info", {})
            self.assertEqual(info["has_stage_rule_onboarding"], is_told)

    def test_onboarding(self):
        self.make_opportunity("Tour: desks", user=self.manager)
        self.start_tour("/odoo", "sales_funnel_stages_onboarding", login=self.manager.login)
        self.assertTrue(self.env.company.is_stage_rule_impact_seen)
        self.assertTrue(self.env.company.is_stage_rule_onboarding_closed)
        self.assertEqual(self.team.stage_rule_policy, ENFORCE)

    def test_impact_preview(self):
        self.make_opportunity("Tour: desks", user=self.manager)
        self.make_opportunity("Tour: lamps", user=self.manager, stage=self.stage_qualified)
        easy = self.env["crm.qualification.framework"].create({"name": "Tour: easy"})
        self.start_tour("/odoo", "sales_funnel_stages_impact_preview", login=self.manager.login)
        self.assertEqual(self.team.stage_rule_policy, GUIDE, "who looks has saved nothing")
        self.assertFalse(self.team.framework_id)
        self.assertTrue(easy.exists())
