from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...tools.rulebook import GUIDE
from ..support.common import (
    CONVERT_ANSWERS,
    PROPOSITION_ANSWERS,
    QUALIFIED_ANSWERS,
    StageRuleCommon,
)

# requirements and engagement are what is missing to enter Qualified
NEARLY = {"contact_role": "decision_maker", "first_contact_date": "today"}


@tagged("post_install", "-at_install")
class TestStageMoveTours(HttpCase, StageRuleCommon):
    """The dialog of a refused move, from wherever the move is tried."""

    def setUp(self):
        super().setUp()
        # forms follow the rules as they are now, whatever a test before has made of them
        self.env["crm.qualification.criterion"]._renew_rulebook()
        self.lead = self.make_opportunity("Tour: desks", **self.answers(CONVERT_ANSWERS, NEARLY))

    def start_tour_as_rep(self, name, url="/odoo"):
        """Run a tour in which moves are refused, which Odoo's server notes in its log."""
        with mute_logger("odoo.http"):
            self.start_tour(url, f"sales_funnel_stages_{name}", login=self.rep.login)

    def make_action(self, view, mode, **context):
        return self.env["ir.actions.act_window"].create(
            {
                "name": "Tour",
                "res_model": "crm.lead",
                "view_mode": f"{mode},form",
                "view_id": self.env.ref(view).id,
                "domain": [("type", "=", "opportunity")],
                "context": context,
            }
        )

    def assert_filled_in(self):
        self.assertEqual(self.lead.stage_id, self.stage_qualified)
        self.assertEqual(self.lead.requirement_summary, "Forty seats")
        self.assert_step(self.lead, verdict="passed", by_user_id=self.rep)

    # one step: what is tried before and given up leaves nothing in the ledger
    def test_by_drag(self):
        self.start_tour_as_rep("move_by_drag")
        self.assert_filled_in()
        self.assertEqual(len(self.rows(self.lead)), 2)

    def test_in_the_forecast(self):
        action = self.make_action(
            "crm.crm_lead_view_kanban_forecast", "kanban", group_by=["stage_id"]
        )
        self.start_tour_as_rep("move_in_forecast", f"/odoo/action-{action.id}")
        self.assert_filled_in()

    def test_by_statusbar(self):
        self.start_tour_as_rep("move_by_statusbar")
        self.assert_filled_in()
        self.assertEqual(self.lead.need_summary, "Typed before")

    def test_in_the_list(self):
        action = self.make_action("crm.crm_case_tree_view_oppor", "list")
        self.start_tour_as_rep("move_in_list", f"/odoo/action-{action.id}")
        self.assert_filled_in()

    def test_the_rules_of_a_column(self):
        self.start_tour_as_rep("stage_rules_menu")

    def test_won_by_button(self):
        self.lead.sudo().write(
            {
                **self.answers(QUALIFIED_ANSWERS, PROPOSITION_ANSWERS),
                "partner_id": self.customer.id,
            }
        )
        self.start_tour_as_rep("won_by_button")
        self.assertEqual(self.lead.stage_id, self.stage_won)
        self.assertEqual(self.lead.contract_status, "signed")

    def test_a_guided_move(self):
        self.team.stage_rule_policy = GUIDE
        self.start_tour_as_rep("guided_move")
        self.assertEqual(self.lead.stage_id, self.stage_qualified)
        self.assertEqual(self.lead.requirement_summary, "Forty seats")
        self.assert_step(self.lead, verdict="guided")

    def test_saved_without_moving(self):
        self.start_tour_as_rep("move_saved_only")
        self.assertEqual(self.lead.stage_id, self.stage_new)
        self.assertEqual(self.lead.requirement_summary, "Forty seats")

    def test_lines_of_the_lead(self):
        self.env["crm.tag"].create({"name": "Tour: big"})
        self.criterion("requirements").domain = "[('tag_ids', '!=', False)]"
        self.criterion(
            "engagement"
        ).domain = "[('stakeholder_ids', 'any', [('is_key_contact', '=', True)])]"
        self.start_tour_as_rep("move_with_lines")
        self.assertEqual(self.lead.stage_id, self.stage_qualified)
        self.assertEqual(self.lead.tag_ids.name, "Tour: big")
        self.assertEqual(self.lead.stakeholder_ids.contact_name, "Ann")

    def test_by_keys(self):
        """Any fields of the lead, in the order of the checklist."""
        self.criterion("requirements").domain = "[('phone', '!=', False)]"
        self.criterion("engagement").domain = "[('email_from', '!=', False)]"
        self.start_tour_as_rep("move_by_keys")
        self.assertEqual(self.lead.stage_id, self.stage_qualified)
        self.assertEqual(self.lead.email_from, "ann@desks.example.com")

    def test_several_of_which_some_are_ready(self):
        for name in ("Tour: lamps", "Tour: shelves"):
            answers = self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS)
            self.make_opportunity(name, **answers)
        action = self.make_action("crm.crm_case_tree_view_oppor", "list")
        action.domain = [("name", "like", "Tour: ")]
        self.start_tour_as_rep("move_of_several", f"/odoo/action-{action.id}")
        self.assertEqual(self.lead.stage_id, self.stage_new)
