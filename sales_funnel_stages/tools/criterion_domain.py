"""What the domain of a criterion may look like. Pure Python that knows nothing of the ORM.

A criterion is searched in SQL and evaluated on records, and both have to say the same.
Odoo's two engines differ on many forms: a number that was never set is 0 for one of them
only, a record given by its name is looked up by e-mail too, a pattern overlooks a line
break at the end, text has two orders. So only forms known to agree are let through, some
of them rewritten.

How to use it: ``read_domain`` turns a text into nested lists, ``comparable`` checks one
comparison and returns it as it is evaluated. Both raise :class:`Unreliable`, whose
``problem`` says what is wrong.
"""

import ast

#: no plain filter; too long or too deep; no such field; a field of no use here, or that
#: does not go with the operator, the value, the pattern; records compared by their name
SYNTAX, SIZE, UNKNOWN, UNUSABLE, OPERATOR, VALUE, PATTERN, NAME = (
    "syntax",
    "size",
    "unknown",
    "unusable",
    "operator",
    "value",
    "pattern",
    "name",
)

EQUALITY = ("=", "!=", "in", "not in")
INEQUALITY = ("<", "<=", ">", ">=")
CONTAINS = ("like", "not like", "ilike", "not ilike")
MATCHES = ("=like", "not =like", "=ilike", "not =ilike")
RELATIONAL = ("any", "not any")
HIERARCHY = ("child_of", "parent_of")

NUMBER_TYPES = ("integer", "float", "monetary")
LINES_TYPES = ("one2many", "many2many")
RECORD_TYPES = ("many2one", "id", *LINES_TYPES)

#: which operators each type of field goes with; a type that is not here cannot be used
OPERATORS_BY_TYPE = {
    "boolean": EQUALITY,
    "integer": EQUALITY + INEQUALITY,
    "float": EQUALITY + INEQUALITY,
    "monetary": EQUALITY + INEQUALITY,
    "date": EQUALITY + INEQUALITY,
    "datetime": EQUALITY + INEQUALITY,
    "date_part": EQUALITY + INEQUALITY,
    "char": EQUALITY + CONTAINS + MATCHES,
    "text": EQUALITY + CONTAINS + MATCHES,
    "html": EQUALITY + CONTAINS,
    "selection": EQUALITY,
    "many2one": EQUALITY + RELATIONAL + HIERARCHY,
    "one2many": EQUALITY + RELATIONAL,
    "many2many": EQUALITY + RELATIONAL,
    "id": EQUALITY,
    "property": EQUALITY,
}
OPERATORS = {operator for each in OPERATORS_BY_TYPE.values() for operator in each}

#: parts of a date on which both engines agree; they do not on quarter and day of the week
DATE_PARTS = ("year_number", "month_number", "iso_week_number", "day_of_year", "day_of_month")

# a domain is evaluated recursively, deep inside whatever saves a lead
MAX_LENGTH = 20_000
MAX_DEPTH = 12
MAX_INTEGER = 2**31 - 1
# beyond it, a decimal number is not exact any more
MAX_NUMBER = 2**53


class Unreliable(ValueError):
    """A domain, or a comparison in it, on which searching and evaluating may differ."""

    def __init__(self, problem, value=None):
        super().__init__(problem, value)
        self.problem = problem
        self.value = value
        #: the field compared, where whoever asks knows it
        self.field = None


# ----------------------------------------------------------------------
# The shape of a domain
# ----------------------------------------------------------------------


def read_domain(text):
    """Return the domain that a text stands for, as nested lists. Nothing in it is executed.

    >>> read_domain("['!', ('need_level', '=', 'strong')]")
    ['!', ('need_level', '=', 'strong')]
    """
    text = (text or "").strip()
    if len(text) > MAX_LENGTH:
        raise Unreliable(SIZE)
    try:
        domain = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise Unreliable(SYNTAX) from error
    if _depth(domain) > MAX_DEPTH:
        raise Unreliable(SIZE)
    return domain


def _depth(domain):
    """Return how deep a domain is nested; terms joined by one operator are one level.

    >>> _depth(["&", "&", ("a", "=", 1), ("b", "=", 1), ("c.d", "any", [("e", "=", 1)])])
    4
    """
    if not isinstance(domain, list | tuple):
        raise Unreliable(SYNTAX)
    parts = []  # (what joins it, its depth) of each part read so far
    for item in reversed(domain):
        try:
            if item in ("&", "|"):
                joined = parts.pop(), parts.pop()
                parts.append((item, max(depth + (by != item) for by, depth in joined)))
            elif item == "!":
                parts.append(("!", parts.pop()[1] + 1))
            else:
                parts.append((None, _depth_of_term(item)))
        except IndexError as error:
            raise Unreliable(SYNTAX) from error
    return max((depth for _by, depth in parts), default=0)


def _depth_of_term(term):
    if not (isinstance(term, list | tuple) and len(term) == 3):
        raise Unreliable(SYNTAX)
    name, operator, value = term
    if not (isinstance(name, str) and isinstance(operator, str)):
        raise Unreliable(SYNTAX)
    if operator not in OPERATORS:
        raise Unreliable(OPERATOR, operator)
    return name.count(".") + 1 + (_depth(value) if operator in RELATIONAL else 0)


# ----------------------------------------------------------------------
# One comparison
# ----------------------------------------------------------------------


def comparable(type_, operator, value):
    """Return ``(operator, value)`` as it is evaluated; equality becomes "in" a list.

    :param str type_: a key of ``OPERATORS_BY_TYPE``
    :raise Unreliable: where searching and evaluating may differ

    >>> comparable("selection", "=", "strong"), comparable("boolean", "!=", False)
    (('in', ['strong']), ('not in', [False]))
    >>> comparable("monetary", "!=", 0), comparable("integer", "in", [5, 0])
    (('not in', [False, 0]), ('in', [False, 0, 5]))
    >>> comparable("date", "<=", "today +6m"), comparable("char", "ilike", "acme")
    (('<=', 'today +6m'), ('ilike', 'acme'))
    >>> comparable("property", "!=", False), comparable("property", "=", "hot")
    (('not in', [False]), ('in', ['hot']))
    """
    if operator in RELATIONAL or operator not in OPERATORS_BY_TYPE[type_]:
        raise Unreliable(OPERATOR, operator)
    if operator in CONTAINS + MATCHES:
        return operator, _check_pattern(operator, value)
    if operator in INEQUALITY:
        return operator, _check_value(type_, value)
    values = value if isinstance(value, list | tuple | set) else [value]
    clean = _check_values(type_, operator, values)
    if operator in HIERARCHY:
        return operator, clean
    return ("in" if operator in ("=", "in") else "not in"), clean


def _check_values(type_, operator, values):
    """Return the values that a field of a type may be one of; False is "not set"."""
    if not values:
        raise Unreliable(VALUE, values)
    if type_ == "property":
        return _check_property_values(operator, values)
    may_be_empty = operator in EQUALITY and type_ not in ("date_part", "id")
    clean = [
        False if may_be_empty and _is_empty(each) else _check_value(type_, each) for each in values
    ]
    if type_ in NUMBER_TYPES and 0 in clean:
        # what was never set counts as 0 (and False is 0 in Python)
        clean = [False, 0, *(each for each in clean if each)]
    return clean


def _check_property_values(operator, values):
    """Return the values that a property may be one of, or that it is not set."""
    if all(map(_is_empty, values)):
        # whether it is set, which is looked up in a way of its own
        return [False]
    if operator not in ("=", "in"):
        raise Unreliable(OPERATOR, operator)
    return [_check_value("property", each) for each in values]


def _check_value(type_, value):
    """Return a value, other than "not set", that a field of a type is compared with."""
    if type_ in RECORD_TYPES and isinstance(value, str):
        raise Unreliable(NAME, value)
    if type_ == "integer" and isinstance(value, float) and value.is_integer():
        value = int(value)
    if type_ == "boolean" and _is_integer(value) and value in (0, 1):
        # what some clients write
        value = bool(value)
    if not IS_VALUE_OF_TYPE.get(type_, _is_text)(value):
        raise Unreliable(VALUE, value)
    return value


def _is_empty(value):
    return value is False or value is None


def _is_boolean(value):
    return isinstance(value, bool)


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_decimal(value):
    # neither is one that is infinite
    return _is_number(value) and abs(value) <= MAX_NUMBER


def _is_integer(value):
    return _is_number(value) and isinstance(value, int) and abs(value) <= MAX_INTEGER


def _is_id(value):
    # 0 is False in Python, and no record
    return _is_integer(value) and value > 0


def _is_text(value):
    return isinstance(value, str) and "\0" not in value


#: what a value has to be for each type of field; a text for any other
IS_VALUE_OF_TYPE = {
    # one that is not set is missing, empty or false, and differs between the engines
    "property": bool,
    "boolean": _is_boolean,
    "integer": _is_integer,
    **dict.fromkeys(("float", "monetary"), _is_decimal),
    **dict.fromkeys((*RECORD_TYPES, "date_part"), _is_id),
}


def _check_pattern(operator, value):
    """Return a pattern that both engines read alike.

    They do not where an empty text matches, where a character is escaped, and where the
    end of the text has to match (one overlooks a line break there). A gap inside makes
    Python try all places for each part: a long text would hold up everybody who sees it.

    >>> _check_pattern("=ilike", "acme%"), _check_pattern("ilike", "%acme%")
    ('acme%', 'acme')
    """
    if not isinstance(value, str) or "\\" in value or "\0" in value:
        raise Unreliable(PATTERN, value)
    text = value.strip("%")
    if not text or "%" in text:
        raise Unreliable(PATTERN, value)
    if operator not in MATCHES:
        return text
    if not value.endswith("%"):
        raise Unreliable(PATTERN, value)
    return f"%{text}%" if value.startswith("%") else f"{text}%"
