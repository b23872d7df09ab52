"""Where things are, and the names by which this checkout's databases are known."""

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


def addons():
    """→ the folders of the addons: the one that this is about, and what goes with it."""
    return sorted(manifest.parent for manifest in ROOT.glob("*/__manifest__.py"))


def addon_names():
    """→ the addons' names as Odoo's command line takes them."""
    return ",".join(folder.name for folder in addons())


def addon_hash():
    """→ a digest that changes with any file of the addons that Odoo may read."""
    found = hashlib.sha256()
    for path in sorted(path for folder in addons() for path in folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            found.update(f"{path.relative_to(ROOT)}\0".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:10]
