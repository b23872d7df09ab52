import csv
import io

from odoo import models

from odoo.addons.base_import.models.base_import import ImportValidationError
from odoo.addons.sales_funnel_stages.tools.carried import Carried


class RowNumbers(Carried):
    """The numbers that a spreadsheet shows beside the rows that are read of a file."""

    def __init__(self):
        self.numbers = []

    def note(self, rows):
        """Note which rows of a file are read: those in which there is something.

        :param rows: all of them, each an iterable of the texts of its cells
        """
        self.numbers = [
            number for number, row in enumerate(rows, 1) if any(text.strip() for text in row)
        ]


class BaseImportImport(models.TransientModel):
    """Which row of the file is which: Odoo counts those that are left without the empty ones."""

    _inherit = "base_import.import"

    def _get_row_numbers(self, columns, options):
        """Return the number that a spreadsheet shows beside each row that is imported.

        Counted from 1, the header and empty rows included; a cell of several lines is in one row.

        :param columns: for each column of the file the field that it is for, False for none
        :param dict options: as of ``execute_import``
        :return: a list; empty where that cannot be told
        """
        noted = RowNumbers()
        _length, rows = self.with_context(**noted.context())._read_file(options)
        if len(noted.numbers) != len(rows):
            return []
        used = [index for index, field in enumerate(columns) if field]
        numbered = list(zip(noted.numbers, rows, strict=True))[bool(options.get("has_headers")) :]
        numbers = [number for number, row in numbered if any(row[index] for index in used)]
        return numbers[options.get("skip") or 0 :]

    def _add_row_numbers(self, messages, columns, options):
        """Say in messages which rows of the file they are about, as ``file_rows``.

        :param list[dict] messages: as of ``execute_import``, they are changed
        :param columns: see ``_get_row_numbers``
        :param dict options: see ``_get_row_numbers``
        """
        about_rows = [message for message in messages if message.get("rows")]
        numbers = self._get_row_numbers(columns, options) if about_rows else []
        for message in about_rows:
            rows = message["rows"]
            if rows["to"] < len(numbers):
                message["file_rows"] = {end: numbers[rows[end]] for end in ("from", "to")}

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _read_csv(self, options):
        result = super()._read_csv(options)
        if noted := RowNumbers.of(self.env):
            # what was not given has been guessed by now, but for the separator that is usual
            text = self.file.decode(options["encoding"])
            noted.note(
                csv.reader(
                    io.StringIO(text),
                    quotechar=options["quoting"],
                    delimiter=options.get("separator") or ",",
                )
            )
        return result

    def _read_xls_book(self, book, sheet_name):
        if noted := RowNumbers.of(self.env):
            sheet = book.sheet_by_name(sheet_name)
            noted.note(
                (str(cell.value) for cell in sheet.row(number)) for number in range(sheet.nrows)
            )
        return super()._read_xls_book(book, sheet_name)

    def _read_xlsx(self, options):
        result = super()._read_xlsx(options)
        if noted := RowNumbers.of(self.env):
            # Odoo needs it for these files only
            import openpyxl

            book = openpyxl.load_workbook(io.BytesIO(self.file), data_only=True, read_only=True)
            noted.note(
                ("" if value is None else str(value) for value in row)
                for row in book[options["sheet"]].iter_rows(values_only=True)
            )
        return result

    def _parse_date_from_data(self, data, index, name, field_type, options):
        if self.res_model != "crm.lead":
            super()._parse_date_from_data(data, index, name, field_type, options)
            return
        # line by line: Odoo's error counts lines without the header and the empty ones
        for number, line in enumerate(data):
            text = line[index]
            try:
                super()._parse_date_from_data([line], index, name, field_type, options)
            except ImportValidationError as error:
                error.message = self.env._(
                    "“%s” is no date in the format that is chosen on the left.", text
                )
                error.rows = {"from": number, "to": number}
                raise
