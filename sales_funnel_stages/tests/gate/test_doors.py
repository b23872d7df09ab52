from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..support.common import CONVERT_ANSWERS, PROPOSITION_ANSWERS, QUALIFIED_ANSWERS, WON_ANSWERS
from ..support.door import ANYBODY, HEAD, MANAGER, MANAGERS
from ..support.door_case import DoorCase, EveryDoor
from ..support.doors import DOORS, FREE, GATES
from ..support.pages import read_tables
from ..support.permission import by_permission


@tagged("post_install", "-at_install")
class TestDoors(EveryDoor, DoorCase):
    """The doors of crm."""

    gates, free = GATES, FREE

    def test_what_qualifies_passes(self):
        known = {
            "partner_id": self.customer.id,
            **self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS, PROPOSITION_ANSWERS, WON_ANSWERS),
        }
        with patch.object(type(self), "known", known):
            for door in GATES:
                for actor in door.people()[:1] if door.start else ():
                    with self.at(door, actor) as lead:
                        self.assert_passes(door, lead, "passed")

    def test_overridden(self):
        for door in GATES:
            if door.who in (ANYBODY, MANAGERS):
                with self.at(door, MANAGER, **by_permission("Signed on paper")) as lead:
                    self.assert_passes(door, lead, "overridden", door.unmet)

    @mute_logger("odoo.sql_db")
    def test_a_stage_with_leads_cannot_be_deleted(self):
        lead = self.make_opportunity(stage=self.stage_on_hold)
        with self.assertRaises(UserError):
            self.stage_on_hold.with_user(self.manager).unlink()
        self.assert_moved(lead, self.stage_on_hold)

    def test_names(self):
        names = [door.name for door in DOORS]
        self.assertEqual(len(names), len(set(names)))

    def test_the_table_that_people_read(self):
        of_crm, _of_others = read_tables("DOORS.md", HEAD)
        self.assertEqual(of_crm, [door.row() for door in DOORS])
