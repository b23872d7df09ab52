"""``python3 -m dev COMMAND``: what the Makefile's targets call."""

import sys

if not (3, 10) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        "dev: Python 3.10 to 3.13 is needed, and this is %d.%d: set PYTHON to one of these."
        % sys.version_info[:2]
    )

import signal

from . import commands
from .progress import Missing


def stop(number, _frame):
    """Be stopped as by an exception, so that what was started is cleaned up."""
    sys.exit(128 + number)


def main():
    """Run the command of the command line → the exit code."""
    known = {
        name: function
        for name, function in vars(commands).items()
        if getattr(function, "__module__", "") == commands.__name__ and not name.startswith("_")
    }
    name, *words = sys.argv[1:] or ["help"]
    if name not in known:
        print(
            __doc__,
            *(f"{name:20}{function.__doc__.splitlines()[0]}" for name, function in known.items()),
            sep="\n  ",
        )
        return 2
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    try:
        return known[name](*words)
    except Missing as missing:
        print(f"dev: {missing}", file=sys.stderr)
    except PermissionError as error:
        print(
            f"dev: {error.filename} is another user's: run this as they or as root.",
            file=sys.stderr,
        )
    except KeyboardInterrupt:
        print("\ndev: stopped; the next call goes on from here.", file=sys.stderr)
    return 1


sys.exit(main())
