"""Whether a lead may move: the one place that decides, its doors, refusals and overrides.

Start at ``_pass_gate`` in ``gate.py``: it lists what happens when a lead moves, and has hooks for
other packages. Calls ledger/ and what is imported before it.
"""

from . import who_is_gated
from . import savepoint
from . import override
from . import judging
from . import what_if
from . import concurrency
from . import refusal
from . import probability
from . import override_note
from . import derived_fields
from . import imported_past
from . import lost_reason
from . import gate
from . import nested_calls
from . import create_and_write
from . import link
from . import asked_move
from . import move_dialog
from . import move_with_reason
from . import advance
from . import guidance
from . import doors
