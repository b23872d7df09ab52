from ...models.leaving.use import DEACTIVATED, FREED
from .common import LeavingCommon

FORM = "crm.crm_lead_view_form"
OURS = "sales_funnel_stages.crm_lead_view_form"


class TestViews(LeavingCommon):
    def make(self, name, place, position, content, inherited=FORM, **values):
        inherited = inherited if isinstance(inherited, int) else self.env.ref(inherited).id
        return self.env["ir.ui.view"].create(
            {
                "name": name,
                "model": "crm.lead",
                "inherit_id": inherited,
                "priority": 99,
                "arch": f'<xpath expr="{place}" position="{position}">{content}</xpath>',
                **values,
            }
        )

    def remedies(self, *views):
        found = self.find()
        return [found[view.name].remedy if view.name in found else None for view in views]

    def test_one_that_does_not_hold_takes_no_other_along(self):
        page = "//page[@name='qualification']"
        lost = self.make("lost", page, "inside", '<field name="phone"/>')
        kept = self.make("kept", "//field[@name='tag_ids']", "after", '<field name="phone"/>')
        freed = self.make(
            "freed", "//field[@name='tag_ids']", "after", '<field name="need_level"/><br/>'
        )
        self.assertEqual(self.remedies(lost, kept, freed), [DEACTIVATED, None, FREED])

    def test_views_on_views(self):
        base = self.make(
            "base",
            "//field[@name='tag_ids']",
            "after",
            '<group name="mine"><field name="need_level"/></group>',
        )
        on_it = self.make(
            "on it", "//group[@name='mine']", "inside", '<field name="phone"/>', base.id
        )
        self.assertEqual(self.remedies(base, on_it), [FREED, None])

    def test_views_on_ours_stand_on_odoo_s(self):
        kept = self.make("kept", "//field[@name='tag_ids']", "after", '<field name="phone"/>', OURS)
        off = self.make(
            "off", "//field[@name='tag_ids']", "after", '<field name="phone"/>', OURS, active=False
        )
        lost = self.make("lost", "//page[@name='qualification']", "inside", "<br/>", OURS)
        self.assertEqual(self.remedies(kept, off, lost), [FREED, FREED, DEACTIVATED])
        form = self.env.ref(FORM)
        found = self.find()
        for view in (kept, off, lost):
            self.assertEqual(found[view.name].values["inherit_id"], form.id)
        self.assertNotIn("active", found["off"].values)

    def test_to_find_changes_nothing(self):
        view = self.make(
            "view", "//field[@name='tag_ids']", "after", '<field name="need_level"/><br/>'
        )
        views = self.env["ir.ui.view"].with_context(active_test=False).search([])
        before = {each.id: (each.arch_db, each.active, each.inherit_id) for each in views}
        self.assertEqual(self.remedies(view), [FREED])
        self.assertEqual(
            before, {each.id: (each.arch_db, each.active, each.inherit_id) for each in views}
        )

    def test_a_page_of_qweb(self):
        page = self.env["ir.ui.view"].create(
            {
                "name": "page",
                "type": "qweb",
                "arch": '<t t-name="x.page"><p t-out="doc.need_level"/>'
                '<p t-out="doc.name">need_level</p></t>',
            }
        )
        arch = self.find()[page.name].values["arch_db"]
        self.assertNotIn("doc.need_level", arch)
        self.assertIn('<p t-out="doc.name">need_level</p>', arch)
