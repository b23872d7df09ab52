import io
from datetime import date, timedelta

import openpyxl

from odoo.tests import tagged

from odoo.addons.sales_funnel_stages.tests.support.pages import read_table

from .common import ImportScreenCommon

SOON = date.today() + timedelta(days=30)
# as in the issue
BLANK_ROWS = f"""\
Opportunity,Company Name,Type,Stage,Sales Team,Need,Budget,Ready to Buy By
Row two ok,Firm 2,Opportunity,New,Enforcers,Strong need,Estimated,{SOON}
,,,,,,,
,,,,,,,
Row five refused,Firm 5,Opportunity,Qualified,Enforcers,Strong need,Estimated,{SOON}
Row six ok,Firm 6,Opportunity,New,Enforcers,Strong need,Estimated,{SOON}
Row seven refused,Firm 7,Opportunity,New,Enforcers,,,
"""
LENIENT_PLUS_ERROR = f"""\
Opportunity,Company Name,Type,Stage,Sales Team,Need,Budget,Ready to Buy By
Refused but lenient,Firm 2,Opportunity,Qualified,Enforcers,Strong need,Estimated,{SOON}
Other error,Firm 3,Opportunity,Nwe,Enforcers,Strong need,Estimated,{SOON}
"""
NAMES = ("Row two ok", "Row five refused", "Row six ok", "Row seven refused")


@tagged("post_install", "-at_install")
class TestRowNumbers(ImportScreenCommon):
    """The rows of a file are called as a spreadsheet calls them."""

    def named(self, result):
        return [
            (each["file_rows"]["from"], each["message"].partition("”")[0].strip("“"))
            for each in result["messages"]
            if each.get("stage_rule")
        ]

    def test_after_empty_rows(self):
        for dryrun in (True, False):
            with self.subTest(dryrun=dryrun):
                result = self.import_file(BLANK_ROWS, dryrun=dryrun)
                self.assertFalse(self.imported(*NAMES))
                self.assertEqual(
                    self.named(result), [(5, "Row five refused"), (7, "Row seven refused")]
                )

    def test_empty_lines_and_other_separators(self):
        text = BLANK_ROWS.replace(",,,,,,,\n", "\n", 1).replace(",", ";")
        for before, expected in (("", [5, 7]), ("\n", [6, 8])):
            result = self.import_file(before + text, separator=";")
            self.assertEqual([row for row, _name in self.named(result)], expected)

    def test_without_a_header(self):
        _header, _line, text = BLANK_ROWS.partition("\n")
        columns = ["name", "partner_name", "type", "stage_id", "team_id"]
        columns += ["need_level", "budget_status", "purchase_date"]
        result = self.import_file(text, columns=columns, has_headers=False)
        self.assertEqual([row for row, _name in self.named(result)], [4, 6])

    def test_a_cell_of_several_lines_is_in_one_row(self):
        text = BLANK_ROWS.replace("Firm 2", '"Firm 2\n\nof two lines"')
        self.assertEqual([row for row, _name in self.named(self.import_file(text))], [5, 7])

    def test_parts_of_a_file(self):
        for skip, expected in ((0, [5]), (2, [7])):
            result = self.import_file(BLANK_ROWS, limit=2, skip=skip, dryrun=True)
            self.assertEqual([row for row, _name in self.named(result)], expected)

    def test_columns_that_are_not_imported(self):
        """A row in which only these say something is left out."""
        text = BLANK_ROWS.replace(",,,,,,,\n", ",Nobody,,,,,,\n", 1)
        columns = ["name", False, "type", "stage_id", "team_id"]
        columns += ["need_level", "budget_status", "purchase_date"]
        result = self.import_file(text, columns=columns)
        self.assertEqual([row for row, _name in self.named(result)], [5, 7])

    def test_lines_of_one_record(self):
        """Stakeholders in rows of their own below a lead."""
        header, *lines = BLANK_ROWS.splitlines()
        lines = [f"{line},Ann" for line in lines]
        lines.insert(1, ",,,,,,,,Bo")
        text = "\n".join([f"{header},Stakeholders/Name", *lines]).replace(",,,,,,,,Ann", ",,,,,,,,")
        columns = ["name", "partner_name", "type", "stage_id", "team_id", "need_level"]
        columns += ["budget_status", "purchase_date", "stakeholder_ids/contact_name"]
        result = self.import_file(text, columns=columns)
        self.assertEqual([row for row, _name in self.named(result)], [6, 8])

    def test_a_workbook(self):
        book = openpyxl.Workbook()
        for number, line in enumerate(BLANK_ROWS.splitlines(), 1):
            for column, text in enumerate(line.split(","), 1):
                if text:
                    book.active.cell(number, column, text)
        content = io.BytesIO()
        book.save(content)
        type_ = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        result = self.import_file(content.getvalue(), type_=type_)
        self.assertEqual([row for row, _name in self.named(result)], [5, 7])

    def test_errors_that_are_not_of_the_rules(self):
        text = BLANK_ROWS.replace("Opportunity,New,Enforcers,,,", "Opportunity,Nwe,Enforcers,,,")
        result = self.import_file(text)
        [other] = [each for each in result["messages"] if not each.get("stage_rule")]
        self.assertEqual(other["file_rows"], {"from": 7, "to": 7})

    def test_an_error_that_is_found_on_creation_is_of_its_row_alone(self):
        """Odoo names the first row of the file as well."""
        self.team.stage_rule_policy = "guide"
        text = BLANK_ROWS.replace("Firm 6,Opportunity,New", "Firm 6,Opportunity,Won")
        text = "\n".join(
            f"{line},{'Probability' if not number else 50 if 'six' in line else ''}"
            for number, line in enumerate(text.splitlines())
        )
        result = self.import_file(text)
        self.assertFalse(result["ids"])
        self.assertEqual([each["file_rows"]["from"] for each in result["messages"]], [6])


@tagged("post_install", "-at_install")
class TestRowsOfAFile(ImportScreenCommon):
    """What the page about doors tells of the rows of a file is so."""

    HEAD = ["row", "opportunity", "stage", "known", "as it is"]

    def test_the_example_that_people_read(self):
        self.assert_told(
            read_table("DOORS.md", *self.HEAD, "imported as far as it qualifies"), is_imported=True
        )

    def test_nothing_is_imported(self):
        self.assert_told(
            read_table("DOORS.md", *self.HEAD, "nothing is imported"), is_imported=False
        )

    def assert_told(self, rows, is_imported):
        text = self.make_file(rows)
        names = [row[1] for row in rows if row[1]]
        self.assertEqual(self.tell(self.import_file(text), rows, 4), [row[4] for row in rows])
        self.assertFalse(self.imported(*names))
        result = self.import_file(text, stage_rule_lenient=True)
        self.assertEqual(self.tell(result, rows, 5), [row[5] for row in rows])
        found = self.imported(*names).mapped("name")
        self.assertEqual(found, names if is_imported else [])

    def make_file(self, rows):
        lines = [BLANK_ROWS.splitlines()[0]]
        for _number, name, stage, known, *_told in rows:
            answers = f"Strong need,Estimated,{SOON}" if known == "yes" else ",,"
            lines.append(f"{name},,Opportunity,{stage},Enforcers,{answers}" if name else "," * 7)
        return "\n".join(lines)

    def tell(self, result, rows, column):
        """Return of each row what the import says, in the words of a column of the page."""
        said = {}
        for each in result["messages"]:
            number = each["file_rows"]["from"]
            self.assertNotIn(number, said)
            if not each.get("stage_rule"):
                said[number] = "an error"
            elif each["type"] == "error":
                said[number] = "refused"
            else:
                said[number] = each["message"].rpartition(". ")[2]
        return [said.pop(int(row[0]), "") for row in rows]


@tagged("post_install", "-at_install")
class TestNothingImported(ImportScreenCommon):
    """What has become of a row is said where something has."""

    def messages(self, **options):
        text = options.pop("text", LENIENT_PLUS_ERROR)
        return self.import_file(text, stage_rule_lenient=True, **options)

    def test_where_another_row_is_wrong(self):
        result = self.messages()
        self.assertFalse(result["ids"])
        self.assertFalse(self.imported("Refused but lenient", "Other error"))
        [held_back, wrong] = result["messages"]
        self.assertEqual(held_back["file_rows"]["from"], 2)
        self.assertNotIn("Imported", held_back["message"])
        self.assertIn("It would be in New.", held_back["message"])
        self.assertEqual(wrong["file_rows"]["from"], 3)
        self.assertIn("Nwe", wrong["message"])

    def test_in_a_test(self):
        text = LENIENT_PLUS_ERROR.replace("Nwe", "New")
        [message] = self.messages(text=text, dryrun=True)["messages"]
        self.assertIn("It would be in New.", message["message"])
        [message] = self.messages(text=text)["messages"]
        self.assertIn("Imported into New.", message["message"])
        self.assertEqual(len(self.imported("Refused but lenient", "Other error")), 2)

    def test_of_an_update(self):
        lead = self.make_lead("There already")
        text = LENIENT_PLUS_ERROR + "There already,,Opportunity,New,Enforcers,,,\n"
        text = "\n".join(
            f"{line},{id_}"
            for line, id_ in zip(text.splitlines(), ["ID", "", "", lead.id], strict=True)
        )
        columns = ["name", "partner_name", "type", "stage_id", "team_id", "need_level"]
        columns += ["budget_status", "purchase_date", ".id"]
        result = self.messages(text=text, columns=columns)
        texts = [each["message"] for each in result["messages"] if each.get("stage_rule")]
        self.assertEqual(lead.type, "lead")
        self.assertTrue(texts[1].endswith("It would be a lead."), texts)
