from odoo import api, models
from odoo.tools import SQL

# selections that go in the order in which they are listed, rather than by their letters
LISTED = ("step_type", "outcome")


class CrmFunnelReport(models.Model):
    """The order of the funnel: steps from lead to customer, stages as a lead goes through them."""

    _inherit = "crm.funnel.report"

    @api.model
    def _read_group_orderby(self, order, groupby_terms, query):
        places = {
            name: self._place_in_list(name, groupby_terms[name])
            for name in LISTED
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
        if field_name in LISTED:
            place = self._place_in_list(field_name, self._field_to_sql(alias, field_name, query))
            return SQL("%s %s %s", place, direction, nulls)
        if field_name == "stage_id":
            places = self._places_in_pipeline(alias, query)
            query._order_groupby.extend(places)
            return SQL(", ").join(SQL("%s %s %s", place, direction, nulls) for place in places)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    @api.model
    def _place_in_list(self, name, value):
        """Return how far down its list the value of a selection is."""
        values = [value for value, _label in self._fields[name].selection]
        return SQL("array_position(%s::text[], %s::text)", values, value)

    @api.model
    def _places_in_pipeline(self, alias, query):
        """Return what stages are ordered by: won ones last, but for those outside, and none."""
        stages, stage = self._fields["stage_id"].join(self, alias, query)
        is_won, is_outside = (
            SQL("COALESCE(%s, FALSE)", stages._field_to_sql(stage, name, query))
            for name in ("is_won", "is_outside_pipeline")
        )
        id_, sequence = (stages._field_to_sql(stage, name, query) for name in ("id", "sequence"))
        return [SQL("%s IS NULL", id_), is_outside, is_won, sequence, id_]
