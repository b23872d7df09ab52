"""The virtual environment with the pinned Python packages."""

import os
import subprocess
import sys

from .apt import private_apt
from .checkout import ROOT
from .command import run
from .prepared import prepared
from .progress import Missing

REQUIREMENTS = ROOT / "dev" / "requirements.txt"
ADDONS = ROOT / "dev" / "addons.txt"
NO_INSTALL = "The Python packages of dev/requirements.txt could not be installed; check the network"


def virtualenv():
    """→ the folder of the virtual environment, made now if it is not there yet."""
    inputs = [REQUIREMENTS.read_text(), ADDONS.read_text(), sys.version, sys.base_prefix]
    return prepared("venv", inputs, _build, "Installing the Python packages")


def _build(folder):
    run(
        [sys.executable, "-m", "venv", "--without-pip", folder],
        "Python's venv module does not work; install the package python3-venv",
    )
    python = folder / "bin" / "python"
    _install_pip(folder, python)
    # Without dependencies: nothing comes in a version that is not pinned.
    install = [python, "-m", "pip", "install", "--no-input", "--quiet", "--no-deps"]
    run([*install, "--requirement", REQUIREMENTS], NO_INSTALL)
    run(
        [python, "-m", "pip", "check"],
        "dev/requirements.txt lacks a package or has it in a wrong version",
    )
    # Odoo finds them there, as it finds all that is installed as odoo.addons.
    run([*install, "--requirement", ADDONS], NO_INSTALL)


def _install_pip(folder, python):
    done = subprocess.run([python, "-m", "ensurepip"], capture_output=True)
    if done.returncode:
        # Debian has ensurepip in a package that a fresh machine lacks; pip's wheel runs as it is.
        try:
            with private_apt() as apt:
                apt.unpack(["python3-pip-whl"], folder / "debian")
        except Missing:
            raise Missing("Python lacks pip: install the package python3-venv.") from None
        wheel = next((folder / "debian").rglob("pip-*.whl"))
        run(
            [python, "-m", "pip", "install", "--no-index", wheel],
            NO_INSTALL,
            env={**os.environ, "PYTHONPATH": str(wheel)},
        )
