"""The wheels of the addons, built as OCA builds them."""

from .checkout import ROOT
from .command import run

DIST = ROOT / "dist"


def wheels(python, addons, folder):
    """Build wheels into a folder, which loses those it had.

    :param python: of an environment that has what builds them
    :param addons: folders of addons; in a checkout the wheel has the files that git knows
    :return: the paths of the wheels
    """
    for old in folder.glob("*.whl"):
        old.unlink()
    command = [python, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    run([*command, "--wheel-dir", folder, *addons], "The wheels could not be built")
    return sorted(folder.glob("*.whl"))
