"""Ids of rows that each stand for two records: the same in every query. Pure Python."""

# above the ids of second records
LIMIT = 1_000_000


def pair_id(first, second):
    """Return the id of a row in SQL, of the expressions of two ids.

    >>> pair_id("step.id", "stage.id")
    '(step.id::bigint * 1000000 + stage.id)'
    """
    return f"({first}::bigint * {LIMIT} + {second})"


def stage_number(stage):
    """Return the number of a stage of the funnel in SQL, which is above zero, of its id.

    >>> stage_number("pass.stage_id")
    'CASE WHEN pass.stage_id < 0 THEN 500000 - pass.stage_id ELSE pass.stage_id END'
    """
    return f"CASE WHEN {stage} < 0 THEN {LIMIT // 2} - {stage} ELSE {stage} END"


def first_id(row_id):
    """Return the id of the first record that a row stands for.

    >>> first_id(7 * LIMIT + 3)
    7
    """
    return row_id // LIMIT
