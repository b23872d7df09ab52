from odoo import api, models
from odoo.tools import SQL

from .funnel_stage import STAGES

# selections that go in the order in which they are listed, rather than by their letters
BY_LIST = ("step_type", "outcome")


class CrmFunnelReport(models.Model):
    """The order of the funnel: steps from lead to customer, stages as a lead goes through them."""

    _inherit = "crm.funnel.report"

    @api.model
    def _read_group_orderby(self, order, groupby_terms, query):
        places = {
            name: self._place_in_list(name, groupby_terms[name])
            for name in BY_LIST
            if name in groupby_terms
        }
        terms = {**groupby_terms, **places}
        # without an order, Odoo would not look into stages
        result = super()._read_group_orderby(order or ", ".join(terms), terms, query)
        # it adds to terms what it orders by
        groupby_terms.update({name: terms[name] for name in terms.keys() - places.keys()})
        return result

    @api.model
    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name in BY_LIST:
            place = self._place_in_list(field_name, self._field_to_sql(alias, field_name, query))
            return SQL("%s %s %s", place, direction, nulls)
        if field_name in ("funnel_stage_id", "stage_id"):
            place = self._place_in_pipeline(self._field_to_sql(alias, field_name, query))
            return SQL("%s %s %s", place, direction, nulls)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    @api.model
    def _place_in_list(self, name, value):
        """Return how far down its list the value of a selection is."""
        values = [value for value, _label in self._fields[name].selection]
        return SQL("array_position(%s::text[], %s::text)", values, value)

    @api.model
    def _place_in_pipeline(self, stage_id):
        """Return what stages are ordered by: won ones last, but for those outside, and gone.

        As a subquery, so that it is looked up once a group, and rows are not grouped by it.
        """
        return SQL(
            """(
                SELECT ARRAY[is_deleted::int, is_outside_pipeline::int, is_won::int, sequence, ref]
                  FROM (%s) AS stage
                 WHERE stage.id = %s
            )""",
            SQL(STAGES),
            stage_id,
        )
