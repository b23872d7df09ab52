"""Whether a property is set: Odoo's two ways to find out differ, so there is one of our own."""

from odoo.fields import Domain
from odoo.orm.utils import parse_field_expr  # pylint: disable=odoo-addons-relative-import
from odoo.tools import SQL

# as a lead has what is there and says nothing, whatever the type; what is not there is as null
NOTHING = ("null", "false", "0", '""', "[]", "{}")


def is_set(condition):
    """Return the domain of the records of which a property is set, or is not.

    A number of 0 is not set, as of any field in a criterion. What counts is what the record
    itself has.

    :param condition: ``("properties.name", "not in", [False])``, or with ``in``
    """
    field_name, name = parse_field_expr(condition.field_expr)
    is_wanted = condition.operator == "not in"

    def to_sql(model, alias, query):
        value = SQL("(%s -> %s)", model._field_to_sql(alias, field_name, query), name)
        nothing = SQL(", ").join(SQL("%s::jsonb", each) for each in NOTHING)
        found = SQL("COALESCE(%s, 'null'::jsonb) NOT IN (%s)", value, nothing)
        return found if is_wanted else SQL("NOT (%s)", found)

    def predicate(record):
        # not what Odoo makes of it for who reads: names of choices, records that are there
        values = record[field_name]._values or {}
        return bool(values.get(name)) == is_wanted

    return Domain.custom(to_sql=to_sql, predicate=predicate)
