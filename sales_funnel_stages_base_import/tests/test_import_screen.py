from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.sales_funnel_stages.tests.support.common import StageRuleCommon
from odoo.addons.web.tests.test_js import unit_test_error_checker


@tagged("post_install", "-at_install")
class TestImportScreen(StageRuleCommon, HttpCase):
    # base_import's own upload is called with more arguments than it takes, says the log
    @mute_logger("odoo.http")
    def test_refused_rows_and_the_lenient_option(self):
        self.start_tour(
            "/odoo/action-crm.crm_lead_all_leads/import",
            "sales_funnel_stages_import_tour",
            login=self.rep.login,
        )
        bare, qualified, too_far = (
            self.env.ref(f"import_tour.{name}") for name in ("bare", "qualified", "too_far")
        )
        self.assertEqual(bare.type, "lead")
        self.assertEqual(qualified.type, "opportunity")
        self.assertEqual(too_far.stage_id, self.stage_new)

    @mute_logger("odoo.http")
    def test_past_deals(self):
        self.start_tour(
            "/odoo/action-crm.crm_lead_all_leads/import",
            "sales_funnel_stages_past_deals_tour",
            login=self.manager.login,
        )
        leads = self.env["crm.lead"].search([("name", "in", ["Canopy 2024", "Fence 2024"])])
        rows = leads.transition_ids.sorted("id")
        self.assertEqual(
            [row.date.strftime("%Y-%m") for row in rows],
            ["2024-01", "2024-02", "2024-03", "2024-05"],
        )
        self.assertEqual(set(rows.mapped("is_imported")), {True})

    def test_hoot(self):
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            "&filter=@sales_funnel_stages_base_import",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )
