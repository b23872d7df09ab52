from odoo.tests import tagged

from odoo.addons.sales_funnel_stages.tests.support.door import HEAD
from odoo.addons.sales_funnel_stages.tests.support.door_case import DoorCase, EveryDoor
from odoo.addons.sales_funnel_stages.tests.support.pages import read_tables

from .doors_of_others import DOORS, FREE, GATES


class OtherDoorCase(DoorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # automation rules are patched into the models, and outlive what undoes them
        cls.addClassCleanup(cls.env["base.automation"]._unregister_hook)
        cls.website = cls.env["website"].search([], limit=1)
        cls.product = cls.env["product.product"].create({"name": "Chair"})
        grade = cls.env["res.partner.grade"].create({"name": "Gold"})
        cls.portal.partner_id.write({"grade_id": grade.id, "user_id": cls.rep.id})

    @classmethod
    def make_lead(cls, name="Some lead", user=None, **values):
        """Create a lead that was forwarded to the reseller."""
        values = {"partner_assigned_id": cls.portal.partner_id.id, **values}
        return super().make_lead(name, user, **values)


@tagged("post_install", "-at_install")
class TestDoorsOfOthers(EveryDoor, OtherDoorCase):
    """The doors of other addons."""

    gates, free = GATES, FREE

    def test_the_table_that_people_read(self):
        _of_crm, of_others = read_tables("DOORS.md", HEAD)
        self.assertEqual(of_others, [door.row() for door in DOORS])
