"""Which Odoo 19 is used: somebody's checkout, an importable one, or Debian's package."""

import importlib.util
import os
import runpy
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .apt import debian_mirror, private_apt
from .checkout import digest
from .prepared import prepared
from .progress import Missing

SERIES = "19.0"
SET_SOURCE = f"set ODOO_SOURCE to the folder of a checkout of Odoo {SERIES}"
# What Debian's odoo-19 links to. Its suite's Font Awesome is a newer major, whose files have moved.
PACKAGES = [
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-font-awesome/bookworm",
]
SUITES = ["sid", "bookworm"]
# Debian removed this file, and a missing file in a bundle is an error of every page. An empty
# one costs the blurred background of video calls.
REMOVED_FILE = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass
class OdooSource:
    """:ivar python_path: folder from which ``odoo`` is imported
    :ivar addons_paths: folders with Odoo's own addons
    :ivar version: changes when its code does
    """

    python_path: Path
    addons_paths: list
    version: str


def odoo_source():
    """→ the :class:`OdooSource`, unpacked now if it is Debian's and not there yet."""
    if os.environ.get("ODOO_SOURCE"):
        return source_in(Path(os.environ["ODOO_SOURCE"]).expanduser().resolve())
    importable = _importable()
    if importable:
        # A link, since other packages lie beside it that must not hide the pinned ones.
        return source_in(
            prepared(
                "linked-odoo",
                [str(importable)],
                lambda folder: (folder / "odoo").symlink_to(importable),
                f"Using the Odoo in {importable}",
            )
        )
    folder = prepared(
        "odoo", [*PACKAGES, *SUITES], _unpack, "Downloading and unpacking Odoo (120 MB)"
    )
    return source_in(folder / "usr" / "lib" / "python3" / "dist-packages")


def release(package):
    """The folder of the package ``odoo`` → (series, version), or (None, None)."""
    try:
        values = runpy.run_path(str(package / "release.py"))
    except OSError:
        return None, None
    return values.get("series"), values.get("version")


def source_in(python_path):
    """The folder from which ``odoo`` is imported → the :class:`OdooSource`."""
    package = (python_path / "odoo").resolve()
    series, version = release(package)
    if series != SERIES:
        found = f"Odoo {series}" if series else "no Odoo"
        raise Missing(f"There is {found} in {python_path}: {SET_SOURCE}.")
    # Debian has a second folder of addons, which lacks all but their Python files.
    addons_paths = [
        path
        for path in (package.parent / "addons", package / "addons")
        if (path / "base" / "static").is_dir() or (path / "web" / "static").is_dir()
    ]
    return OdooSource(python_path, addons_paths, f"{version} {_fingerprint(package)}")


def _fingerprint(package):
    """→ what tells one state of the code from another: the commit, or the place and its date."""
    if (package.parent / ".git").exists():
        git = subprocess.run(
            ["git", "-C", package, "rev-parse", "HEAD"], capture_output=True, text=True
        )
        if git.returncode == 0:
            return git.stdout.strip()
    return digest(str(package), str((package / "release.py").stat().st_mtime))


def _importable():
    """→ the package `odoo` of our series that the Python that runs this imports, or None."""
    try:
        found = importlib.util.find_spec("odoo.release")
    except ModuleNotFoundError:
        return None
    if not found or not found.origin:
        return None
    package = Path(found.origin).parent
    return package if release(package)[0] == SERIES else None


def _unpack(folder):
    if not debian_mirror():
        raise Missing(
            f"Only Debian packages Odoo {SERIES}, and this machine's apt has no Debian mirror:"
            f" {SET_SOURCE}."
        )
    with private_apt(SUITES) as apt:
        if not apt.knows("odoo-19"):
            raise Missing(f"Debian no longer has the package odoo-19: {SET_SOURCE}.")
        apt.unpack(PACKAGES, folder)
    removed = folder / "usr/lib/python3/dist-packages" / REMOVED_FILE
    if not removed.exists():
        removed.parent.mkdir(parents=True, exist_ok=True)
        removed.touch()
