"""What a person reads while something long happens, or when something is missing."""

import sys
import threading
import time
from contextlib import contextmanager


class Missing(Exception):
    """A prerequisite is missing; its text is one sentence that says what to install or set."""


def say(text):
    """Print a line at once, also where the output is a file."""
    print(text, flush=True)


@contextmanager
def step(title):
    """Say what is being done and, once done, how long it took; sign of life on a terminal."""
    started = time.monotonic()
    done = threading.Event()

    def seconds():
        return f"{time.monotonic() - started:.0f} s"

    def tick():
        while not done.wait(1):
            print(f"\r\033[K  {title} … {seconds()}", end="", flush=True)

    if sys.stdout.isatty():
        threading.Thread(target=tick, daemon=True).start()
    else:
        say(f"  {title} …")
    try:
        yield
    except BaseException:
        done.set()
        _end_line(f"  {title}: not finished after {seconds()}")
        raise
    done.set()
    _end_line(f"  {title}: {seconds()}")


def _end_line(text):
    say(f"\r\033[K{text}" if sys.stdout.isatty() else text)
