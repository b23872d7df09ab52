from odoo.tests import tagged
from odoo.tools import SQL

from ..support.history_marks import made_up_history
from .test_ledger import LedgerCommon


@tagged("post_install", "-at_install")
class TestDoubtful(LedgerCommon):
    """What earlier versions recorded in the wrong order is marked, told, and left out."""

    def setUp(self):
        super().setUp()
        self.lead = self.make_opportunity("Nested", stage_id=self.stage_new.id)

    def record(self, *places):
        """Let the ledger have these rows, as ``(from, to)``, all of one moment."""
        model = self.env["crm.stage.transition"]
        [first] = self.lead.sudo().transition_ids.ids
        for start, end in places:
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO crm_stage_transition (
                        lead_id, lead_ref, date, direction, from_type, from_stage_id, from_status,
                        to_type, to_stage_id, to_status, team_id, company_id, seconds_in_previous
                    )
                    SELECT lead_id, lead_ref, date, 'forward', to_type, %s, to_status,
                           to_type, %s, to_status, team_id, company_id, 0
                      FROM crm_stage_transition WHERE id = %s
                    RETURNING id
                    """,
                    start.id,
                    end.id,
                    first,
                )
            )
        self.env.execute_query(
            SQL(
                "UPDATE crm_lead SET stage_id = %s WHERE id = %s RETURNING id", end.id, self.lead.id
            )
        )
        self.env.invalidate_all()
        return model.search([("lead_ref", "=", self.lead.id)], order="id") - model.browse(first)

    def mark(self):
        return self.env["crm.stage.transition"]._mark_doubtful()

    def entered(self):
        """Return in how many of its stages the funnel has the lead, by their names."""
        groups = self.env["crm.funnel.report"]._read_group(
            [("lead_ref", "=", self.lead.id), ("is_skipped", "=", False)], ["stage_id"], ["__count"]
        )
        return {stage.name: count for stage, count in groups}

    @made_up_history("rows as earlier versions have left them")
    def test_a_step_recorded_before_the_one_it_was_within(self):
        new, qualified, proposition = self.stage_new, self.stage_qualified, self.stage_proposition
        within, around = self.record((qualified, proposition), (new, proposition))
        self.assertEqual(self.entered(), {"New": 1, "Proposition": 2})
        channel = self.env.ref("mail.channel_admin")
        known = channel.message_ids
        self.assertEqual(self.mark(), within)
        self.assertTrue(within.is_doubtful)
        self.assertFalse(around.is_doubtful)
        self.assertEqual(self.entered(), {"New": 1, "Proposition": 1})
        self.assertIn("1 steps", (channel.message_ids - known).body)

    @made_up_history("rows as earlier versions have left them")
    def test_a_card_that_was_moved_back(self):
        back = self.record((self.stage_qualified, self.stage_new))
        self.assertEqual(self.mark(), back)
        self.assertEqual(self.entered(), {"New": 1})

    @made_up_history("a lead that was moved by SQL")
    def test_what_something_else_has_moved(self):
        self.record((self.stage_qualified, self.stage_proposition))
        self.assertFalse(self.mark())

    def test_a_history_as_it_should_be(self):
        self.lead.with_env(self.env).stage_id = self.stage_qualified
        channel = self.env.ref("mail.channel_admin")
        known = channel.message_ids
        self.assertFalse(self.mark())
        self.assertEqual(channel.message_ids, known)
