from contextlib import nullcontext

from odoo import models

from odoo.addons.sales_funnel_stages.models.gate.doors.import_rows import ImportReport


class BaseImportImport(models.TransientModel):
    _inherit = "base_import.import"

    def execute_import(self, fields, columns, options, dryrun=False):
        """Import the file (see ``base_import``), leniently if the user asks for it.

        :param dict options: as Odoo's, and ``stage_rule_lenient``: rows of leads that the
            stage rules refuse are imported as far as they qualify, with a warning
        :return: as Odoo's; for leads, messages about rows say which rows of the file these are:
            ``file_rows``, ``{"from", "to"}``, as a spreadsheet numbers them
        """
        if self.res_model != "crm.lead":
            return super().execute_import(fields, columns, options, dryrun=dryrun)
        report = ImportReport(bool(options.get("stage_rule_lenient")), is_test=dryrun)
        wizard = self.with_context(**report.context())
        # what only a test of the import is refused is not held back
        with self.env["crm.lead"]._rehearsed() if dryrun else nullcontext():
            result = super(BaseImportImport, wizard).execute_import(
                fields, columns, options, dryrun=dryrun
            )
        self._add_row_numbers(result["messages"], fields, options)
        return result
