import csv
from collections import Counter
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from ..exceptions import StageRuleError
from ..models.gate.doors.import_rows import ImportReport
from .support.maven import MavenImport
from .support.maven_files import MavenFiles, csv_totals, joined

# each 29th deal of the data set, with all that is odd about it
FOLDER = Path(__file__).parent / "data" / "maven_crm"


@tagged("post_install", "-at_install")
class TestMainJob(TransactionCase):
    """From a file of a real sales department to customers, under enforced rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.files = MavenFiles(FOLDER)
        cls.maven = MavenImport(cls.env, cls.files)
        cls.maven.import_master_data()
        cls.deals = cls.files.deals
        with open(FOLDER / "sales_pipeline.csv", newline="") as file:
            cls.rows = list(csv.DictReader(file))

    def test_the_whole_way(self):
        self.maven.import_leads()
        self.maven.go()
        self.assertEqual(self.maven.totals(), csv_totals(FOLDER))
        leads = self.maven.leads(self.deals)
        self.assertEqual(set(leads.mapped("type")), {"opportunity"})
        of_file = Counter(row["deal_stage"] for row in self.rows)
        self.assertEqual(
            Counter(lead.stage_id.name for lead in leads),
            {
                "New": of_file["Prospecting"],
                "Qualified": of_file["Engaging"] + of_file["Lost"],
                "Won": of_file["Won"],
            },
        )
        for lead, row in zip(leads, self.rows, strict=True):
            with self.subTest(deal=row["opportunity_id"]):
                self.assertEqual(lead.user_id.name, row["sales_agent"])
                self.assertIn(lead.user_id, lead.team_id.member_ids)
                self.assertEqual(
                    lead.partner_id.name,
                    row["account"] or f"Unknown customer ({row['opportunity_id']})",
                )
                self.assertEqual(
                    lead.tag_ids.name.replace(" ", ""), row["product"].replace(" ", "")
                )
                self.assertEqual(self.month_first(lead.date_closed), row["close_date"])
                self.assertEqual(self.month_first(lead.engagement_date), row["engage_date"])
                if row["deal_stage"] == "Won":
                    self.assertEqual(lead.expected_revenue, int(row["close_value"]))

    @staticmethod
    def month_first(day):
        return f"{day.month}/{day.day}/{day.year}" if day else ""

    def test_what_was_made_of_oddities_is_said(self):
        self.assertEqual(
            dict(self.files.notes),
            {
                "“GTXPro” was read as “GTX Pro”": sum(
                    row["product"] == "GTXPro" for row in self.rows
                ),
                "no account: the conversion creates an “Unknown customer”": sum(
                    not row["account"] for row in self.rows
                ),
                "no engagement date: taken for not engaged yet, stays in New": sum(
                    not row["engage_date"] for row in self.rows
                ),
                "“technolgy” was read as “technology”": 12,
                "“Philipines” was read as “Philippines”": 1,
                "“Korea” was read as “South Korea”": 1,
            },
        )
        technology = self.env.ref("maven_crm.sector_technology")
        self.assertEqual(self.env.ref("maven_crm.account_acme_corporation").industry_id, technology)
        self.assertEqual(
            self.env.ref("maven_crm.account_bluth_company").parent_id.name, "Acme Corporation"
        )

    def test_every_step_has_to_be_qualified_for(self):
        """Without the answers that the steps import, none of them is possible."""
        self.maven.import_leads()
        won = [deal for deal in self.deals if deal.stage == "Won"]
        agent = self.env.ref("maven_crm.user_darcel_schlecht")
        leads = self.maven.leads([deal for deal in won if deal.agent == agent.name]).with_user(
            agent
        )
        self.assertGreater(len(leads), 5)
        wizard = self.maven.convert_in_mass(leads)
        self.assertEqual(wizard.skipped_ids.lead_id, leads)
        self.assertEqual(set(leads.mapped("type")), {"lead"})
        self.maven.load(self.files.answers_to_convert(self.deals))
        self.assertFalse(self.maven.convert_in_mass(leads).skipped_ids)
        with self.assertRaises(StageRuleError):
            leads.write({"stage_id": self.maven.stages["qualified"].id})
        self.maven.load(self.files.answers_to_engage(won))
        leads.write({"stage_id": self.maven.stages["qualified"].id})
        with self.assertRaises(StageRuleError):
            leads.write({"stage_id": self.maven.stages["proposition"].id})
        self.maven.load(self.files.answers_to_propose(won))
        leads.write({"stage_id": self.maven.stages["proposition"].id})
        with self.assertRaises(StageRuleError):
            leads.action_set_won()
        self.maven.load(self.files.answers_to_win(won))
        leads.action_set_won()
        self.assertEqual(set(leads.mapped("won_status")), {"won"})

    # ------------------------------------------------------------------
    # All at once, as opportunities
    # ------------------------------------------------------------------

    def in_one_go(self, lenient=False):
        """Import all deals into the stages they end in: a third of them with all answers, a
        third with those for the conversion, a third without any.

        :return: what ``load`` returned
        """
        complete, started = self.deals[::3], self.deals[1::3]
        engaged = [deal for deal in complete if deal.engaged]
        won = [deal for deal in complete if deal.stage == "Won"]
        table = joined(
            self.files.leads(self.deals, "opportunity"),
            self.files.stages(self.deals),
            self.files.answers_to_convert(complete + started),
            self.files.answers_to_engage(engaged),
            self.files.answers_to_propose(won),
            self.files.answers_to_win(won),
        )
        model = self.maven.env["crm.lead"]
        if lenient:
            model = model.with_context(**ImportReport(is_lenient=True).context())
        return model.load(table.fields, table.rows)

    def is_refused(self, number):
        """Tell whether the row of that number lacks an answer."""
        return number % 3 == 2 or (
            number % 3 == 1 and self.rows[number]["deal_stage"] != "Prospecting"
        )

    def test_all_unqualified_rows_are_refused_by_number(self):
        result = self.in_one_go()
        self.assertFalse(result["ids"])
        self.assertEqual(
            [message["rows"] for message in result["messages"]],
            [{"from": n, "to": n} for n in range(len(self.rows)) if self.is_refused(n)],
        )
        self.assertEqual({message["type"] for message in result["messages"]}, {"error"})
        for message in result["messages"]:
            self.assertIn(self.rows[message["record"]]["opportunity_id"], message["message"])
            self.assertIn("Not met: ", message["message"])
        self.assertFalse(self.env["ir.model.data"].search([("name", "=like", "deal\\_%")]))

    def test_lenient_import_lets_them_in_as_far_as_they_qualify(self):
        result = self.in_one_go(lenient=True)
        leads = self.env["crm.lead"].browse(result["ids"])
        self.assertEqual(len(leads), len(self.rows))
        self.assertEqual(
            [(message["type"], message["rows"]["from"]) for message in result["messages"]],
            [("warning", n) for n in range(len(self.rows)) if self.is_refused(n)],
        )
        outcomes = {message["record"]: message["message"] for message in result["messages"]}
        stages = self.maven.stages
        expected = {
            "Prospecting": stages["new"],
            "Engaging": stages["qualified"],
            "Lost": stages["qualified"],
            "Won": stages["won"],
        }
        for number, (lead, row) in enumerate(zip(leads, self.rows, strict=True)):
            with self.subTest(number=number, deal=row["opportunity_id"]):
                if number % 3 == 0:
                    self.assertEqual(lead.type, "opportunity")
                    self.assertEqual(lead.stage_id, expected[row["deal_stage"]])
                elif number % 3 == 1:
                    self.assertEqual(lead.type, "opportunity")
                    self.assertEqual(lead.stage_id, stages["new"])
                else:
                    self.assertEqual(lead.type, "lead")
                if self.is_refused(number):
                    outcome = "as a lead." if number % 3 == 2 else "into New."
                    self.assertTrue(outcomes[number].endswith(f"Imported {outcome}"))
