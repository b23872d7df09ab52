"""All that a table holds of some records, as the database has it."""

from odoo.tools import SQL


def read_columns(records, but=()):
    """Return ``{id: {column: value}}``.

    :param but: names of columns that are left out
    """
    records.env.flush_all()
    table = SQL.identifier(records._table)
    rows = records.env.execute_query_dict(
        SQL("SELECT * FROM %s WHERE id = ANY(%s) ORDER BY id", table, records.ids)
    )
    return {
        row["id"]: {name: value for name, value in row.items() if name not in but} for row in rows
    }


def get_differences(before, after):
    """Return ``{id: {column: (before, after)}}`` of what is no more as it was.

    To Odoo a number that is missing is 0.
    """
    return {
        id_: changed
        for id_, values in before.items()
        if (
            changed := {
                name: (value, after[id_][name])
                for name, value in values.items()
                if after[id_][name] != value and (after[id_][name] or value)
            }
        )
    }
