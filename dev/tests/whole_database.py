"""A whole database as data, to be compared with what becomes of it."""

import json
from collections import Counter
from contextlib import closing

import psycopg2
from psycopg2 import sql

# By whom and when a row was written last.
STAMPS = {"write_date", "write_uid"}
SCHEMA = """
    SELECT 'table', table_name, '', table_type FROM information_schema.tables
     WHERE table_schema = 'public'
 UNION ALL
    SELECT 'column', table_name, column_name,
           concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default)
      FROM information_schema.columns
     WHERE table_schema = 'public'
 UNION ALL
    SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
 UNION ALL
    SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
 UNION ALL
    SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
      FROM pg_trigger WHERE NOT tgisinternal
 UNION ALL
    SELECT 'function', proname, '', prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
 UNION ALL
    SELECT 'sequence', sequencename, '', '' FROM pg_sequences WHERE schemaname = 'public'
"""


def schema(database):
    """→ all that a database is made of: a set of (kind, table, name, definition)."""
    return set(query(database, SCHEMA))


def rows(database):
    """→ ``{table: [row, …]}``; a row is a dict."""
    tables = sorted(table for _, table, _, type_ in schema(database) if type_ == "BASE TABLE")
    every_row = sql.SQL("SELECT to_jsonb(row) FROM {} AS row")
    return {
        table: [row for (row,) in query(database, every_row.format(sql.Identifier(table)))]
        for table in tables
    }


def lost(before, after, ignored=(), stamps=STAMPS):
    """Compare what ``rows`` returned.

    :param ignored: names of tables that do not count
    :param stamps: names of columns that do not count
    :return: ``{table: [row, …]}``: what was there before and is not there after, in the columns
        that it had then
    """
    found = {}
    for table in before.keys() - set(ignored):
        columns = {name for row in before[table] for name in row} - stamps
        kept = Counter(_text(row, columns) for row in after.get(table, []))
        left = []
        for row in before[table]:
            text = _text(row, columns)
            kept[text] -= 1
            if kept[text] < 0:
                left.append(row)
        if left:
            found[table] = left
    return found


def _text(row, columns):
    return json.dumps({name: row.get(name) for name in sorted(columns)})


def query(database, statement, arguments=None):
    """→ the rows of a statement, as tuples."""
    with closing(psycopg2.connect(dbname=database)) as connection, connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.fetchall()
