"""What the benchmark says holds or falls short, of sides whose costs are known."""

import math
import os
import time

import pytest

from odoo.tests import TransactionCase

from dev.bench import pairs
from dev.bench.clock import clock
from dev.bench.measure import Elapsed, Growth, History, Page, Queries, Ratio, Speedup
from dev.bench.side import Run


class KnownSide:
    """A side on which an action takes what is said, in place of being done."""

    def __init__(self, seconds=1.0, queries=0):
        self.seconds = seconds
        self.queries = queries
        self.untidied = 0.0
        self.most_untidied = 0.0

    def tidy(self):
        self.untidied = 0.0

    def prepare(self, action):
        return action

    def find_violations(self, found):
        return found

    def run(self, more):
        self.untidied += self.seconds
        self.most_untidied = max(self.most_untidied, self.untidied)
        return Run(self.seconds, self.queries * more)

    def run_all(self, calls):
        runs = [self.run(each) for each in calls]
        return Run(sum(run.seconds for run in runs), sum(run.queries for run in runs))


@pytest.mark.parametrize(("ours", "holds"), [(1.0, True), (1.05, True), (1.06, False)])
def test_ratio(ours, holds):
    figure = Ratio("anything", action=1, at_most=1.05, seconds=1)
    result = figure.measure(KnownSide(1.0), KnownSide(ours))
    assert result.holds is holds
    assert result.measured.startswith(f"{ours:.3f} times")
    assert result.asked == "at most 1.05 times"
    assert result.is_sure


@pytest.mark.parametrize(
    ("seconds", "queries", "holds"), [(1.0, 3, True), (1.0, 4, False), (1.1, 3, False)]
)
def test_page(seconds, queries, holds):
    figure = Page("anything", action=[1, 1], at_most=1.05, seconds=1, queries=2)
    result = figure.measure(KnownSide(1.0, 2), KnownSide(seconds, queries))
    assert result.holds is holds
    assert result.measured.startswith(f"{seconds:.3f} times")
    assert result.measured.endswith(f"4 queries and {2 * (queries - 2)} more")
    assert result.asked == "at most 1.05 times, 2 queries more"


def test_what_elapses():
    side = KnownSide(queries=2)
    result = Elapsed("anything", action=[1, 1], at_most=60).measure(side, side)
    assert result.holds
    assert result.measured.endswith(", 4 queries")
    assert not Elapsed("anything", action=[1], at_most=0).measure(side, side).holds


def test_clear_ratio_ends_early():
    result = Ratio("anything", action=1, at_most=1.05, seconds=60).measure(
        KnownSide(1.0), KnownSide(1.5)
    )
    assert "1 s → 1.5 s; 15 pairs" in result.measured
    assert not result.holds


def test_what_was_undone_is_removed():
    sides = [KnownSide(0.1), KnownSide(0.1)]
    Ratio("anything", action=1, at_most=1.05, seconds=0.1).measure(*sides)
    assert [side.most_untidied < 0.7 for side in sides] == [True, True]


@pytest.mark.parametrize(
    ("ours", "queries", "holds"),
    [(1.0, 6, True), (1.2, 6, False), (1.0, 7, False)],
)
def test_speedup(ours, queries, holds):
    # the floor is what Odoo does once, where its own wizard does it ten times
    figure = Speedup("anything", 10, 1, at_least=5, times_floor=1.1, queries_of_floor=1.2)
    result = figure.measure(ScalingSide(1.0, 50), ScalingSide(ours / 10, queries))
    assert result.holds is holds
    assert result.measured.startswith(f"{10 / ours:.1f} times as fast (10 s")
    assert result.measured.endswith("times its queries (50)")


@pytest.mark.parametrize(
    ("at_most", "queries", "memory", "holds"),
    [
        (0.5, 1.1, 10**6, True),
        (0.4, 1.1, 10**6, False),
        (0.5, 1.0, 10**6, False),
        (0.5, 1.1, 1, False),
    ],
)
def test_growth(at_most, queries, memory, holds):
    # A run takes a second whatever it does, and two queries each of what it does.
    figure = Growth("anything", [(1, 1), (2, 1)], at_most, queries, memory)
    result = figure.measure(None, KnownSide(1.0, 2))
    assert result.holds is holds
    assert result.measured.startswith("0.50 times the time (1 s → 500 ms), 2.00 → 1.00 queries")


class ScalingSide(KnownSide):
    """A side on which an action takes so many times what is said."""

    def run(self, more):
        return Run(self.seconds * more, self.queries * more)


class VaryingSide(KnownSide):
    """A side of which every other run takes a tenth more."""

    def run(self, more):
        self.seconds = 1.1 if self.seconds == 1.0 else 1.0
        return super().run(more)


@pytest.mark.parametrize(("at_most", "is_sure"), [(1.05, False), (1.2, True)])
def test_sure_or_not(at_most, is_sure):
    figure = Ratio("anything", action=1, at_most=at_most, seconds=0.1)
    assert figure.measure(KnownSide(1.0), VaryingSide(1.0)).is_sure is is_sure


@pytest.mark.parametrize(
    ("actions", "ours", "at_most", "holds", "measured"),
    [
        ([1, 1], 5, math.inf, True, "2, 2 more"),
        ([1, 2], 5, math.inf, False, "2, 4 more"),
        ([1, 1], 5, 2, True, "2, 2 more"),
        ([1, 1], 5, 1, False, "2, 2 more"),
        ([1, 1], 3, 0, True, "0, 0 more"),
    ],
)
def test_queries(actions, ours, at_most, holds, measured):
    figure = Queries("anything", actions, at_most)
    result = figure.measure(KnownSide(queries=3), KnownSide(queries=ours))
    assert (result.holds, result.measured) == (holds, measured)


@pytest.mark.parametrize(("found", "holds"), [({}, True), ({"it ends where it is": [(1,)]}, False)])
def test_history(found, holds):
    result = History("anything", [{}, found]).measure(None, KnownSide())
    assert (result.holds, result.measured) == (holds, f"{len(found)} rows that are not so")


def test_interval_covers_the_median_of_skewed_values():
    """Runs are never faster than they can be, and some are much slower."""
    values = [1 + (number % 97) ** 3 / 1e6 for number in range(2000)]
    low, high = pairs.interval(values)
    assert low < pairs.median(values) < high
    assert high - low < 0.05


def test_undecided_next_to_the_limit():
    values = [1.02 + (number % 21 - 10) / 1000 for number in range(200)]
    assert not pairs.is_decided(values, 1.02)
    assert pairs.is_decided(values, 1.03)
    assert pairs.is_decided(values, 1.01)


class ElsewhereCursor:
    """What is asked of a cursor whose server is on another machine."""

    def __init__(self, process):
        self.process = process

    def execute(self, _statement):
        pass

    def fetchone(self):
        return [self.process]


class TestClock(TransactionCase):
    # Odoo sets these on the tests of addons only.
    test_tags = frozenset()
    test_module = "dev"

    def test_work_of_either_process_counts(self):
        now = clock(self.env.cr)
        started = now()
        self.env.cr.execute("SELECT COUNT(*) FROM generate_series(1, 500000)")
        by_postgresql = now() - started
        self.assertGreater(by_postgresql, 0.01)
        started = now()
        sum(range(2_000_000))
        self.assertGreater(now() - started, 0.01)

    def test_waiting_for_others_does_not(self):
        now = clock(self.env.cr)
        started = now()
        time.sleep(0.3)
        # A PostgreSQL elsewhere leaves us with the time that elapses.
        self.assertEqual(now() - started < 0.2, now is not time.perf_counter)

    def test_postgresql_elsewhere(self):
        """Its process may have a number that is somebody else's here, or nobody's."""
        for process in (os.getpid(), 2**22 + 1):
            self.assertIs(clock(ElsewhereCursor(process)), time.perf_counter)
