import json

from werkzeug.exceptions import BadRequest

from odoo.exceptions import AccessError, UserError
from odoo.http import Controller, content_disposition, request, route

from odoo.addons.web.controllers.export import ExportXlsxWriter

# of ``get_dashboard``
ARGUMENTS = ("domain", "date_from", "date_to", "months")
MIME_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FunnelDashboardController(Controller):
    @route(
        "/sales_funnel_stages/funnel_dashboard/xlsx",
        type="http",
        auth="user",
        methods=["POST"],
        readonly=True,
    )
    def export_xlsx(self, data, **_token):
        """Return the dashboard as a spreadsheet: a line for each figure.

        :param data: as JSON, the arguments of ``get_dashboard``, which checks access, and
            ``filters``, what the search bar says, in texts
        :raise BadRequest: where that is no such JSON
        """
        arguments = self._read_arguments(data)
        report = request.env["crm.funnel.report"]
        try:
            dashboard = report.get_dashboard(*(arguments[name] for name in ARGUMENTS))
        except AccessError:
            raise
        except UserError as error:
            raise BadRequest(str(error)) from error
        headers, rows = report._get_dashboard_sheet(dashboard, arguments.get("filters", ()))
        with ExportXlsxWriter([], headers, len(rows)) as writer:
            for row_number, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    # no text is a formula, whoever wrote it: a reason's, or a favourite's name
                    is_text = isinstance(value, str)
                    write = writer.worksheet.write_string if is_text else writer.write
                    write(row_number, column, value)
        name = f"{request.env._('Sales Funnel')} {arguments['date_from']}.xlsx"
        return request.make_response(
            writer.value,
            headers=[
                ("Content-Type", MIME_TYPE),
                ("Content-Disposition", content_disposition(name)),
            ],
        )

    def _read_arguments(self, data):
        """Return what was sent, as a dictionary that has all that is asked for."""
        try:
            arguments = json.loads(data)
        except (TypeError, ValueError, RecursionError):
            arguments = None
        if not isinstance(arguments, dict) or not arguments.keys() >= {*ARGUMENTS}:
            raise BadRequest("The arguments of the dashboard are missing.")
        filters = arguments.get("filters", [])
        if not isinstance(filters, list) or not all(isinstance(each, str) for each in filters):
            raise BadRequest("The filters are no texts.")
        return arguments
