"""Folders that are prepared once, in ``.dev``, and never trusted half-done.

A process holds a shared lock on each folder that it uses, until it ends; the kernel releases
the locks of one that was killed. So it can be told which folders nobody needs any more.
"""

import fcntl
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from .checkout import DEV, digest
from .progress import say, step

# Written last: a folder without it was left by somebody who was interrupted.
STAMP = ".complete"
TEMPORARY = "temporary-"
_held = {}


def prepared(name, inputs, build, title):
    """Make a folder that depends on ``inputs`` only, once, and hold it.

    :param name: of the folder; a digest of the inputs is added, so that a change of
        the inputs makes another folder and does not disturb who still uses this one
    :param inputs: strings; when one changes, the folder is made anew
    :param build: called with the empty folder, fills it
    :return: the folder's path
    """
    folder = _folder(name, inputs)
    if not is_prepared(name, inputs):
        with step(title):
            _clear(folder)
            folder.mkdir()
            build(folder)
            (folder / STAMP).touch()
        _prune(name, folder)
    if folder not in _held:
        _held[folder] = open(folder / STAMP)
        fcntl.flock(_held[folder], fcntl.LOCK_SH)
    return folder


def is_prepared(name, inputs):
    """→ whether ``prepared`` would find that folder made."""
    return (_folder(name, inputs) / STAMP).exists()


def let_go(folder):
    """Hold a folder no more → whether nobody else does."""
    with _held.pop(folder) as stamp:
        return _alone(stamp)


def in_use():
    """→ whether any process holds a folder of this checkout."""
    return any(_is_held(stamp) for stamp in DEV.glob(f"*/{STAMP}"))


@contextmanager
def locked(name="setup"):
    """Let one process at a time through; the others say so and wait."""
    DEV.mkdir(exist_ok=True)
    with open(DEV / f"{name}.lock", "w") as lock:
        if not _alone(lock):
            say(f"  Waiting for another command in this checkout to finish its {name} …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def temporary():
    """A folder for the ``with`` statement; the next call removes one of a killed process."""
    with tempfile.TemporaryDirectory(dir=DEV, prefix=TEMPORARY) as folder:
        yield Path(folder)


def _folder(name, inputs):
    return DEV / f"{name}-{digest(*inputs)}"


def _clear(folder):
    """Remove a half-done folder, and what else was left by who was interrupted."""
    if folder.exists():
        # Moved away first: something that was started then may still be writing to it.
        folder.rename(Path(tempfile.mkdtemp(dir=DEV, prefix=TEMPORARY)) / "half-done")
    for left in DEV.glob(f"{TEMPORARY}*"):
        shutil.rmtree(left, ignore_errors=True)


def _prune(name, kept):
    for folder in DEV.iterdir():
        if folder != kept and re.fullmatch(rf"{name}-[0-9a-f]{{10}}", folder.name):
            if not (folder / STAMP).exists() or not _is_held(folder / STAMP):
                (folder / STAMP).unlink(missing_ok=True)
                shutil.rmtree(folder, ignore_errors=True)


def _is_held(stamp):
    with open(stamp) as file:
        return not _alone(file)


def _alone(file):
    """Try to lock a file for ourselves alone → whether that is so now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
