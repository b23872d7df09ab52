from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestJs(HttpCase):
    def test_components(self):
        """Run the unit tests of our own components, in a desktop's and a phone's window."""
        for preset in ("desktop", "mobile"):
            with self.subTest(preset=preset):
                self.browser_js(
                    f"/web/tests?headless&loglevel=2&preset={preset}&timeout=15000"
                    "&filter=@sales_funnel_stages/",
                    "",
                    "",
                    login="admin",
                    timeout=300,
                    success_signal="[HOOT] Test suite succeeded",
                    error_checker=lambda message: "[HOOT]" not in message,
                )
