"""All checks in all worlds, or in some."""

from ..checkout import ROOT
from ..command import run
from ..progress import say
from ..test import test
from .catalog import WORLDS

PLUGIN = ["-p", "dev.pytest_worlds", "-n", "2", "-m", ""]
UPDATES = "dev/tests/test_world_updates.py"


def test_worlds(*words):
    """Run the checks in all worlds, and the updates from each release → pytest's exit code.

    :param words: of names of worlds, which select these; what starts with "-" is pytest's
    """
    return _test([*_find_checks(), UPDATES], words)


def test_world_in_turn():
    """Run the checks in one of the worlds that take long → pytest's exit code.

    The commit's hash says whose turn it is. Updates from each release are left out: they take
    longer than all else.
    """
    commit = run(["git", "rev-parse", "HEAD"], "The commit is not known", cwd=ROOT).strip()
    name = choose(commit)
    say(f"  It is the turn of the world “{name}”.")
    return _test(_find_checks(), [name])


def choose(commit):
    """A commit's hash → the name of one of the worlds that take long."""
    names = [world.name for world in WORLDS if world.is_long]
    return names[int(commit, 16) % len(names)]


def _find_checks():
    found = (path.relative_to(ROOT) for path in ROOT.glob("dev/tests/test_world*.py"))
    return sorted(str(path) for path in found if str(path) != UPDATES)


def _test(files, words):
    of_pytest = [word for word in words if word.startswith("-")]
    worlds = [f"--world={word}" for word in words if not word.startswith("-")]
    return test(*PLUGIN, *worlds, *of_pytest, *files)
