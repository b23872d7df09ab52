"""Folders that are prepared once, in ``.dev``, and never trusted half-done."""

import fcntl
import shutil
from contextlib import contextmanager

from .checkout import DEV, digest
from .progress import say, step


def prepared(name, inputs, build, title):
    """Make a folder that depends on ``inputs`` only, once.

    :param name: of the folder; a digest of the inputs is added, so that a change of
        the inputs makes another folder and does not disturb who still uses this one
    :param inputs: strings; when one changes, the folder is made anew
    :param build: called with the empty folder, fills it
    :return: the folder's path
    """
    folder = DEV / f"{name}-{digest(*inputs)}"
    # Written last: a folder without it was left by somebody who was interrupted.
    stamp = folder / ".complete"
    if not stamp.exists():
        with step(title):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            build(folder)
            stamp.touch()
    return folder


@contextmanager
def locked(name="setup"):
    """Let one process at a time through; the others say so and wait."""
    DEV.mkdir(exist_ok=True)
    with open(DEV / f"{name}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  Waiting for another command in this checkout to finish its {name} …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
