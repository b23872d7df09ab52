"""Measuring figures in both databases, turn by turn."""

import gzip
import math
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from . import pairs

# With fewer, there is no saying how far off the median may be.
LEAST_PAIRS = 9
# What a run does is undone, and lies in the way of the next until it is removed: that much
# may lie around.
SECONDS_UNTIDIED = 1
RUNS = 5


class Result(NamedTuple):
    """What a figure was found to be, as it is reported.

    :ivar is_sure: false where the true ratio may well lie on the other side of the limit
    """

    asked: str
    measured: str
    holds: bool
    is_sure: bool = True


@dataclass
class Ratio:
    """How many times the time of stock Odoo an action takes.

    :ivar seconds: to measure for at most; less where the answer is clear earlier
    """

    name: str
    action: Callable
    at_most: float
    seconds: float = 40

    def measure(self, stock, ours):
        """→ the :class:`Result`; who goes first alternates, since what comes second may gain."""
        turns = [(side, side.prepare(self.action)) for side in (stock, ours)]
        for side, do in turns:
            self._run(side, do)
        measured, untidied = [], math.inf
        end = time.monotonic() + self.seconds
        while len(measured) < LEAST_PAIRS or time.monotonic() < end:
            if untidied > SECONDS_UNTIDIED:
                for side, _do in turns:
                    side.tidy()
                untidied = 0
            turns.reverse()
            seconds = {side: self._run(side, do).seconds for side, do in turns}
            measured.append((seconds[stock], seconds[ours]))
            untidied += sum(seconds.values())
            if pairs.is_decided(pairs.ratios(measured), self.at_most):
                break
        ratio = pairs.median(pairs.ratios(measured))
        low, high = pairs.interval(pairs.ratios(measured))
        theirs, ours = map(pairs.duration, pairs.medians(measured))
        return Result(
            f"at most {self.at_most:.2f} times",
            f"{ratio:.3f} times ({low:.3f} to {high:.3f}; {theirs} → {ours};"
            f" {len(measured)} pairs)",
            ratio <= self.at_most,
            high <= self.at_most or low > self.at_most,
        )

    def _run(self, side, do):
        return side.run(do)


@dataclass
class Page(Ratio):
    """How many times the time of stock Odoo a page takes, and how many queries more.

    :ivar action: a function from an environment to the page's calls, each a request of its own
    :ivar queries: so many more, at most
    """

    seconds: float = 15
    queries: float = math.inf

    def measure(self, stock, ours):
        """→ the :class:`Result`"""
        result = super().measure(stock, ours)
        theirs, more = (side.run_all(side.prepare(self.action)).queries for side in (stock, ours))
        more -= theirs
        limit = f", {self.queries} queries more" if self.queries < math.inf else ""
        return Result(
            f"{result.asked}{limit}",
            f"{result.measured}; {theirs} queries and {more} more",
            result.holds and more <= self.queries,
            result.is_sure,
        )

    def _run(self, side, do):
        return side.run_all(do)


@dataclass
class Elapsed:
    """The time that elapses while the calls of a page are answered, with the addon.

    :ivar at_most: in seconds
    """

    name: str
    action: Callable
    at_most: float

    def measure(self, _stock, ours):
        """→ the :class:`Result`, by the shortest of several runs: others work on this machine"""
        calls = ours.prepare(self.action)
        seconds = []
        for _time in range(RUNS):
            started = time.perf_counter()
            queries = ours.run_all(calls).queries
            seconds.append(time.perf_counter() - started)
        return Result(
            f"at most {pairs.duration(self.at_most)}",
            f"{pairs.duration(min(seconds))}, {queries} queries",
            min(seconds) <= self.at_most,
        )


@dataclass
class Assets:
    """How many bytes more a bundle of the web client has than in stock Odoo, compressed.

    :ivar at_most: in kB
    """

    name: str
    bundle: str
    at_most: float

    def measure(self, stock, ours):
        """→ the :class:`Result`"""
        theirs, ours = map(self._count, (stock, ours))
        more = (ours - theirs) / 1000
        return Result(
            f"at most {self.at_most} kB more, compressed",
            f"{more:.1f} kB more than {theirs / 1000:,.0f} kB",
            more <= self.at_most,
        )

    def _count(self, side):
        with side.request() as env:
            # sudo: as the web server, which keeps what it has put together
            bundle = env["ir.qweb"].sudo()._get_asset_bundle(self.bundle)
            return sum(len(gzip.compress(each.raw)) for each in (bundle.js(), bundle.css()))


@dataclass
class Queries:
    """How many queries more than in stock Odoo actions take: for each the same.

    :ivar at_most: so many, where that is asked, too
    """

    name: str
    actions: list
    at_most: float = math.inf

    def measure(self, stock, ours):
        """→ the :class:`Result`"""
        more = [self._count(ours, action) - self._count(stock, action) for action in self.actions]
        asked = "the same" if self.at_most == math.inf else f"the same, at most {self.at_most}"
        return Result(
            f"{asked} queries more",
            f"{', '.join(map(str, more))} more",
            len(set(more)) == 1 and more[0] <= self.at_most,
        )

    def _count(self, side, action):
        do = side.prepare(action)
        # What first calls read for all that follow is no cost of it: the second reads by itself
        # what the first has found already where it read for others.
        for _time in range(2):
            side.run(do)
        return side.run(do).queries


@dataclass
class Speedup:
    """How many times as fast as stock Odoo an action is, which takes long enough to do it once.

    :ivar floor: an action that does the least that has to be done
    :ivar times_floor: how many times its time may be taken
    :ivar queries_of_floor: how many times its queries
    """

    name: str
    action: Callable
    floor: Callable
    at_least: float
    times_floor: float = 1.3
    queries_of_floor: float = 1.2

    def measure(self, stock, ours):
        """→ the :class:`Result`"""
        theirs, least = (stock.run(stock.prepare(each)) for each in (self.action, self.floor))
        own = ours.run(ours.prepare(self.action))
        ratio = theirs.seconds / own.seconds
        of_floor = own.seconds / least.seconds
        queries = own.queries / least.queries
        floor = "" if self.times_floor == math.inf else f"{self.times_floor:g} times the floor and "
        return Result(
            f"at least {self.at_least:g} times as fast, at most {floor}"
            f"{self.queries_of_floor:g} times the floor's queries",
            f"{ratio:.1f} times as fast ({pairs.duration(theirs.seconds)}"
            f" → {pairs.duration(own.seconds)}; {theirs.queries:,} → {own.queries:,} queries),"
            f" {of_floor:.2f} times the floor ({pairs.duration(least.seconds)}), {queries:.2f}"
            f" times its queries ({least.queries:,})",
            ratio >= self.at_least
            and of_floor <= self.times_floor
            and queries <= self.queries_of_floor,
        )


@dataclass
class Growth:
    """What an action takes for each of few and of many, with the addon.

    :ivar actions: pairs of how many there are, and the action
    :ivar at_most: how many times the time for each of the few that for each of the many is
    :ivar queries: for each of the many, at most
    :ivar memory: of the process at its peak, in MiB, at most
    """

    name: str
    actions: list
    at_most: float
    queries: float
    memory: float

    def measure(self, _stock, ours):
        """→ the :class:`Result`"""
        seconds, queries = [], []
        for count, action in self.actions:
            run = ours.run(ours.prepare(action))
            seconds.append(run.seconds / count)
            queries.append(run.queries / count)
        ratio = seconds[-1] / seconds[0]
        # Linux counts in KiB; of all that this process has done so far.
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return Result(
            f"at most {self.at_most:g} times the time, fewer than {self.queries:g} queries,"
            f" fewer than {self.memory:,} MiB",
            f"{ratio:.2f} times the time ({' → '.join(map(pairs.duration, seconds))}),"
            f" {' → '.join(f'{each:.2f}' for each in queries)} queries, {memory:,.0f} MiB",
            ratio <= self.at_most and queries[-1] < self.queries and memory < self.memory,
        )


@dataclass
class History:
    """Whether the ledger still tells of every lead how it came to where it is, after actions."""

    name: str
    actions: list

    def measure(self, _stock, ours):
        """→ the :class:`Result`"""
        found = [ours.find_violations(ours.prepare(action)) for action in self.actions]
        rows = sum(len(rows) for violations in found for rows in violations.values())
        return Result("nothing that is not so", f"{rows} rows that are not so", not rows)
