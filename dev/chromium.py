"""The browser of the tours: the one found, or Debian's, installed or else unpacked."""

import os
import shutil
import subprocess
import tempfile

from .apt import debian_mirror, private_apt
from .prepared import prepared
from .progress import Missing, step

# Where Odoo's tests look, in their order.
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
WANTED = "install Chromium or Google Chrome so that `chromium` or `google-chrome` starts it"
INSTALL = [
    "apt-get",
    "-o",
    "DPkg::Lock::Timeout=300",
    "-qy",
    "--no-install-recommends",
    "install",
    "chromium",
]
# Started in place of the unpacked program, since its libraries and fonts are not where it looks.
LAUNCHER = """#!/bin/sh
export LD_LIBRARY_PATH='{libraries}'
export FONTCONFIG_FILE='{fonts}'
exec '{program}' "$@"
"""
FONTS = """<?xml version="1.0"?>
<fontconfig>
  <dir>{folder}/usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{folder}/cache</cachedir>
</fontconfig>
"""


def chromium():
    """→ the folder to put first on ``PATH`` so that Odoo's tests find a browser, or None."""
    if _found():
        return None
    if not debian_mirror():
        raise Missing(f"The browser tours need a browser: {WANTED}.")
    if _install() and _found():
        return None
    folder = prepared("chromium", [], _unpack, "Downloading and unpacking Chromium")
    return folder / "bin"


def _found():
    return any(_starts(name) for name in NAMES if shutil.which(name))


def _starts(*command):
    # Ubuntu's chromium-browser is a script that says that a snap is to be installed.
    try:
        done = subprocess.run([*command, "--version"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _install():
    """→ whether apt has installed Chromium on this machine, which takes root or sudo."""
    if os.geteuid() == 0:
        as_root = []
    elif (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    ):
        as_root = ["sudo", "-n"]
    else:
        return False
    as_root += ["env", "DEBIAN_FRONTEND=noninteractive"]
    quiet = {"stdin": subprocess.DEVNULL, "capture_output": True}
    with step("Installing Chromium"):
        subprocess.run([*as_root, "apt-get", "-q", "update"], **quiet)
        return subprocess.run([*as_root, *INSTALL], **quiet).returncode == 0


def _unpack(folder):
    with private_apt() as apt:
        apt.unpack(apt.lacking("chromium"), folder)
    libraries = sorted({str(path.parent) for path in (folder / "usr" / "lib").rglob("*.so*")})
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS.format(folder=folder))
    launcher = folder / "bin" / "chromium"
    launcher.parent.mkdir()
    launcher.write_text(
        LAUNCHER.format(
            libraries=":".join(libraries), fonts=fonts, program=folder / "usr/lib/chromium/chromium"
        )
    )
    launcher.chmod(0o755)
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [
                launcher,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                f"--user-data-dir={profile}",
                "--dump-dom",
                "about:blank",
            ],
            capture_output=True,
            text=True,
            timeout=120,
        )
    if done.returncode or "<html>" not in done.stdout:
        raise Missing(f"Debian's Chromium, unpacked, does not start: {WANTED}.")
