"""What happened: one row for each step of each lead, which nobody changes, and held-back moves.

Also the history of before the installation (backfill), what becomes of rows when leads are merged
or deleted, and how it shows that somebody changed them (proof). Knows where a lead stands, and
judges nothing. Calls qualification/ and rules/.
"""

from . import ledger_mixin
from . import past_stage
from . import transition
from . import kind
from . import mark
from . import doubtful
from . import undone
from . import promised
from . import held_back_move
from . import summary
from . import facts_shown
from . import access
from . import state
from . import facts
from . import imported_past
from . import recording
from . import held_back
from . import ending
from . import backfill
from . import proof
