from odoo.tests import HttpCase, tagged

from .support.common import StageRuleCommon


@tagged("post_install", "-at_install")
class TestArabic(HttpCase, StageRuleCommon):
    """A rep who works in Arabic reads from the right, and all of it fits."""

    def test_in_the_browser(self):
        self.env.ref("base.group_user").implied_ids |= self.env.ref("crm.group_use_lead")
        self.env["res.lang"]._activate_lang("ar_001")
        self.rep.lang = "ar_001"
        self.make_lead("Tour: desks")
        self.start_tour("/odoo", "sales_funnel_stages_arabic", login=self.rep.login)
