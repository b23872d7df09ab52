"""Records that are alike: Odoo creates the first, of which the database makes the others."""

from odoo.tools import SQL

from ....tools.carried import Carried
from .overridden import overridden

# whose methods these are; those of others are called for each record
MODULES = ("mail", "sales_funnel_stages*", None)
CREATE_HOOKS = ("create", "_create", "_invalidate_documents")


class Alike(Carried):
    """Says that what is created together is likely alike."""


def are_alike(model, vals_list, own):
    """Tell whether records may be made of the first one; not where another addon creates them, too.

    :param model: an Odoo model
    :param own: names of fields that each has of its own, none of which is empty
    """
    if len(vals_list) < 2 or not Alike.of(model.env):
        return False
    first, *others = (
        {name: value for name, value in vals.items() if name not in own} for vals in vals_list
    )
    return (
        all(vals == first for vals in others)
        and all(vals.get(name) for vals in vals_list for name in own)
        and not overridden(type(model), CREATE_HOOKS, MODULES)
    )


def copy_to(record, vals_list, own):
    """Return copies of a record, in that order; all stored fields but relations to many are copied.

    :param list[dict] vals_list: of each at least what it has of its own
    :param own: names of the fields that each has of its own
    """
    record.flush_recordset()
    values = [record._fields[name] for name in own]
    rows = record.env.execute_query(
        SQL(
            """
            INSERT INTO %(table)s (%(own)s, %(columns)s)
            SELECT %(values)s, %(columns)s
              FROM %(table)s AS original, unnest(%(lists)s) WITH ORDINALITY AS own (%(own)s, place)
             WHERE original.id = %(id)s
             ORDER BY place
         RETURNING id
            """,
            table=SQL.identifier(record._table),
            own=_join(SQL.identifier(name) for name in own),
            values=_join(SQL.identifier("own", name) for name in own),
            columns=_join(map(SQL.identifier, _get_columns(record, {"id", *own}))),
            lists=_join(
                SQL(
                    "%s::%s[]",
                    [vals[field.name] for vals in vals_list],
                    SQL(field.column_type[0]),
                )
                for field in values
            ),
            id=record.id,
        )
    )
    copies = record.browse(sorted(id_ for (id_,) in rows))
    copies.modified(record._fields, create=True)
    return copies


def _get_columns(record, left_out):
    """Return the names of the columns of a record's table, but some."""
    return [
        field.name
        for field in record._fields.values()
        if field.store and field.column_type and field.name not in left_out
    ]


def forget_inverses(model, field, res_model, res_ids, names=()):
    """Let the records that refer to a document be read anew, and what else is named."""
    documents = model.env[res_model].browse(res_ids)
    inverses = model.pool.field_inverses[model._fields[field]]
    names = {each.name for each in inverses if each.model_name == res_model}.union(names)
    documents.invalidate_recordset(names & documents._fields.keys(), flush=False)


def _join(parts):
    return SQL(", ").join(parts)
