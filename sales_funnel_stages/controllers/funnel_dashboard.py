import json

from odoo.http import Controller, content_disposition, request, route

from odoo.addons.web.controllers.export import ExportXlsxWriter

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
        """
        arguments = json.loads(data)
        report = request.env["crm.funnel.report"]
        dashboard = report.get_dashboard(
            arguments["domain"],
            arguments["date_from"],
            arguments["date_to"],
            arguments["months"],
        )
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
