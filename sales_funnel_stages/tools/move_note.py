"""What is noted of a move besides the move itself: why, and by whose permission.

A note travels in the context (see ``tools.carried``).
"""

from dataclasses import dataclass
from datetime import date

from .carried import Carried

#: of a reason
MOST_CHARACTERS = 5000


def is_reason(value):
    """Tell whether a value is a text that says something: some characters cannot be seen.

    >>> is_reason("Signed on paper"), is_reason(" ... "), is_reason(None), is_reason(7)
    (True, False, False, False)
    """
    return isinstance(value, str) and any(map(str.isalnum, value))


@dataclass(frozen=True)
class MoveNote(Carried):
    """Why leads are moved.

    What is empty sets no limit: it speaks for every lead, from wherever it is, into whatever gate
    (see ``tools.rulebook``). A permission is for one move: whatever moves the lead on from there,
    as an automation rule may, goes on without it.

    ``permission`` is the verdict on a move that unmet criteria would have stopped (see
    ``tools.verdict``): empty where the note gives no permission.

    >>> MoveNote("They asked for a pause").speaks_for(7, None)
    True
    >>> MoveNote("Signed on paper", lead_ids=frozenset([1])).speaks_for(7, None)
    False
    >>> note = MoveNote("Signed on paper", origins=frozenset([("new",)]), gates=frozenset([3]))
    >>> note.speaks_for(7, ("new",), {3}), note.speaks_for(7, ("late",), {3})
    (True, False)
    >>> note.speaks_for(7, ("new",), {4}), note.speaks_for(7, ("new",))
    (False, True)
    """

    reason: str = ""
    permission: str = ""
    approver_id: int = 0
    #: by when what is unmet is to be made good
    make_good_date: date | None = None
    lead_ids: frozenset = frozenset()
    #: how far leads have come that are moved (see ``State.standing``); None: they are created
    origins: frozenset = frozenset()
    gates: frozenset = frozenset()

    def speaks_for(self, lead_id, origin, gates=()):
        """Tell whether the note is about a move of that lead.

        :param origin: how far it has come; None: it is created
        :param gates: those that it passes through; empty: the move is free
        """
        return (
            (not self.lead_ids or lead_id in self.lead_ids)
            and (not self.origins or origin in self.origins)
            and (not self.gates or not gates or not self.gates.isdisjoint(gates))
        )
