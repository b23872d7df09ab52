"""Doors: ways in which leads move. Those are here that need more than ``create`` and ``write`` do.

readme/DOORS.md lists all doors.
"""

from . import intake
from . import import_rows
from . import assignment
from . import convert
from . import copy
from . import merge
from . import won_and_lost
from . import stage
from . import team
