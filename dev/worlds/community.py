"""OCA's addons, which only the world that has them needs."""

import sys

from ..checkout import ROOT
from ..command import run
from ..prepared import locked, prepared

PINS = ROOT / "dev" / "worlds" / "community.txt"


def community_addons():
    """→ the folder of the addons that ``community.txt`` names, downloaded where it is not there."""
    with locked("download"):
        folder = prepared("community", [PINS.read_text()], _install, "Downloading OCA's addons")
    return folder / "odoo" / "addons"


def _install(folder):
    # Their packages name Odoo as one that they need, which here is none.
    run(
        [sys.executable, "-m", "pip", "install", "--no-input", "--quiet", "--no-deps"]
        + ["--target", folder, "--requirement", PINS],
        "The addons of dev/worlds/community.txt could not be downloaded; check the network",
    )
