"""Asking for a move that the rules refuse, deciding on it, and what an exception still owes.

Calls gate/ and what is imported before it.
"""

from . import request
from . import decision
from . import several
from . import debt
from . import override_debt
from . import arrival_debt
from . import debts_shown
from . import asking
from . import team
from . import stage
