"""What qualification is worth, in plain loops, from the definitions in ``readme/FUNNEL.md``.

Intervals are the roots of the equations that define them, rather than solved for. Pure Python.
"""

from collections import defaultdict
from math import sqrt
from typing import NamedTuple

#: 97.5 % of the standard normal distribution lie below it (statistical tables)
Z = 1.959963984540054
ENOUGH = 10


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
    receipt: list


def counts(steps, status_by_lead, keep=lambda step: True):
    """Return ``{criterion: {whether it was met: [won, closed, open]}}``.

    :param status_by_lead: ``{id: won, lost or pending}`` of the leads that there are
    :param keep: a function of the step by which a lead became an opportunity: whether it counts
    """
    history_by_lead = defaultdict(list)
    for step in sorted(steps, key=lambda step: (step.date, step.id)):
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


def share(won, closed):
    """Return a win rate and its limits, after Wilson: ``(rate, low, high)``.

    The true rates p from which the one that is seen is Z standard errors away:
    (rate - p)² = Z² p (1 - p) / closed, a quadratic equation.
    """
    if not closed:
        return None, 0.0, 1.0
    rate = won / closed
    square = 1 + Z**2 / closed
    linear = -(2 * rate + Z**2 / closed)
    root = sqrt(max(linear**2 - 4 * square * rate**2, 0))
    return rate, (-linear - root) / (2 * square), (-linear + root) / (2 * square)


def difference(met, unmet):
    """Return by how much two win rates differ, after Newcombe: ``(difference, low, high)``.

    :param met: ``(won, closed)``, :param unmet: and of the others
    """
    (p, p_low, p_high), (q, q_low, q_high) = share(*met), share(*unmet)
    if p is None or q is None:
        return None, -1.0, 1.0
    down, up = (p - p_low, q_high - q), (p_high - p, q - q_low)
    return p - q, p - q - sqrt(sum(x**2 for x in down)), p - q + sqrt(sum(x**2 for x in up))


def verdict(met, unmet):
    """Return what can be said."""
    if min(met[1], unmet[1]) < ENOUGH:
        return "too_little"
    _difference, low, high = difference(met, unmet)
    if low > 0:
        return "predicts"
    return "fewer" if high < 0 else "no_difference"
