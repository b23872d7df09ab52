"""Running other programs: quiet while they succeed, their last words when they fail."""

import ctypes
import signal
import subprocess

from .progress import Missing

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


def die_with_us():
    """As ``preexec_fn``: should we be killed, what we started ends too.

    Else it would go on writing where the next call starts anew.
    """
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def run(command, failure, **options):
    """Run a command to its end.

    :param failure: sentence for :class:`Missing` when it fails or does not exist; the last
        line of what the command said is added
    :param options: of ``subprocess.run``; without an ``input`` there is none
    :return: its standard output
    """
    if "input" not in options:
        options["stdin"] = subprocess.DEVNULL
    try:
        done = subprocess.run(
            [str(word) for word in command],
            capture_output=True,
            text=True,
            preexec_fn=die_with_us,
            **options,
        )
    except FileNotFoundError as error:
        raise Missing(f"{failure} ({error.filename} is not installed).") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Missing(f"{failure} ({' '.join(said[-1:])}).")
    return done.stdout
