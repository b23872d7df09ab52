"""Leads by the hundred thousand: copies of some that Odoo has made, row by row."""

from odoo.tools import SQL


def copy_leads(env, own, made, of, order):
    """Copy leads as they are in the database, but for some columns.

    :param dict own: columns that are not copied → the SQL of their values
    :param SQL made: as many rows as there are to be copies of each lead, with what ``own`` asks of
    :param SQL of: which leads, of a table named ``lead``
    :param SQL order: in which order the copies are made
    """
    env.flush_all()
    copied = [
        name
        for name, field in env["crm.lead"]._fields.items()
        if field.store and field.column_type and name != "id" and name not in own
    ]
    env.execute_query(
        SQL(
            """
            INSERT INTO crm_lead (%(names)s)
            SELECT %(values)s
              FROM (%(made)s) AS made, crm_lead AS lead
             WHERE %(of)s
             ORDER BY %(order)s
            """,
            names=SQL(", ").join(map(SQL.identifier, [*own, *copied])),
            values=SQL(", ").join([*own.values(), *(SQL.identifier("lead", n) for n in copied)]),
            made=made,
            of=of,
            order=order,
        )
    )
