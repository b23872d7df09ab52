from odoo.tests import tagged
from odoo.tools import SQL

from ..models.gate.gate import CrmLead
from ..tools.rulebook import GUIDE
from .support.common import StageRuleCommon
from .support.flush_net import FlushNet


def past_the_gate(leads):
    """Return leads as Odoo would write them without the gate."""
    return super(CrmLead, leads)


@tagged("post_install", "-at_install")
class TestFlushNet(StageRuleCommon):
    """The net under the doors (see ``DoorCase``) catches what it is there for."""

    def assert_caught(self, move, *args):
        """Assert that the net catches a move past the gate; it is undone then."""
        savepoint = self.env.cr.savepoint()
        try:
            with FlushNet(self.env) as net:
                move(*args)
                net.check()
            self.assertEqual({missed[0] for missed in net.missed}, net.noted)
            self.assertEqual(len(net.noted), 1)
        finally:
            savepoint.close(rollback=True)

    def test_a_write_past_the_gate(self):
        lead = self.make_opportunity().sudo()
        other = self.make_team("Others", GUIDE)
        for values in (
            {"type": "lead"},
            {"stage_id": self.stage_qualified.id},
            {"team_id": other.id},
            {"active": False, "probability": 0},
            {"stage_id": self.stage_won.id},
        ):
            with self.subTest(values=values):
                self.assert_caught(past_the_gate(lead).write, values)

    def test_there_and_back_past_the_gate(self):
        """That it ends where the ledger says is not enough."""
        lead = self.make_opportunity().sudo()

        def move():
            for stage in (self.stage_qualified, self.stage_new):
                past_the_gate(lead).write({"stage_id": stage.id})
                lead.flush_recordset()

        self.assert_caught(move)

    def test_what_is_computed_past_the_gate(self):
        """What Odoo derives when it flushes, with no call of ``write`` at all."""
        lead = self.make_opportunity().sudo()
        other = self.make_team("Others", GUIDE)
        self.stage_new.team_ids = self.team
        self.env.execute_query(
            SQL("UPDATE crm_lead SET team_id = %s WHERE id = %s RETURNING 1", other.id, lead.id)
        )
        lead.invalidate_recordset()

        self.assert_caught(self.env.add_to_compute, lead._fields["stage_id"], lead)
        past_the_gate(lead).write({"team_id": self.team.id})

    def test_a_creation_past_the_gate(self):
        lead_model = self.env["crm.lead"]
        self.assert_caught(past_the_gate(lead_model).create, [{"name": "New", "type": "lead"}])

    def test_what_is_recorded(self):
        """The net does not catch what it should not, and leaves nothing behind."""
        lead_class = type(self.env["crm.lead"])
        methods = [lead_class.write, lead_class.create, lead_class._create, lead_class._write_multi]
        with FlushNet(self.env) as net:
            lead = self.make_lead().with_env(self.env)
            lead.type = "opportunity"
            lead.action_set_won()
            self.make_lead("Other").sudo().unlink()
            net.check()
        self.assertFalse(net.missed)
        self.assertLessEqual({lead.id}, net.noted)
        self.assertEqual(
            methods,
            [lead_class.write, lead_class.create, lead_class._create, lead_class._write_multi],
        )
