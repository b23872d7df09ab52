import csv
import io

from odoo.tests import tagged

from odoo.addons.sales_funnel_stages.tests.support.common import CONVERT_ANSWERS, StageRuleCommon

COLUMNS = {
    "External ID": "id",
    "Opportunity": "name",
    "Type": "type",
    "Sales Team": "team_id",
    "Stage": "stage_id",
    "Need": "need_level",
    "Budget": "budget_status",
    "Ready to Buy By": "purchase_date",
}
LABELS = {"weak": "Weak need", "estimated": "Estimated"}


@tagged("post_install", "-at_install")
class TestExecuteImport(StageRuleCommon):
    """A real file through what the import screen calls."""

    def make_file(self, rows):
        """Return a CSV file of ``(name, stage, is it qualified)``, as bytes."""
        answers = self.answers(CONVERT_ANSWERS)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for name, stage, is_qualified in rows:
            values = [answers[field] for field in list(COLUMNS.values())[5:]]
            writer.writerow(
                [
                    f"import_screen.{name}",
                    name,
                    "Opportunity",
                    self.team.name,
                    stage.name,
                    *(LABELS.get(value, value) if is_qualified else "" for value in values),
                ]
            )
        return text.getvalue().encode()

    def execute_import(self, rows, dryrun=False, **options):
        """Import rows as a salesperson does, and return what the screen is told."""
        wizard = (
            self.env["base_import.import"]
            .with_user(self.rep)
            .create(
                {
                    "res_model": "crm.lead",
                    "file": self.make_file(rows),
                    "file_name": "leads.csv",
                    "file_type": "text/csv",
                }
            )
        )
        preview = wizard.parse_preview({"quoting": '"', "has_headers": True, **options})
        self.assertNotIn("error", preview)
        fields = [
            "/".join(preview["matches"][index]) for index, _label in enumerate(preview["headers"])
        ]
        self.assertEqual(fields, list(COLUMNS.values()))
        return wizard.execute_import(
            fields, [label.lower() for label in COLUMNS], preview["options"], dryrun=dryrun
        )

    def imported(self):
        return self.env["crm.lead"].search([("name", "like", "row_")], order="name")

    def test_all_refused_rows_are_named(self):
        rows = [(f"row_{number:02}", self.stage_new, number % 6 == 0) for number in range(60)]
        for dryrun in (True, False):
            with self.subTest(dryrun=dryrun):
                result = self.execute_import(rows, dryrun=dryrun)
                self.assertFalse(result["ids"])
                self.assertFalse(self.imported())
                self.assertEqual(
                    [message["rows"]["from"] for message in result["messages"]],
                    [number for number in range(60) if number % 6],
                )

    def test_parts_of_a_file(self):
        """The screen imports a long file part by part; rows count within the part."""
        rows = [(f"row_{number:02}", self.stage_new, number != 17) for number in range(20)]
        result = self.execute_import(rows, dryrun=True, limit=10, skip=10)
        self.assertEqual([message["rows"]["from"] for message in result["messages"]], [7])

    def test_lenient(self):
        rows = [
            ("row_bare", self.stage_new, False),
            ("row_good", self.stage_new, True),
            ("row_too_far", self.stage_won, True),
        ]
        result = self.execute_import(rows, dryrun=True, stage_rule_lenient=True)
        self.assertEqual(len(result["ids"]), 3)
        self.assertFalse(self.imported())
        result = self.execute_import(rows, stage_rule_lenient=True)
        self.assertEqual(self.imported().ids, result["ids"])
        self.assertEqual(self.imported().mapped("type"), ["lead", "opportunity", "opportunity"])
        self.assertEqual(self.imported()[2].stage_id, self.stage_new)
        self.assertEqual(
            [(message["type"], message["rows"]["from"]) for message in result["messages"]],
            [("warning", 0), ("warning", 2)],
        )

    def test_not_lenient_unless_asked(self):
        result = self.execute_import(
            [("row_bare", self.stage_new, False)], stage_rule_lenient=False
        )
        self.assertFalse(result["ids"])
        self.assertFalse(self.imported())

    def test_held_back(self):
        """What is refused is recorded; a test of the import holds nothing back."""
        rows = [("row_bare", self.stage_new, False), ("row_good", self.stage_new, True)]
        domain = [("lead_name", "like", "row_")]
        for dryrun, names in ((True, []), (False, ["row_bare"])):
            with self.subTest(dryrun=dryrun):
                self.execute_import(rows, dryrun=dryrun)
                with self.enter_registry_test_mode():
                    self.env.cr.postcommit.run()
                held_back = self.env["crm.stage.refusal"].sudo().search(domain)
                self.assertEqual(held_back.mapped("lead_name"), names)
