from odoo.tests import TransactionCase

from ...models.leaving.going import Going

ADDON = "sales_funnel_stages"


class LeavingCommon(TransactionCase):
    """What would go if the addon, and what needs it, were uninstalled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        addon = cls.env["ir.module.module"]._get(ADDON)
        cls.modules = addon | addon.downstream_dependencies()
        cls.going = Going(cls.env, cls.modules)
        cls.lead_model = cls.env["ir.model"]._get("crm.lead")

    def find(self):
        """→ ``{name: Use}`` of all that uses what goes."""
        return {use.name: use for use in self.modules._find_uses()}
