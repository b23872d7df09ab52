from odoo import api, models


class BaseImportImport(models.TransientModel):
    """When deals were created, converted and closed: columns that Odoo hides, as read-only ones."""

    _inherit = "base_import.import"

    @api.model
    def get_fields_tree(self, model, *args, **kwargs):
        """Return the fields of a model (see ``base_import``); of leads, with the dates of the past.

        Each of them has ``stage_rule_comment``, too: ``{"type", "content"}``, what the import
        makes of it.
        """
        tree = super().get_fields_tree(model, *args, **kwargs)
        # more than the external id: the fields are told
        if model == "crm.lead" and len(tree) > 1:
            tree += self._get_past_fields()
        return tree

    @api.model
    def _get_past_fields(self):
        leads = self.env["crm.lead"]
        may_import_past = leads._may_import_past()
        return [
            {
                "id": name,
                "name": name,
                "string": label,
                "required": False,
                "fields": [],
                "type": "datetime",
                "model_name": "crm.lead",
                "stage_rule_comment": self._describe_past_field(name, may_import_past),
            }
            for name, label in leads._get_past_labels().items()
            if leads._has_field_access(leads._fields[name], "write")
        ]

    @api.model
    def _describe_past_field(self, name, may_import_past):
        """Return what the import makes of a date."""
        if not may_import_past:
            return {
                "type": "warning",
                "content": self.env._(
                    "You do not have the right to import past deals: this date is ignored, and "
                    "deals are judged as of today."
                ),
            }
        if name == "date_closed":
            content = self.env._(
                "New deals that are won or lost enter the history on this date, marked as "
                "imported, and are not judged. Existing ones keep theirs."
            )
        else:
            content = self.env._(
                "New deals enter the history on this date, marked as imported. Existing ones "
                "keep theirs."
            )
        return {"type": "info", "content": content}
