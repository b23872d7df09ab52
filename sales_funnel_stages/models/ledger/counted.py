"""Which rows of the ledger figures count: moves, without those that were undone."""

from odoo.fields import Domain
from odoo.tools import SQL

#: what a row tells of
MOVE, PROMISE, FINDING = "move", "promise", "finding"
#: how a row is marked later
UNDONE, DOUBTFUL, MERGED = "undone", "doubtful", "merged"


def is_marked(kind):
    """Return whether a row is marked so, in SQL: to be filled in with the name of the ``row``."""
    return f"""(EXISTS (
        SELECT FROM crm_stage_transition_mark AS mark
         WHERE mark.transition_id = %(row)s.id AND mark.kind = '{kind}'
    ))"""


#: whether a row is a move, in SQL: to be filled in with the name of the ``row``
IS_MOVE = f"%(row)s.kind = '{MOVE}'"
#: whether figures count it, unless they are asked for all moves
IS_COUNTED = f"({IS_MOVE} AND NOT {is_marked(UNDONE)})"
#: the same, as a domain
COUNTED = Domain("kind", "=", MOVE) & Domain("is_undone", "=", False)


def counted_rows(with_undone=False):
    """Return the rows of the ledger that figures count, as a clause of WITH.

    It has the name of the table, and takes its place in the statement that it stands before.

    :param bool with_undone: whether conversions that were undone count, and their undo
    :rtype: SQL
    """
    return SQL(
        """
        crm_stage_transition AS NOT MATERIALIZED (
            SELECT * FROM crm_stage_transition AS counted WHERE %s
        )
        """,
        SQL(IS_MOVE if with_undone else IS_COUNTED, row=SQL("counted")),
    )
