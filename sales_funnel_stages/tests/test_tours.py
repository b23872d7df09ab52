from odoo.fields import Date
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .support.common import StageRuleCommon


@tagged("post_install", "-at_install")
class TestTours(HttpCase, StageRuleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.group_user").implied_ids |= cls.env.ref("crm.group_use_lead")

    def start_refused_tour(self, name, user):
        """Run a tour in which a move is refused, which Odoo's server notes in its log."""
        with mute_logger("odoo.http"):
            self.start_tour("/odoo", f"sales_funnel_stages_{name}", login=user.login)

    def test_a_rep_qualifies_and_converts_a_lead(self):
        lead = self.make_lead("Tour: office chairs", contact_name="Ann", partner_name="Chairs Ltd")
        self.start_tour("/odoo", "sales_funnel_stages_qualify_and_convert", login=self.rep.login)
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.need_level, "strong")
        self.assertEqual(lead.budget_status, "estimated")
        self.assertEqual(lead.partner_id.name, "Ann")

    def test_a_rep_converts_by_keys(self):
        """An answer costs what it says, and the conversion a key besides."""
        lead = self.make_lead("Tour: office chairs")
        self.start_tour("/odoo", "sales_funnel_stages_convert_by_keys", login=self.rep.login)
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual((lead.need_level, lead.budget_status), ("strong", "estimated"))
        self.assertEqual(lead.purchase_date, Date.context_today(lead))

    def test_what_is_typed_in_the_wizard_is_not_lost(self):
        lead = self.make_lead("Tour: office chairs")
        self.start_tour("/odoo", "sales_funnel_stages_convert_later", login=self.rep.login)
        self.assertEqual((lead.type, lead.need_level), ("lead", "strong"))
        self.assertEqual(lead.stage_request_ids.reason, "They sign on paper")

    def test_a_blocked_drag(self):
        lead = self.make_opportunity("Tour: desks")
        self.start_refused_tour("blocked_drag", self.rep)
        self.assertEqual(lead.stage_id, self.stage_new)

    def test_a_refused_quick_create(self):
        self.start_refused_tour("refused_quick_create", self.rep)
        lead = self.env["crm.lead"].search([("name", "=", "Tour: lamps")])
        self.assertEqual(lead.stage_id, self.stage_new)
        self.assertEqual(lead.expected_revenue, 1200)
        self.assertTrue(lead.is_qualified)

    def test_a_refused_quick_create_is_kept_as_a_lead(self):
        self.start_refused_tour("quick_create_kept_as_lead", self.rep)
        lead = self.env["crm.lead"].search([("name", "=", "Tour: lamps")])
        self.assertEqual((lead.type, lead.expected_revenue), ("lead", 1200))
        self.assertFalse(lead.stage_request_ids)

    def test_a_refused_quick_create_is_asked_for(self):
        self.start_refused_tour("quick_create_asked_for", self.rep)
        lead = self.env["crm.lead"].search([("name", "=", "Tour: lamps")])
        self.assertEqual((lead.type, lead.expected_revenue), ("lead", 1200))
        self.assertEqual(lead.stage_request_ids.to_stage_id, self.stage_new)

    def test_a_manager_builds_a_rule_that_blocks(self):
        framework = self.env["crm.qualification.framework"].create({"name": "Tour framework"})
        self.team.framework_id = framework
        self.start_tour("/odoo", "sales_funnel_stages_build_a_rule", login=self.manager.login)
        self.assertEqual(framework.rule_ids.stage_id, self.stage_qualified)
        lead = self.make_opportunity("Tour: desks")
        self.start_refused_tour("blocked_by_own_rule", self.rep)
        self.assertEqual(lead.stage_id, self.stage_new)

    def test_a_manager_overrides_from_the_dialog(self):
        lead = self.make_opportunity("Tour: desks", user=self.manager)
        self.start_refused_tour("override_drag", self.manager)
        self.assertEqual(lead.stage_id, self.stage_qualified)
        self.assert_step(
            lead,
            verdict="overridden",
            reason="They decide on Monday",
            make_good_date=Date.context_today(lead),
        )

    def test_a_manager_overrides_from_a_form(self):
        """What was typed besides is not lost."""
        lead = self.make_opportunity("Tour: desks", user=self.manager)
        self.start_refused_tour("override_form", self.manager)
        self.assertEqual(lead.stage_id, self.stage_qualified)
        self.assertEqual(lead.need_summary, "Typed, not saved")

    def test_a_rep_asks_and_the_team_leader_approves(self):
        leader = new_test_user(self.env, "funnel_leader", "sales_team.group_sale_salesman")
        self.team.user_id = leader
        lead = self.make_opportunity("Tour: desks")
        self.start_refused_tour("ask_for_approval", self.rep)
        self.assertEqual(lead.stage_id, self.stage_new)
        self.assertEqual(lead.need_summary, "Typed, not saved")
        self.start_tour("/odoo", "sales_funnel_stages_approve", login=leader.login)
        self.assertEqual(lead.stage_id, self.stage_qualified)
        self.assert_step(lead, verdict="approved", approver_id=leader)

    def test_a_rep_returns_an_opportunity(self):
        lead = self.make_opportunity("Tour: desks", stage=self.stage_qualified)
        self.start_tour("/odoo", "sales_funnel_stages_return_to_lead", login=self.rep.login)
        self.assertEqual(lead.type, "lead")
        self.assertEqual(lead.stage_id, self.stage_new)
