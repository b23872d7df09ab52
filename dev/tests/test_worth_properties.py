"""The intervals of shares, for any numbers, against what defines them."""

from math import sqrt
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.sales_funnel_stages.tools.worth import (
    CONFIDENCE,
    ENOUGH,
    FEWER,
    NO_DIFFERENCE,
    PREDICTS,
    TOO_LITTLE,
    Share,
    Worth,
)

Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
SHARES = st.integers(0, 500).flatmap(
    lambda total: st.builds(Share, st.integers(0, total), st.just(total))
)
KNOWN = SHARES.filter(lambda share: share.total)


def is_plausible(true_rate, share):
    """Whether a share is not too far away from what is true, in its standard errors."""
    error = sqrt(true_rate * (1 - true_rate) / share.total)
    return abs(share.count / share.total - true_rate) <= Z * error


def last_plausible(share, end):
    """→ the last true rate, on the way from the share to 0 or 1, that is plausible; bisected."""
    inside, outside = share.count / share.total, float(end)
    if inside == outside:
        return inside
    for _step in range(100):
        middle = (inside + outside) / 2
        if is_plausible(middle, share):
            inside = middle
        else:
            outside = middle
    return inside


@given(KNOWN)
def test_the_interval_of_a_share(share):
    low, high = share.interval()
    assert low == pytest.approx(last_plausible(share, 0), abs=1e-6)
    assert high == pytest.approx(last_plausible(share, 1), abs=1e-6)


@given(SHARES)
def test_it_holds_the_share(share):
    low, high = share.interval()
    assert 0 <= low <= high <= 1
    if share.total:
        assert low <= share.rate <= high


@given(KNOWN)
def test_it_mirrors(share):
    """What is said of the won ones is said of the lost ones, the other way round."""
    low, high = share.interval()
    other = Share(share.total - share.count, share.total).interval()
    assert other == pytest.approx((1 - high, 1 - low))


@given(KNOWN, st.integers(2, 20))
def test_more_of_the_same_is_surer(share, times):
    low, high = share.interval()
    more_low, more_high = Share(share.count * times, share.total * times).interval()
    assert low <= more_low + 1e-12
    assert more_high <= high + 1e-12


@given(KNOWN, KNOWN)
def test_the_interval_of_a_difference(met, unmet):
    """The squares of how far each of the two may be wrong add up."""
    low, high = Worth(met, unmet).interval()
    difference = met.count / met.total - unmet.count / unmet.total
    down = last_plausible(met, 0) - met.rate, last_plausible(unmet, 1) - unmet.rate
    up = last_plausible(met, 1) - met.rate, last_plausible(unmet, 0) - unmet.rate
    assert low == pytest.approx(difference - sqrt(down[0] ** 2 + down[1] ** 2), abs=1e-5)
    assert high == pytest.approx(difference + sqrt(up[0] ** 2 + up[1] ** 2), abs=1e-5)


@given(SHARES, SHARES)
def test_it_holds_the_difference(met, unmet):
    worth = Worth(met, unmet)
    low, high = worth.interval()
    assert -1 <= low <= high <= 1
    if worth.difference is None:
        assert (low, high) == (-1, 1)
    else:
        assert low <= worth.difference <= high


@given(SHARES, SHARES)
def test_the_verdict(met, unmet):
    low, high = Worth(met, unmet).interval()
    verdict, opposite = Worth(met, unmet).verdict, Worth(unmet, met).verdict
    if min(met.total, unmet.total) < ENOUGH:
        assert verdict == opposite == TOO_LITTLE
    elif low <= 0 <= high:
        assert verdict == opposite == NO_DIFFERENCE
    else:
        assert {verdict, opposite} == {PREDICTS, FEWER}
        assert (verdict == PREDICTS) == (met.rate > unmet.rate)
