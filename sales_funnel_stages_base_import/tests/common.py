from odoo.addons.sales_funnel_stages.tests.support.common import StageRuleCommon


class ImportScreenCommon(StageRuleCommon):
    """A file, through what the import screen calls for it."""

    def open_file(self, content, user=None, type_="text/csv", lang="en_US", **options):
        """Upload a file, as ``user`` (the rep by default).

        :param content: its bytes, or the text of a CSV file
        :return: ``(wizard, preview)``
        """
        if isinstance(content, str):
            content = content.encode()
        wizard = (
            self.env["base_import.import"]
            .with_user(user or self.rep)
            .with_context(lang=lang)
            .create(
                {
                    "res_model": "crm.lead",
                    "file": content,
                    "file_name": "leads.csv" if type_ == "text/csv" else "leads.xlsx",
                    "file_type": type_,
                }
            )
        )
        preview = wizard.parse_preview({"quoting": '"', "has_headers": True, **options})
        self.assertNotIn("error", preview)
        return wizard, preview

    def import_file(self, content, user=None, dryrun=False, columns=None, **options):
        """Import a file with the columns that the screen suggests, and return what it is told.

        :param columns: other ones
        """
        wizard, preview = self.open_file(content, user, **options)
        headers = preview["headers"] or [str(number) for number in range(len(preview["preview"]))]
        matches = preview["matches"] or {}
        columns = columns or ["/".join(matches.get(i, [])) or False for i in range(len(headers))]
        options = {**preview["options"], **options}
        options.pop("type_", None)
        labels = [header.lower() for header in headers]
        return wizard.execute_import(columns, labels, options, dryrun=dryrun)

    def imported(self, *names):
        leads = self.env["crm.lead"].with_context(active_test=False)
        return leads.search([("name", "in", names)], order="id")
