"""In whose hands leads were, before others were merged into them. Pure Python."""

from dataclasses import dataclass, field, replace

from .carried import Carried


@dataclass(frozen=True, eq=False)
class MergedHands(Carried):
    """By whose rules a lead is judged that is converted in the same breath as it is merged.

    Odoo hands what is merged to its salesperson's team, which nobody has asked for: the hands
    before decide, as they do where a conversion alone does so. Whoever merges and converts carries
    an empty one along, in which merges note them.

    :ivar hands: ``{lead_id: State.hands}``: of those that others were merged into

    >>> from .verdict import State
    >>> before, after = State(False, 1, team_id=5), State(True, 1, team_id=5)
    >>> merged = MergedHands()
    >>> merged.note(7, (2, 0))
    >>> merged.note(7, (5, 0))
    >>> merged.judged_from(7, before, after) == State(False, 1, team_id=2)
    True
    >>> merged.judged_from(8, before, after) == merged.judged_from(7, before, before) == before
    True
    """

    hands: dict = field(default_factory=dict)

    def note(self, lead_id, hands):
        """Note in whose hands a lead was before others were merged into it, the first time."""
        self.hands.setdefault(lead_id, hands)

    def judged_from(self, lead_id, before, after):
        """Return the :class:`State` from which a change is judged."""
        is_conversion = before and after.is_opportunity and not before.is_opportunity
        if not is_conversion or lead_id not in self.hands:
            return before
        team_id, company_id = self.hands[lead_id]
        return replace(before, team_id=team_id, company_id=company_id)
