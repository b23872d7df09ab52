"""What is noted of a move besides the move itself: why, and by whose permission.

A note travels in the context (see ``tools.carried``).
"""

from dataclasses import dataclass
from datetime import date

from .carried import Carried


def is_reason(value):
    """Tell whether a value is a text that says something: some characters cannot be seen.

    >>> is_reason("Signed on paper"), is_reason(" ... "), is_reason(None), is_reason(7)
    (True, False, False, False)
    """
    return isinstance(value, str) and any(map(str.isalnum, value))


@dataclass(frozen=True)
class MoveNote(Carried):
    """Why a lead is moved.

    ``lead_ids`` empty: it speaks for every lead that moves; ``gates`` empty: and into
    whatever gate (see ``tools.rulebook``).

    ``permission`` is the verdict on a move that unmet criteria would have stopped (see
    ``tools.verdict``): empty where the note gives no permission.

    >>> MoveNote("They asked for a pause").speaks_for(7)
    True
    >>> MoveNote("Signed on paper", lead_ids=frozenset([1])).speaks_for(7)
    False
    >>> note = MoveNote("Signed on paper", gates=frozenset([3]))
    >>> note.speaks_for(7, 3), note.speaks_for(7, 4), note.speaks_for(7, None)
    (True, False, True)
    """

    reason: str = ""
    permission: str = ""
    approver_id: int = 0
    #: by when what is unmet is to be made good
    make_good_date: date | None = None
    lead_ids: frozenset = frozenset()
    gates: frozenset = frozenset()

    def speaks_for(self, lead_id, gate=None):
        """Tell whether the note is about a move of that lead, into that gate (None: free)."""
        return (not self.lead_ids or lead_id in self.lead_ids) and (
            not self.gates or gate is None or gate in self.gates
        )
