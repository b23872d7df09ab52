from contextlib import closing

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sales_funnel_stages.tests.support.pages import read_table

from .test_doors_of_others import OtherDoorCase

HEAD = ["what a person does", "what a rule does within it", "the history"]
#: what a rule writes, on leads of which its domain holds
RULES = {
    "moves it on to Proposition": (
        {"stage_id": "Proposition"},
        [("stage_id.name", "=", "Qualified")],
    ),
    "moves it on to Qualified": ({"stage_id": "Qualified"}, [("stage_id.name", "=", "New")]),
    "moves it back to New": ({"stage_id": "New"}, [("stage_id.name", "=", "Qualified")]),
    "hands it to another team": (
        {"team_id": "Others"},
        [("stage_id.is_won", "=", True), ("team_id.name", "!=", "Others")],
    ),
    "marks it as lost": (
        {"active": False, "probability": 0},
        [("stage_id.name", "=", "Qualified"), ("active", "=", True)],
    ),
    "restores it": ({"active": True}, [("won_status", "=", "lost")]),
}


@tagged("post_install", "-at_install")
class TestNestedSteps(OtherDoorCase):
    """What rules do that Odoo runs whenever it computes a field, within what somebody does."""

    def test_the_table_that_people_read(self):
        rows = read_table("DOORS.md", *HEAD)
        self.assertGreater(len(rows), 4)
        for does, within, history in rows:
            with self.subTest(does, within=within), closing(self.env.cr.savepoint()):
                self.team.stage_rule_policy = "off"
                lead = self.make_opportunity("Nested", stage_id=self.stage_new.id)
                known = self.rows(lead)
                self.make_rule(*RULES[within])
                lead = self.do(does, lead.with_env(self.env))
                told = ", ".join(map(self.tell, self.rows(lead) - known))
                self.assertEqual(told, history)
            self.env.invalidate_all()
            self.env["base.automation"]._unregister_hook()

    def make_rule(self, values, domain):
        """Make a rule without trigger fields, which writes values where a domain holds."""
        named = {
            "stage_id": self.stage_new + self.stage_qualified + self.stage_proposition,
            "team_id": self.other_team,
        }
        values = {
            name: dict(zip(named[name].mapped("name"), named[name].ids, strict=True))[value]
            if name in named
            else value
            for name, value in values.items()
        }
        lead_model_id = self.env["ir.model"]._get_id("crm.lead")
        self.env["base.automation"].create(
            {
                "name": "Within",
                "model_id": lead_model_id,
                "trigger": "on_create_or_write",
                "filter_domain": "[('name', '=', 'Nested')]",
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "Within",
                            "model_id": lead_model_id,
                            "state": "code",
                            "code": f"records.filtered_domain({domain}).write({values})",
                            "usage": "base_automation",
                        }
                    )
                ],
            }
        )

    def do(self, does, lead):
        """Let a person do something, up to the end of the transaction; return the lead."""
        if does.startswith("creates"):
            lead = self.make_opportunity("Nested", stage_id=self.stage_new.id)
        elif does.endswith("as lost"):
            lead.action_set_lost()
        else:
            stage = self.stage_won if does.endswith("Won") else self.stage_qualified
            lead.write({"stage_id": stage.id})
        self.env.cr.flush()
        return lead

    @staticmethod
    def tell(row):
        """Return what the table says of a row."""
        if row.direction in ("lost", "reopened"):
            return row.direction
        if row.direction == "handed_over":
            return "handed over"
        return f"{row.from_stage_name or ''} → {row.to_stage_name}".strip()
