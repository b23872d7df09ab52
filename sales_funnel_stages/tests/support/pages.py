"""The tables of the pages that people read, which tests go through row by row."""

from odoo.tools import file_open

FOLDER = "sales_funnel_stages/readme"


def read_tables(page, head=None):
    """Return the tables of a page.

    :param page: its name, as ``FUNNEL.md``
    :param list head: only those with this head, and without it; None: all, each with its own
    :return: for each the cells of its rows, as texts
    """
    tables, is_inside = [], False
    with file_open(f"{FOLDER}/{page}") as file:
        for line in file.read().splitlines():
            if not line.startswith("|"):
                is_inside = False
                continue
            if not is_inside:
                tables.append([])
            is_inside = True
            if not set(line) <= set("|- "):
                tables[-1].append([cell.strip() for cell in line.strip("|").split("|")])
    if head is None:
        return tables
    return [rows for first, *rows in tables if first == head]


def read_table(page, *head):
    """Return the rows of the one table of a page with that head, without it."""
    [rows] = read_tables(page, list(head))
    return rows
