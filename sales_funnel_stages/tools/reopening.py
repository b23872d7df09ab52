"""Lost deals that others are merged into, and that are open again with them. Pure Python."""

from dataclasses import dataclass, field

from .carried import Carried
from .verdict import LOST


@dataclass(frozen=True, eq=False)
class Reopening(Carried):
    """By what a reopening is judged: where those were that were merged into what was lost.

    To restore a deal is free. But who merges a lead into a lost deal, and restores that,
    converts the lead.

    :ivar origins: ``{lead_id: State}``: of lost deals, that of whoever has come furthest of those
        that are merged into each

    >>> from .verdict import LOST, State
    >>> lead, lost, restored = State(False, 1), State(True, 3, status=LOST), State(True, 3)
    >>> reopening = Reopening({7: lead})
    >>> reopening.judged_from(7, lost, restored) == lead
    True
    >>> reopening.judged_from(8, lost, restored) == reopening.judged_from(7, lost, lost) == lost
    True
    """

    origins: dict = field(default_factory=dict)

    def judged_from(self, lead_id, before, after):
        """Return the :class:`State` from which a change is judged."""
        is_reopened = before and before.status == LOST and after.status != LOST
        return self.origins.get(lead_id, before) if is_reopened else before
