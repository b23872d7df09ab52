from odoo import api, models

from ..exceptions import StageRuleError

REPORT_KEY = "stage_rule_import_report"


class ImportReport:
    """What the gate refused of one import, row by row.

    It travels in the context as an object, which no client can put there over RPC. By
    default a refused row is an error, and nothing is imported; a lenient import lets it
    in as far as it qualifies, with a warning.
    """

    def __init__(self, is_lenient=False):
        self.is_lenient = is_lenient
        self._rows = {}
        self._messages = {}

    @property
    def messages(self):
        """The messages for ``load``, one a refused row, in the order of the rows."""
        return [self._messages[key] for key in sorted(self._messages)]

    def expect(self, data_list):
        """Note which row each record's values come from (see ``_load_records``)."""
        self._rows.update({id(data["values"]): data["info"] for data in data_list})

    def refuse(self, values, message):
        """Add a refused row; Odoo may try it twice, once in a batch and once alone."""
        info = self._rows[id(values)]
        self._messages[info["rows"]["from"]] = {
            "type": "warning" if self.is_lenient else "error",
            "rows": info["rows"],
            "record": info["record"],
            "message": message,
        }


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def load(self, fields, data):
        """Import rows (see ``base``); rows that the stage rules refuse are named, all of them.

        :return: as Odoo's: ``ids`` (False where a row was refused and the import is not
            lenient, see :class:`ImportReport`), ``messages`` and ``nextrow``
        """
        report = self.env.context.get(REPORT_KEY)
        if not isinstance(report, ImportReport):
            report = ImportReport()
        savepoint = self.env.cr.savepoint()
        result = super(CrmLead, self.with_context(**{REPORT_KEY: report})).load(fields, data)
        if report.messages and not report.is_lenient:
            savepoint.rollback()
            self.env.registry.reset_changes()
            result["ids"] = False
        savepoint.close(rollback=False)
        result["messages"] = [*report.messages, *result["messages"]]
        return result

    def _get_import_report(self):
        report = self.env.context.get(REPORT_KEY)
        return report if isinstance(report, ImportReport) else None

    def _load_records(self, data_list, update=False):
        report = self._get_import_report()
        if report:
            report.expect([data for data in data_list if "info" in data])
        return super()._load_records(data_list, update)

    def _load_records_create(self, vals_list):
        report = self._get_import_report()
        if not report:
            return super()._load_records_create(vals_list)
        admitted = [dict(vals) for vals in vals_list]
        while True:
            try:
                return super()._load_records_create([dict(vals) for vals in admitted])
            except StageRuleError as error:
                for refusal in error.refusals:
                    vals = admitted[refusal["index"]]
                    self._hold_back_import(vals, refusal)
                    report.refuse(
                        vals_list[refusal["index"]], self._describe_held_back(report, refusal)
                    )

    def _load_records_write(self, values):
        report = self._get_import_report()
        if not report:
            return super()._load_records_write(values)
        admitted = dict(values)
        try:
            return super()._load_records_write(dict(admitted))
        except StageRuleError as error:
            refusal = error.refusals[0]
            report.refuse(values, self._describe_held_back(report, refusal))
            if self.type == "lead" or not refusal["furthest_stage_id"]:
                admitted.pop("type", None)
                admitted.pop("stage_id", None)
            else:
                admitted["stage_id"] = refusal["furthest_stage_id"]
            return super()._load_records_write(admitted)

    @api.model
    def _hold_back_import(self, vals, refusal):
        """Change a row's values so that it goes as far as it qualifies, and no further."""
        vals.pop("stage_id", None)
        vals.pop("probability", None)
        if refusal["furthest_stage_id"]:
            vals["stage_id"] = refusal["furthest_stage_id"]
        else:
            vals["type"] = "lead"

    def _describe_held_back(self, report, refusal):
        """Return what an import says of a refused row."""
        if not report.is_lenient:
            return refusal["message"]
        stage = self.env["crm.stage"].browse(refusal["furthest_stage_id"])
        outcome = (
            self.env._("It was imported into %s.", stage.name)
            if stage
            else self.env._("It was imported as a lead.")
        )
        return f"{refusal['message']}\n{outcome}"
