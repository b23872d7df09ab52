"""Asking for a move that the rules refuse, deciding on it, and what is to be made good after.

Calls gate/ and what is below.
"""

from . import request
from . import decision
from . import override_debt
from . import asking
from . import team
