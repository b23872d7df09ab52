"""Selects tests by the world that they are of, and tells at the end how it went in each."""

from collections import Counter, defaultdict

import pytest

from .worlds.catalog import WORLDS

HEADER = ("world", "passed", "known failures", "failed", "time")
ENDS = pytest.StashKey()


class Ends:
    """How the tests of a world have ended: each once, though there are reports of its parts."""

    def __init__(self):
        self.seconds = 0
        self._passed, self._failed, self._known = set(), set(), {}

    def add(self, report):
        self.seconds += report.duration
        if report.failed:
            self._failed.add(report.nodeid)
        elif hasattr(report, "wasxfail"):
            self._known[report.nodeid] = report.wasxfail.removeprefix("reason: ")
        elif report.when == "call" and report.passed:
            self._passed.add(report.nodeid)

    def row(self, name):
        passed = self._passed - self._failed - self._known.keys()
        counts = sorted(Counter(self._known.values()).items())
        known = ", ".join(f"{count} ({reason})" for reason, count in counts)
        time = f"{self.seconds // 60:.0f} min {self.seconds % 60:02.0f} s"
        return name, str(len(passed)), known or "0", str(len(self._failed)), time


def pytest_addoption(parser):
    parser.addoption(
        "--world",
        action="append",
        default=[],
        help="only tests of worlds whose name has this in it; once or several times",
    )


def pytest_configure(config):
    config.stash[ENDS] = defaultdict(Ends)
    config.pluginmanager.register(_Listener(config))
    for word in config.getoption("--world"):
        if not any(word in world.name for world in WORLDS):
            names = "; ".join(world.name for world in WORLDS)
            raise pytest.UsageError(f"There is no world “{word}”, but there are: {names}.")


def pytest_collection_modifyitems(config, items):
    words = config.getoption("--world")
    kept, others = [], []
    for item in items:
        name = get_world(item)
        if name and (not words or any(word in name for word in words)):
            item.user_properties.append(("world", name))
            kept.append(item)
        else:
            others.append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = kept


def get_world(item):
    """→ the name of the world that a test is of, or None."""
    if world := getattr(item, "callspec", None) and item.callspec.params.get("served"):
        return world.name
    marker = item.get_closest_marker("world")
    return marker and marker.args[0]


def pytest_terminal_summary(terminalreporter, config):
    rows = [ends.row(name) for name, ends in sorted(config.stash[ENDS].items())]
    widths = [max(map(len, column)) for column in zip(HEADER, *rows, strict=True)]
    terminalreporter.section("worlds")
    for row in (HEADER, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        terminalreporter.write_line("  ".join(cells).rstrip())


class _Listener:
    def __init__(self, config):
        self._ends = config.stash[ENDS]

    def pytest_runtest_logreport(self, report):
        if name := dict(report.user_properties).get("world"):
            self._ends[name].add(report)
