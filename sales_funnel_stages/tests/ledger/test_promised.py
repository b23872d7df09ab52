from odoo.fields import Command, Date
from odoo.tests import tagged
from odoo.tools import SQL

from ..support.common import StageRuleCommon
from ..support.history_marks import made_up_history

NAMES = (
    *("probability", "automated_probability", "date_deadline", "next_activity_date"),
    *("stakeholder_count", "engaged_stakeholder_count"),
)


@tagged("post_install", "-at_install")
class TestPromised(StageRuleCommon):
    """What was promised when a lead moved stays in its row."""

    def test_a_move(self):
        lead = self.make_opportunity(probability=35, date_deadline="2031-05-06").with_env(self.env)
        lead.write(
            {
                "stakeholder_ids": [
                    Command.create({"contact_name": "Ann", "relationship": "champion"}),
                    Command.create({"contact_name": "Bo", "relationship": "engaged"}),
                    Command.create({"contact_name": "Cy"}),
                ]
            }
        )
        for date in ("2031-02-03", "2031-01-02"):
            lead.activity_schedule("mail.mail_activity_data_call", Date.to_date(date))
        lead.activity_schedule("mail.mail_activity_data_call", Date.to_date("2030-01-01"))
        lead.activity_ids.sorted("date_deadline")[0].action_done()
        predicted = lead.automated_probability
        lead.stage_id = self.stage_qualified
        row = self.assert_step(
            lead,
            probability=35,
            date_deadline=Date.to_date("2031-05-06"),
            next_activity_date=Date.to_date("2031-01-02"),
            stakeholder_count=3,
            engaged_stakeholder_count=2,
        )
        self.assertAlmostEqual(row.automated_probability, predicted, 2)
        lead.write({"date_deadline": "2032-01-01", "probability": 50})
        self.assertEqual(row.date_deadline, Date.to_date("2031-05-06"))
        self.assertEqual(row.probability, 35)

    def test_what_nobody_knows_is_empty(self):
        """Neither of what Odoo had tracked before, nor of what was imported with its dates."""
        known = SQL(" OR ").join(SQL("%s IS NOT NULL", SQL.identifier(name)) for name in NAMES)
        counts = self.env.execute_query(
            SQL(
                "SELECT count(*) > 0, count(*) FILTER (WHERE %s)"
                "  FROM crm_stage_transition WHERE is_reconstructed",
                known,
            )
        )
        self.assertEqual(counts, [(True, 0)])
        imported = self.env["crm.lead"].create(
            {
                "name": "Imported",
                "type": "opportunity",
                "past_create_date": "2020-01-01",
                "date_conversion": "2020-02-01",
                "date_deadline": "2031-05-06",
            }
        )
        self.assertEqual(self.rows(imported).mapped("is_imported"), [True, True])
        self.assertEqual(
            self.rows(imported).mapped("date_deadline"), [False, imported.date_deadline]
        )

    def test_reports_count_moves(self):
        """A promise is a row of the history, and no step."""
        lead = self.make_opportunity().with_env(self.env)
        lead.stage_id = self.stage_qualified
        self.env.flush_all()
        counted = [
            lambda: self.env["crm.funnel.report"].search_count([("lead_id", "=", lead.id)]),
            lambda: self.env["crm.gate.report"].search_count([("lead_id", "=", lead.id)]),
            lambda: self.env["crm.criterion.worth"].search_count([]),
            lead._get_step_starts,
        ]
        before = [count() for count in counted]
        columns = [name for name in self._frozen_columns() if name != "id"]
        names = SQL(", ").join(map(SQL.identifier, columns))
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_stage_transition (%(names)s, kind, verdict, policy, from_type,"
                " from_stage_id, from_status, seconds_in_previous)"
                " SELECT %(names)s, 'promise', 'overridden', 'enforce', to_type, to_stage_id,"
                " to_status, 5 FROM crm_stage_transition WHERE id = %(id)s",
                names=names,
                id=self.rows(lead)[-1].id,
            )
        )
        self.env.invalidate_all()
        self.assertEqual(self.rows(lead).mapped("kind"), ["move", "move", "promise"])
        self.assertEqual([count() for count in counted], before)

    def _frozen_columns(self):
        return (
            *("lead_id", "lead_ref", "lead_name", "date", "direction", "to_type", "to_status"),
            *("to_stage_id", "team_id", "company_id", "user_id", "expected_revenue"),
        )


@tagged("post_install", "-at_install")
class TestMarks(StageRuleCommon):
    """What is known of a row only later lies beside it."""

    @made_up_history("a row is marked")
    def test_marks(self):
        rows = self.rows(self.make_opportunity()) + self.rows(self.make_opportunity("Other"))
        marks = self.env["crm.stage.transition.mark"]
        marks._mark(rows[0].ids, "undone")
        marks._mark(rows[0].ids, "undone")
        self.assertEqual(rows.mapped("is_undone"), [True, False])
        self.assertEqual(rows.mapped("is_doubtful"), [False, False])
        model = self.env["crm.stage.transition"].with_user(self.manager)
        of_both = [("id", "in", rows.ids)]
        for value, found in ((True, rows[0]), (False, rows[1])):
            self.assertEqual(model.search([*of_both, ("is_undone", "=", value)]), found)
            self.assertEqual(model.search([*of_both, ("is_undone", "!=", not value)]), found)
        self.assertEqual(
            model._read_group(of_both, ["is_undone"], ["__count"]), [(False, 1), (True, 1)]
        )
        self.assertEqual(rows.filtered_domain([("is_undone", "=", True)]), rows[0])
        self.assertFalse(self.env["crm.stage.transition"].verify_ledger()["problems"])
