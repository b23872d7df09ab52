"""Whether a lead may move: the one place that decides, its doors, refusals and overrides.

``gate.py`` reads as what follows from a move; other packages extend its hooks. Calls ledger/
and what is below.
"""

from . import who_is_gated
from . import savepoint
from . import override
from . import judging
from . import what_if
from . import concurrency
from . import refusal
from . import scoring
from . import override_note
from . import gate
from . import move
from . import advance
from . import guidance
from . import doors
