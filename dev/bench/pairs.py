"""The arithmetic of measurements taken in pairs: one in each of two databases."""

import math
from statistics import median

# Standard deviations on either side: what is shown (95 %), and what ends a measurement early
# (99.9 %, since it is looked at after every pair).
SHOWN = 1.96
SURE = 3.3


def interval(values, deviations=SHOWN):
    """Bounds between which the true median lies, whatever the values are distributed like.

    :return: the lowest and the highest value of the interval, or infinite where there are too
        few values to say

    >>> interval(range(1, 101))
    (40, 61)
    >>> interval([1.0, 1.1])
    (-inf, inf)
    """
    ordered = sorted(values)
    size = len(ordered)
    # How many of the values lie below the median is like tossing a coin so often.
    rank = math.floor((size - deviations * math.sqrt(size)) / 2) - 1
    if rank < 0:
        return -math.inf, math.inf
    return ordered[rank], ordered[size - 1 - rank]


def is_decided(ratios, at_most):
    """Whether more measurements would hardly change on which side of a limit the median is.

    >>> is_decided([1.0] * 100, 1.02), is_decided([1.0, 1.04] * 50, 1.02)
    (True, False)
    """
    low, high = interval(ratios, SURE)
    return high <= at_most or low > at_most


def ratios(pairs):
    """Pairs (theirs, ours) → for each, how many times theirs ours is.

    >>> ratios([(2, 3), (4, 2)])
    [1.5, 0.5]
    """
    return [ours / theirs for theirs, ours in pairs]


def medians(pairs):
    """Pairs (theirs, ours) → the medians of both.

    >>> medians([(1, 2), (2, 4), (9, 3)])
    (2, 3)
    """
    theirs, ours = zip(*pairs, strict=True)
    return median(theirs), median(ours)


def duration(seconds):
    """→ a duration as people read it.

    >>> duration(6.413), duration(0.01952), duration(0.000312)
    ('6.41 s', '19.5 ms', '0.312 ms')
    """
    value, unit = (seconds, "s") if seconds >= 1 else (seconds * 1000, "ms")
    return f"{value:.3g} {unit}"
