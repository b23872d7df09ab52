from odoo import api, models
from odoo.models import parse_read_group_spec
from odoo.tools import SQL


class CrmMedianMixin(models.AbstractModel):
    """What can be grouped with the median: ``name:median`` is an aggregate of its numbers.

    As every other aggregate it works in ``_read_group`` (in ``having`` and ``order`` too) and in
    what the web client calls, and is the default of a field whose ``aggregator`` is "median".
    Rows without a value do not count. Views of such fields must not have ``sample``, since the
    web client makes up no medians.
    """

    _name = "crm.median.mixin"
    _description = "Medians of Groups"

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        name, path, function = parse_read_group_spec(aggregate_spec)
        field = self._fields.get(name)
        if function != "median" or path or not field or field.type not in ("integer", "float"):
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "percentile_cont(0.5) WITHIN GROUP (ORDER BY %s)",
            self._field_to_sql(self._table, name, query),
        )
