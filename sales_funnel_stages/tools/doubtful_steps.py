"""Which recorded steps of a lead contradict those around them. Pure Python."""

from collections import namedtuple

#: a row of the ledger; where it begins and ends is whatever can be compared, None for nowhere
Step = namedtuple("Step", "id moment begin end")


def find_doubtful(steps):
    """Return the ids of steps that do not begin where the lead was, and were recorded too early.

    Before 19.0.5.0.0, a call that moved a lead while another call was moving it was recorded
    before that one, which then was recorded from its own beginning to the end of both.

    :param steps: the :class:`Step` of one lead, in the order in which they were recorded

    >>> def find(*rows):
    ...     return find_doubtful([Step(n, *row) for n, row in enumerate(rows)])
    >>> find((1, None, "new"), (2, "qualified", "proposition"), (2, "new", "proposition"))
    [1]
    >>> find((1, "new", "proposition"), (1, None, "proposition"), (2, "proposition", "won"))
    [0]

    A card that was moved, and at once moved back by a rule: only the way back was recorded.

    >>> find((1, None, "new"), (2, "qualified", "new"), (3, "new", "won"))
    [1]

    Where nothing of the same moment says otherwise, something else has moved the lead, such as SQL:

    >>> find((1, None, "new"), (2, "qualified", "proposition"), (3, "proposition", "won"))
    []
    >>> find((1, None, "new"), (2, "new", "won"))
    []
    """
    found, place = [], None
    for number, step in enumerate(steps):
        if step.begin == place or not _is_contradicted(step, place, steps[number + 1 :]):
            place = step.end
        else:
            found.append(step.id)
    return found


def _is_contradicted(step, place, later_steps):
    return (place and step.end == place) or any(
        later.moment == step.moment and later.begin == place for later in later_steps
    )
