from odoo.tests import HttpCase, tagged

from ..support.funnel_common import FunnelReportCommon
from ..support.pages import read_table

PAGE = "FUNNEL.md"


class OwnFieldsCommon(FunnelReportCommon):
    """Fields that a company has added to leads by itself."""

    def setUp(self):
        super().setUp()
        selection = [(0, 0, {"value": each, "name": each.title()}) for each in ("north", "south")]
        self.make_custom_field(
            "x_region", "selection", field_description="Region", selection_ids=selection
        )
        self.make_custom_field("x_floors", "integer", field_description="Floors")
        self.make_custom_field("x_visit", "date", field_description="Visited On")
        self.make_custom_field(
            "x_partner", "many2one", field_description="Fitter", relation="res.partner"
        )
        self.make_custom_field("x_tags", "many2many", field_description="Kind", relation="crm.tag")
        self.make_custom_field("x_plan", "html", field_description="Plan")
        tag = self.env["crm.tag"].create({"name": "Big"})
        # in the environment that knows the fields
        self.leads = self.env["crm.lead"].browse(self.leads.ids)
        self.leads[0].write(
            {
                "x_region": "north",
                "x_floors": 3,
                "x_visit": "2030-05-06",
                "x_partner": self.customer.id,
                "x_tags": [(6, 0, tag.ids)],
            }
        )
        self.leads[1].x_region = "south"
        self.env.flush_all()


@tagged("post_install", "-at_install")
class TestFunnelOwnFields(OwnFieldsCommon):
    GROUPED = {"lead_id.x_region", "lead_id.x_floors", "lead_id.x_visit", "lead_id.x_partner"}

    def get_fields(self, user=None):
        report = self.env["crm.funnel.report"].with_user(user or self.manager)
        views = report.get_views([(False, "pivot"), (False, "list"), (False, "search")])
        return views["models"]["crm.funnel.report"]["fields"]

    def test_the_views_are_told_of_them(self):
        fields = self.get_fields()
        own = {name for name in fields if "." in name}
        self.assertEqual(own, self.GROUPED | {"lead_id.x_tags"})
        for name in own:
            with self.subTest(name):
                self.assertTrue(fields[name]["groupable"])
                self.assertEqual(fields[name]["name"], name)
                self.assertNotIn("aggregator", fields[name])
        self.assertEqual(fields["lead_id.x_region"]["string"], "Region")

    def test_each_group_can_be_asked_for(self):
        """In a list, in a pivot and in a graph, as a manager."""
        report = self.env["crm.funnel.report"].with_user(self.manager)
        for name, field in self.get_fields().items():
            if "." not in name:
                continue
            spec = f"{name}:month" if field["type"] == "date" else name
            with self.subTest(spec):
                groups = report.web_read_group(self.domain, [spec], ["reached:count_distinct"])
                self.assertGreaterEqual(len(groups["groups"]), 2)
                found = report.formatted_read_group(self.domain, [spec], ["entered:sum"])
                [[total]] = report.formatted_read_grouping_sets(self.domain, [[]], ["entered:sum"])
                self.assertEqual(sum(group["entered:sum"] for group in found), total["entered:sum"])
                [pivot] = report.formatted_read_grouping_sets(
                    self.domain, [["step_type", spec]], ["entered:sum"]
                )
                self.assertEqual(sum(group["entered:sum"] for group in pivot), total["entered:sum"])

    def test_the_example_that_people_read(self):
        leads = self.env["crm.lead"]
        for name, region, stage in read_table(PAGE, "opportunity", "region", "how far it came"):
            lead = leads.browse(self.make_opportunity(name).id)
            lead.x_region = region.lower()
            for each in self.stage_qualified + self.stage_proposition:
                if lead.stage_id.name != stage:
                    lead.stage_id = each
            leads += lead
        self.env.flush_all()
        report = self.env["crm.funnel.report"].with_user(self.manager)
        measures = ["reached:count_distinct", "converted:count_distinct", "entered:sum"]
        # what the screen offers, by its label
        [region] = [name for name, each in self.get_fields().items() if each["string"] == "Region"]
        groups = report.formatted_read_group([("lead_id", "in", leads.ids)], [region], measures)
        self.assertEqual(
            [
                [(each[region] or "").title(), *(str(each[name]) for name in measures)]
                for each in groups
            ],
            read_table(PAGE, "region", "reached", "went on", "entered"),
        )

    def test_a_field_that_is_not_for_everybody(self):
        self.patch(self.env["crm.lead"]._fields["x_region"], "groups", "base.group_system")
        self.assertNotIn("lead_id.x_region", self.get_fields())

    def test_a_field_that_is_gone(self):
        self.env["ir.model.fields"].search([("name", "=", "x_floors")]).unlink()
        fields = self.get_fields()
        self.assertNotIn("lead_id.x_floors", fields)
        self.assertIn("lead_id.x_region", fields)

    def test_others_are_told_of_fields_only(self):
        """Programs, and the editor of filters, which follows paths by itself."""
        names = self.env["crm.funnel.report"].with_user(self.manager).fields_get()
        self.assertFalse([name for name in names if "." in name])


@tagged("post_install", "-at_install")
class TestFunnelOwnFieldsTour(HttpCase, OwnFieldsCommon):
    def test_on_the_screen(self):
        self.start_tour("/odoo", "sales_funnel_stages_funnel_own_fields", login=self.manager.login)
