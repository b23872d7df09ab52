"""What became of opportunities that met a criterion, in plain loops. Pure Python.

From the definitions in ``readme/FUNNEL.md``.
"""

from collections import defaultdict
from typing import NamedTuple


class Step(NamedTuple):
    """A row of the ledger, with its receipt: a list of ``{"id", "met", …}``, or None."""

    id: int
    lead_ref: int
    lead_id: int
    date: object
    direction: str
    from_type: str
    from_status: str
    to_type: str
    to_status: str
    team_id: int
    #: of a conversion that was undone, or its undo
    is_undone: bool
    receipt: list


def counts(steps, status_by_lead, keep=lambda step: True):
    """Return ``{criterion: {whether it was met: [won, closed, open]}}``.

    :param status_by_lead: ``{id: won, lost or pending}`` of the leads that there are
    :param keep: a function of the step by which a lead became an opportunity: whether it counts
    """
    history_by_lead = defaultdict(list)
    known = [step for step in steps if not step.is_undone]
    for step in sorted(known, key=lambda step: (step.date, step.id)):
        history_by_lead[step.lead_ref].append(step)
    found = defaultdict(lambda: {True: [0, 0, 0], False: [0, 0, 0]})
    for history in history_by_lead.values():
        began = [step for step in history if step.to_type == "opportunity" != step.from_type]
        if not began or began[-1].receipt is None or not keep(began[-1]):
            continue
        status = _status(began[-1], history[-1], status_by_lead)
        for said in began[-1].receipt:
            won_closed_open = found[said["id"]][said["met"]]
            won_closed_open[0] += status == "won"
            won_closed_open[1] += status in ("won", "lost")
            won_closed_open[2] += status == "open"
    return dict(found)


def _status(began, last, status_by_lead):
    if began.lead_id == began.lead_ref and began.lead_id in status_by_lead:
        status = status_by_lead[began.lead_id]
        return status if status in ("won", "lost") else "open"
    if last.direction in ("merged", "deleted"):
        return last.from_status if last.from_status != "open" else "gone"
    return last.to_status
