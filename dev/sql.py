"""``python sql.py DATABASE STATEMENT``: run in the virtual environment, prints rows.

Columns are separated by tabs. The exit code is 1, with the error, if PostgreSQL refuses.
"""

import sys

import psycopg2


def main(database, statement):
    connection = psycopg2.connect(dbname=database)
    # CREATE DATABASE does not run inside a transaction.
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for row in cursor.fetchall() if cursor.description else ():
            print(*("" if value is None else value for value in row), sep="\t")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except psycopg2.Error as error:
        sys.exit(str(error).strip())
