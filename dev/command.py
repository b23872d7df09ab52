"""Running other programs: quiet while they succeed, their last words when they fail."""

import subprocess

from .progress import Missing


def run(command, failure, **options):
    """Run a command to its end.

    :param failure: sentence for :class:`Missing` when it fails or does not exist; the last
        line of what the command said is added
    :return: its standard output
    """
    try:
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            **options,
        )
    except FileNotFoundError as error:
        raise Missing(f"{failure} ({error.filename} is not installed).") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Missing(f"{failure} ({' '.join(said[-1:])}).")
    return done.stdout
