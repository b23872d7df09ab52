"""What holds for all leads that are divided into chunks, whatever they share."""

import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.sales_funnel_stages.tools.chunks import chunked, connected

keys_by_item = st.dictionaries(
    st.integers(0, 40), st.lists(st.integers(0, 25), max_size=3), max_size=25
)

a_busy_machine_is_no_failure = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def reachable(keys_by_item, item):
    """→ the items that share a key with one, directly or through others."""
    found, new = set(), {item}
    while new:
        found |= new
        keys = {key for each in new for key in keys_by_item[each]}
        new = {each for each in keys_by_item if keys & {*keys_by_item[each]}} - found
    return found


@a_busy_machine_is_no_failure
@given(keys_by_item)
def test_groups_are_what_is_connected(keys_by_item):
    groups = connected(keys_by_item)
    assert sorted(itertools.chain(*groups)) == sorted(keys_by_item), "each once"
    for group in groups:
        assert set(group) == reachable(keys_by_item, group[0])


@a_busy_machine_is_no_failure
@given(keys_by_item)
def test_the_order_is_kept(keys_by_item):
    place = {item: number for number, item in enumerate(keys_by_item)}
    groups = connected(keys_by_item)
    assert groups == sorted(groups, key=lambda group: place[group[0]])
    assert all(group == sorted(group, key=place.get) for group in groups)


@a_busy_machine_is_no_failure
@given(keys_by_item, st.integers(1, 10))
def test_chunks_are_whole_groups(keys_by_item, size):
    groups = connected(keys_by_item)
    chunks = chunked(groups, size)
    assert list(itertools.chain(*chunks)) == list(itertools.chain(*groups))
    for chunk in chunks:
        within = [group for group in groups if group[0] in chunk]
        assert list(itertools.chain(*within)) == chunk
        assert len(chunk) <= size or len(within) == 1
    for one, other in itertools.pairwise(chunks):
        following = next(group for group in groups if group[0] == other[0])
        assert len(one) + len(following) > size, "chunks are filled"
