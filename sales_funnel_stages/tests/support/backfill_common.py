from datetime import datetime, timedelta

from odoo.tools import SQL

from ...tools.rulebook import GUIDE
from .common import StageRuleCommon
from .guard import let_history_change

# far from the moments at which the tests run
START = datetime(2020, 1, 6, 9)
# the stages of the fixture
NEW, QUALIFIED, PROPOSITION, WON = "New", "Qualified", "Proposition", "Won"


class BackfillCommon(StageRuleCommon):
    """Leads with a past: what Odoo tracked of them, each day as if it were another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=False))
        # the gate is not the subject
        cls.team.stage_rule_policy = GUIDE

    def make_tracked_lead(self, **values):
        """Create a lead on day 0, as OdooBot."""
        lead = self.make_lead(**{"name": "Past", "expected_revenue": 100, **values})
        lead = lead.with_user(self.env.user).with_context(tracking_disable=False)
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.stamp(lead, create_date=0)
        return lead

    def on_day(self, day, lead, user=None, lang="en_US", tracked=True, **values):
        """Write values on a lead on some day, in one transaction, and have Odoo track it."""
        self.env.cr.execute("SELECT max(id) FROM mail_message")
        [(last_id,)] = self.env.cr.fetchall()
        lead.with_user(user or self.env.user).with_context(
            lang=lang, tracking_disable=not tracked
        ).write(values)
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.cr.execute(
            "UPDATE mail_message SET date = %s WHERE id > %s",
            [START + timedelta(days=day), last_id or 0],
        )
        self.env.invalidate_all()

    def stamp(self, lead, **days):
        """Set dates of a lead to days."""
        self.env.flush_all()
        for name, day in days.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_lead SET %s = %s WHERE id = %s",
                    SQL.identifier(name),
                    None if day is None else START + timedelta(days=day),
                    lead.id,
                )
            )
        self.env.invalidate_all()

    def backfill(self, *leads):
        """Forget the rows of leads, and make them from what was tracked.

        :return: the rows, from the first to the last
        """
        self.env.flush_all()
        ids = [lead.id for lead in leads]
        let_history_change(self.env)
        self.env.cr.execute(
            "DELETE FROM crm_stage_transition WHERE lead_ref = ANY(%s) OR lead_id = ANY(%s)",
            [ids, ids],
        )
        self.env["crm.stage.transition"]._backfill()
        return self.ledger_of(*leads)

    def ledger_of(self, *leads):
        return self.env["crm.stage.transition"].search(
            [("lead_id", "in", [lead.id for lead in leads])], order="date, id"
        )

    def assert_rows(self, rows, expected):
        """Assert what rows tell: lists of (day, direction, type, stage, status)."""
        found = [
            (
                (row.date - START).days,
                row.direction,
                row.to_type,
                row.to_stage_name,
                row.to_status,
            )
            for row in rows
        ]
        self.assertEqual(found, expected)
        for before, row in zip(rows, rows[1:], strict=False):
            if not row.is_gap:
                self.assertEqual(row.from_type, before.to_type)
                self.assertEqual(row.from_stage_name, before.to_stage_name)
                self.assertEqual(row.from_status, before.to_status)
        for row in rows:
            self.assertTrue(row.is_reconstructed)
            self.assertFalse(row.verdict or row.policy or row.receipt or row.unmet_criterion_ids)
