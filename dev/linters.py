"""The environment in which pre-commit finds the linters."""

import os

from .checkout import DEV
from .node import node, node_path


def environment(venv):
    """The folder of the virtual environment → the variables with which to run pre-commit."""
    home, modules = node(venv)
    path = [venv / "bin", *node_path(home, modules)]
    return {
        **os.environ,
        "NODE_PATH": str(modules),
        "PATH": os.pathsep.join([*map(str, path), os.environ.get("PATH", os.defpath)]),
        "PRE_COMMIT_HOME": str(DEV / "pre-commit"),
    }
