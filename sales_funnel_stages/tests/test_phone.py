from odoo.tests import HttpCase, tagged

from ..tools.rulebook import GUIDE
from .insight.test_stuck import StuckCommon


@tagged("post_install", "-at_install")
class TestPhone(HttpCase, StuckCommon):
    """What a sales manager looks at on a phone is there as a whole."""

    browser_size = "400x800"
    touch_enabled = True

    def test_impact_of_teams(self):
        self.team.stage_rule_policy = GUIDE
        self.make_opportunity("Tour: won", stage=self.stage_won)
        self.make_opportunity("Tour: desks")
        self.start_tour("/odoo", "sales_funnel_stages_phone_impact", login=self.manager.login)

    def test_stuck(self):
        self.add_stays(self.stage_qualified, [14] * 20)
        self.came(self.make_opportunity("Tour: late", self.stage_qualified, self.manager), 30)
        self.start_tour("/odoo", "sales_funnel_stages_phone_stuck", login=self.manager.login)

    def test_history(self):
        lead = self.make_opportunity("Tour: late")
        self.start_tour("/odoo", "sales_funnel_stages_phone_history", login=self.manager.login)
        self.start_tour(
            f"/odoo/crm/{lead.id}",
            "sales_funnel_stages_phone_history_of_one",
            login=self.manager.login,
        )
