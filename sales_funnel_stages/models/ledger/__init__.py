from . import ledger_mixin
from . import transition
from . import held_back_move
from . import history
from . import access
from . import recording
from . import backfill
