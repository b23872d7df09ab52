"""What a criterion is worth: two shares, how sure they are, and whether they differ. Pure Python.

The interval of one share is Wilson's: E. B. Wilson, "Probable inference, the law of succession,
and statistical inference", Journal of the American Statistical Association 22 (1927), 209-212.
That of the difference of two is Newcombe's hybrid of their Wilson intervals, his method 10:
R. G. Newcombe, "Interval estimation for the difference between independent proportions:
comparison of eleven methods", Statistics in Medicine 17 (1998), 873-890. Unlike the textbook's
interval both stay between the possible values, and hold for small numbers and shares near none
or all, as win rates are.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

#: how often an interval holds the true value
CONFIDENCE = 0.95
#: with fewer closed opportunities on either side nothing is said
ENOUGH = 10

PREDICTS, NO_DIFFERENCE, FEWER, TOO_LITTLE = "predicts", "no_difference", "fewer", "too_little"

#: what to do where there is too little: guide rather than enforce; ask for it earlier or later;
#: nothing but wait
GUIDE_FIRST, ALL_MET, NONE_MET, WAIT = "guide_first", "all_met", "none_met", "wait"


@dataclass(frozen=True)
class Share:
    """A share of some that are counted, such as the won ones of those that are closed."""

    count: int
    total: int

    @property
    def rate(self):
        """The share itself, None of nothing."""
        return self.count / self.total if self.total else None

    @property
    def missing(self):
        """How many more it takes until something can be said of it.

        >>> Share(5, 9).missing, Share(0, 12).missing
        (1, 0)
        """
        return max(ENOUGH - self.total, 0)

    @property
    def is_enough(self):
        """Whether it is of so many that something can be said of it.

        >>> Share(9, 9).is_enough, Share(0, 10).is_enough
        (False, True)
        """
        return self.total >= ENOUGH

    def interval(self, confidence=CONFIDENCE):
        """Return the Wilson score interval ``(low, high)``; anything is possible of nothing.

        It holds every true share from which the one that is seen is not too far away.

        >>> [round(bound, 4) for bound in Share(81, 263).interval()]
        [0.2553, 0.3662]
        >>> [round(bound, 4) for bound in Share(0, 20).interval()]
        [0.0, 0.1611]
        >>> Share(0, 0).interval()
        (0.0, 1.0)
        """
        if not self.total:
            return 0.0, 1.0
        z = NormalDist().inv_cdf((1 + confidence) / 2)
        n, p = self.total, self.count / self.total
        middle = p + z * z / (2 * n)
        reach = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        scale = 1 + z * z / n
        # what is exactly none or all must not become less than nothing by rounding
        low = 0.0 if not self.count else max(0.0, (middle - reach) / scale)
        high = 1.0 if self.count == n else min(1.0, (middle + reach) / scale)
        return low, high


@dataclass(frozen=True)
class Worth:
    """Two shares side by side: of those that met a criterion, and of those that did not."""

    met: Share
    unmet: Share

    @property
    def difference(self):
        """By how much the share of those that met it is larger; None where one is unknown."""
        if not self.met.total or not self.unmet.total:
            return None
        return self.met.rate - self.unmet.rate

    def interval(self, confidence=CONFIDENCE):
        """Return Newcombe's hybrid score interval of the difference, ``(low, high)``.

        >>> [round(bound, 4) for bound in Worth(Share(56, 70), Share(48, 80)).interval()]
        [0.0524, 0.3339]
        >>> [round(bound, 4) for bound in Worth(Share(9, 10), Share(3, 10)).interval()]
        [0.1705, 0.809]
        >>> Worth(Share(5, 9), Share(0, 0)).interval()
        (-1.0, 1.0)
        """
        if self.difference is None:
            return -1.0, 1.0
        p, (p_low, p_high) = self.met.rate, self.met.interval(confidence)
        q, (q_low, q_high) = self.unmet.rate, self.unmet.interval(confidence)
        low = p - q - sqrt((p - p_low) ** 2 + (q_high - q) ** 2)
        high = p - q + sqrt((p_high - p) ** 2 + (q - q_low) ** 2)
        return max(-1.0, low), min(1.0, high)

    @property
    def verdict(self):
        """What can be said of the criterion.

        >>> Worth(Share(56, 70), Share(48, 80)).verdict
        'predicts'
        >>> Worth(Share(48, 80), Share(56, 70)).verdict
        'fewer'
        >>> Worth(Share(12, 20), Share(11, 20)).verdict
        'no_difference'
        >>> Worth(Share(900, 1000), Share(0, 9)).verdict
        'too_little'
        """
        if not (self.met.is_enough and self.unmet.is_enough):
            return TOO_LITTLE
        low, high = self.interval()
        if low > 0:
            return PREDICTS
        return FEWER if high < 0 else NO_DIFFERENCE

    def advice(self, is_enforced):
        """Return what to do where there is too little data, "" where there is enough.

        :param bool is_enforced: some team requires it, and lets nobody through without it

        >>> Worth(Share(17, 28), Share(0, 1)).advice(is_enforced=True)
        'guide_first'
        >>> Worth(Share(17, 28), Share(0, 0)).advice(is_enforced=False)
        'all_met'
        >>> Worth(Share(0, 0), Share(17, 28)).advice(is_enforced=True)
        'none_met'
        >>> Worth(Share(3, 4), Share(1, 5)).advice(is_enforced=False)
        'wait'
        >>> Worth(Share(0, 0), Share(0, 0)).advice(is_enforced=False)
        'wait'
        >>> Worth(Share(9, 10), Share(3, 10)).advice(is_enforced=True)
        ''
        """
        if self.verdict != TOO_LITTLE:
            return ""
        if is_enforced and not self.unmet.is_enough and self.met.total:
            return GUIDE_FIRST
        if self.met.is_enough and not self.unmet.total:
            return ALL_MET
        if self.unmet.is_enough and not self.met.total:
            return NONE_MET
        return WAIT
