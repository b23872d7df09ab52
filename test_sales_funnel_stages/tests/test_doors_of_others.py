from odoo.tests import tagged
from odoo.tools.misc import file_open

from odoo.addons.sales_funnel_stages.tests.door import tables_in
from odoo.addons.sales_funnel_stages.tests.door_case import DoorCase
from odoo.addons.sales_funnel_stages.tools.rulebook import GUIDE, OFF, POLICIES

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
class TestDoorsOfOthers(OtherDoorCase):
    """Every door of other addons, under every policy, for whoever may stand before it."""

    def test_people_are_stopped(self):
        for door in GATES:
            for actor in door.people():
                with self.at(door, actor) as lead:
                    self.assert_stops(door, lead)

    def test_others_are_exempt(self):
        for door in GATES:
            for actor in door.others():
                with self.at(door, actor) as lead:
                    self.assert_passes(door, lead, "exempt", door.unmet)

    def test_guide_and_off(self):
        for policy, verdict in ((GUIDE, "guided"), (OFF, "passed")):
            self.team.stage_rule_policy = policy
            for door in GATES:
                for actor in door.some_actors():
                    with self.at(door, actor) as lead:
                        unmet = door.unmet if policy == GUIDE else ()
                        self.assert_passes(door, lead, verdict, unmet)

    def test_free_doors(self):
        for policy in POLICIES:
            self.team.stage_rule_policy = policy
            for door in FREE:
                for actor in door.some_actors():
                    with self.at(door, actor) as lead:
                        self.assert_passes(door, lead, "passed")

    def test_the_table_that_people_read(self):
        with file_open("sales_funnel_stages/readme/DOORS.md") as file:
            [_of_crm, of_others] = tables_in(file.read())
        self.assertEqual(of_others, [door.row() for door in DOORS])
