"""Which errors are clear to whoever called, and whose fault the others are."""

import linecache
import traceback

from psycopg2 import IntegrityError

from odoo.exceptions import AccessDenied, UserError

#: what clients show as a sentence; AccessError, ValidationError and MissingError are such, and
#: Odoo makes such of what breaks a constraint
CLEAR = (UserError, AccessDenied, IntegrityError)
OURS = "/sales_funnel_stages"
# the line of an override on which Odoo is at work, and that on which a ``with`` statement is
STOCKS, SURROUNDED = "super(", "yield"


def get_fault(error):
    """Return where an error that is not clear comes from our code, as a text; None if it does not.

    What stock Odoo raises itself, of which our overrides know but that they have called it, is no
    fault of ours.
    """
    if isinstance(error, CLEAR) or str(error).startswith("Expected singleton"):
        return None
    for frame, line_number in reversed([*traceback.walk_tb(error.__traceback__)]):
        path = frame.f_code.co_filename
        if OURS not in path or "/tests/" in path:
            continue
        line = linecache.getline(path, line_number or 0)
        if SURROUNDED in line:
            continue
        if STOCKS in line:
            return None
        place = path.partition(OURS)[2]
        return f"{type(error).__name__}: {str(error)[:200]} ({place}:{line_number})"
    return None
