"""How a test ended in two databases, compared; knows nothing of Odoo."""

import json
from dataclasses import dataclass

PASSED, FAILED, MISSING = "passed", "failed", "missing"


@dataclass(frozen=True)
class Ending:
    """How a test ended.

    :ivar outcome: ``passed``, ``failed``, ``skipped``, or ``missing`` where it was not run
    :ivar text: what pytest says of a failure
    :ivar counts: pairs (counted, asked) of those counts of queries that were higher than asked
    """

    outcome: str
    text: str = ""
    counts: tuple = ()

    @property
    def last_line(self):
        """What a failure comes down to, as pytest marks it."""
        lines = [line for line in self.text.splitlines() if line.startswith("E  ")]
        return (lines or self.text.splitlines() or [""])[0].removeprefix("E").strip()


def read(lines):
    """Lines of JSON, as ``recorder`` writes them → the endings by test.

    A test may have several, such as one of its own and one of its tear-down: the worst counts.

    >>> endings = read([
    ...     '{"test": "a", "outcome": "passed", "text": "", "counts": [[41, 40]]}',
    ...     '{"test": "b", "outcome": "passed", "text": "", "counts": []}',
    ...     '{"test": "b", "outcome": "failed", "text": "E  oops", "counts": []}',
    ... ])
    >>> endings["a"]
    Ending(outcome='passed', text='', counts=((41, 40),))
    >>> endings["b"].outcome, endings["b"].last_line
    ('failed', 'oops')
    """
    endings = {}
    for line in lines:
        values = json.loads(line)
        name = values.pop("test")
        values["counts"] = tuple(map(tuple, values["counts"]))
        if name not in endings or values["outcome"] != PASSED:
            endings[name] = Ending(**values)
    return endings


def queries_more(without, with_):
    """Two endings → by how many queries the second counted more than asked, and than the first.

    A test that counts several times goes by the largest difference.

    >>> queries_more(Ending(PASSED), Ending(PASSED, counts=((43, 40), (10, 9))))
    3
    >>> queries_more(Ending(PASSED, counts=((42, 40),)), Ending(PASSED, counts=((43, 40),)))
    1
    >>> queries_more(Ending(PASSED, counts=((42, 40),)), Ending(PASSED))
    0
    """
    before = {}
    for counted, asked in without.counts:
        before[asked] = max(counted, before.get(asked, 0))
    more = [counted - max(asked, before.get(asked, 0)) for counted, asked in with_.counts]
    return max([0, *more])


def difference(without, with_, allowed=0):
    """Two endings of a test → what the addon changes for the worse, in words, or nothing.

    :param allowed: how many more queries the test may count

    >>> difference(Ending(PASSED), Ending(PASSED))
    >>> difference(Ending(PASSED), Ending(FAILED, "E   AssertionError: 1 != 2"))
    'fails: AssertionError: 1 != 2'
    >>> difference(Ending(FAILED), Ending(FAILED))
    >>> difference(Ending(FAILED), Ending(MISSING))
    'is missing'
    >>> difference(Ending(PASSED), Ending("skipped", "no browser"))
    'is skipped: no browser'
    >>> difference(Ending(PASSED), Ending(PASSED, counts=((43, 40),)), allowed=2)
    'counts 3 more queries, and 2 are allowed'
    >>> difference(Ending(PASSED), Ending(PASSED, counts=((43, 40),)), allowed=3)
    """
    if without.outcome != with_.outcome and with_.outcome != PASSED:
        verb = {FAILED: "fails"}.get(with_.outcome, f"is {with_.outcome}")
        return f"{verb}: {with_.last_line}" if with_.last_line else verb
    more = queries_more(without, with_)
    if more > allowed:
        return f"counts {more} more queries, and {allowed or 'none'} are allowed"
    return None


def differences(without, with_, allowed):
    """The endings of all tests, without the addon and with it → what differs, by test.

    :param allowed: how many more queries each test may count, by test
    """
    missing = Ending(MISSING)
    found = {
        name: difference(without.get(name, missing), with_.get(name, missing), allowed.get(name, 0))
        for name in {**without, **with_}
    }
    return {name: text for name, text in found.items() if text}


def summary(module, without, with_, allowed):
    """→ lines that say how a module's tests ended in both.

    >>> for line in summary(
    ...     "crm",
    ...     {"a": Ending(PASSED), "b": Ending(FAILED, "E  oops"), "c": Ending(PASSED)},
    ...     {"a": Ending(PASSED), "b": Ending(FAILED), "c": Ending(PASSED, counts=((43, 40),))},
    ...     {"c": 3},
    ... ):
    ...     print(line)
    crm: 3 tests; 1 fail without the addon and 1 with it
    b fails both ways: oops
    c counts 3 more queries, as allowed
    """
    failed = [
        [name for name, ending in endings.items() if ending.outcome == FAILED]
        for endings in (without, with_)
    ]
    yield (
        f"{module}: {len(without)} tests; {len(failed[0])} fail without the addon"
        f" and {len(failed[1])} with it"
    )
    differing = differences(without, with_, allowed)
    for name in sorted(set(failed[0]).intersection(failed[1])):
        yield f"{name} fails both ways: {without[name].last_line}"
    for name in sorted({*without, *with_} - {*differing}):
        more = queries_more(without.get(name, Ending(MISSING)), with_.get(name, Ending(MISSING)))
        if more:
            yield f"{name} counts {more} more queries, as allowed"
    for name, text in differing.items():
        yield f"{name} {text}"
