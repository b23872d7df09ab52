"""Where things are, and the names by which this checkout's databases are known."""

import ast
import hashlib
import socket
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / ".dev"


def digest(*parts):
    """The parts (strings) → ten hexadecimal digits, different for any other parts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]


# Other checkouts, also those of other machines on a shared PostgreSQL, have another prefix.
DATABASE_PREFIX = f"sfs_{digest(socket.gethostname(), str(ROOT))}_"


# An addon that needs more of Odoo's than these is glue, and works with what others do without.
PLAIN = {"base_import", "crm", "privacy_lookup"}


def addons():
    """→ the folders of the addons: the one that this is about, and what goes with it."""
    return sorted(manifest.parent for manifest in ROOT.glob("*/__manifest__.py"))


def plain_addons():
    """→ the folders of those addons that work on Odoo's plain CRM."""
    return [folder for folder in addons() if PLAIN.issuperset(needs([folder]))]


def glue_addons():
    """→ the folders of those addons that need more of Odoo than its plain CRM."""
    plain = plain_addons()
    return [folder for folder in addons() if folder not in plain]


def shipped_addons():
    """→ the folders of those addons that are no mere tests."""
    return [folder for folder in addons() if not folder.name.startswith("test_")]


def needs(folders):
    """Folders of addons → names of Odoo's modules they need, also by needing each other."""
    ours = {folder.name: folder for folder in addons()}
    found, pending = set(), [folder.name for folder in folders]
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            if name in ours:
                manifest = ast.literal_eval((ours[name] / "__manifest__.py").read_text())
                pending += manifest["depends"]
    return sorted(found - ours.keys())


def addon_names(folders=None):
    """Folders of addons, by default the plain ones → their names for Odoo's command line."""
    return ",".join(folder.name for folder in folders or plain_addons())


def addon_hash(ignored=()):
    """→ a digest that changes with any file of the addons that Odoo may read.

    :param ignored: names of folders in which a change does not matter
    """
    return files_hash(ROOT, addons(), ignored)


def files_hash(root, folders, ignored=()):
    """Digest the files of folders → ten hexadecimal digits.

    :param root: a folder that has those; where it lies does not matter
    :param ignored: names of folders in which a change does not matter
    """
    ignored = {"__pycache__", *ignored}
    found = hashlib.sha256()
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        if path.is_file() and ignored.isdisjoint(path.relative_to(root).parts):
            found.update(f"{path.relative_to(root)}\0".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:10]
