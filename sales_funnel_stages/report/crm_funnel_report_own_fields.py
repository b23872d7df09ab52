from odoo import api, models

# what the web client groups by
GROUPED_TYPES = {
    "boolean",
    "char",
    "date",
    "datetime",
    "integer",
    "many2one",
    "many2many",
    "selection",
}
LEAD = "lead_id."


class CrmFunnelReport(models.Model):
    """A company's own fields of leads, as groups of the funnel: those that it added by itself.

    The database groups by the path through the lead. The views are told of these paths as though
    they were fields, so that *Add Custom Group* offers them.
    """

    _inherit = "crm.funnel.report"

    @api.model
    def _get_own_paths(self):
        """Return the paths to what leads have been given by hand, and can be grouped by."""
        leads = self.env["crm.lead"]
        return [
            LEAD + field.name
            for field in leads._fields.values()
            if field.manual
            and field.type in GROUPED_TYPES
            and leads._has_field_access(field, "read")
            and field._description_groupable(self.env)
        ]

    @api.model
    def _get_view_fields(self, view_type, models):
        models = super()._get_view_fields(view_type, models)
        models[self._name] = [*models[self._name], *self._get_own_paths()]
        return models

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Return what Odoo does, and those of the company's own paths that are asked for."""
        result = super().fields_get(allfields, attributes)
        paths = set(allfields or ()).intersection(self._get_own_paths())
        if paths:
            names = [path.removeprefix(LEAD) for path in paths]
            for name, description in self.env["crm.lead"].fields_get(names, attributes).items():
                # a figure of each lead is none of each of its stays: nothing is added up
                description.pop("aggregator", None)
                result[LEAD + name] = {**description, "name": LEAD + name}
        return result
