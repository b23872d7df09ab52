"""Running one program in the foreground, so that nothing of it outlives us."""

import os
import signal
import subprocess
import time

from .command import die_with_us

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 30


def call(command, **options):
    """Run a command to its end, however we are asked to stop.

    On a terminal the command shares our process group: Ctrl-C reaches it by itself. Without
    one it has its own group, of which nothing is left in the end.

    :return: its exit code; a negative one is the signal that ended it
    """
    shared = os.isatty(0)
    asked = []

    def pass_on(number, _frame):
        asked.append(time.monotonic())
        if not (shared and number == signal.SIGINT):
            child.send_signal(number)

    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    child = subprocess.Popen(command, preexec_fn=lambda: _prepare(shared), **options)
    try:
        for number in SIGNALS:
            signal.signal(number, pass_on)
        return _wait(child, asked)
    finally:
        if not shared:
            _kill_group(child.pid)
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _prepare(shared):
    if not shared:
        os.setpgrp()
    die_with_us()


def _wait(child, asked):
    while True:
        try:
            return child.wait(timeout=1)
        except subprocess.TimeoutExpired:
            if asked and time.monotonic() > asked[0] + GRACE:
                child.kill()


def _kill_group(group):
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass
