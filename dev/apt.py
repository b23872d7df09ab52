"""Debian packages unpacked into a folder, without touching the machine's own apt."""

import re
import shutil
import time
from contextlib import contextmanager
from typing import NamedTuple

from .command import run
from .prepared import temporary
from .progress import Missing

# How long is waited, in seconds, before a mirror that could not be read is tried again.
PAUSES = (5, 20, None)
INDEX_FORMAT = "$(CREATED_BY)|$(ORIGIN)|$(LABEL)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)"


class Target(NamedTuple):
    """Something that the machine's own apt reads packages from."""

    label: str
    uri: str
    suite: str
    component: str


def parse_index_targets(text):
    """The output of ``apt-get indextargets`` → the targets of Debian or Ubuntu themselves.

    >>> parse_index_targets(
    ...     "Packages|Debian|Debian|file:/mirror/|trixie|main\\n"
    ...     "Translations|Debian|Debian|file:/mirror/|trixie|main\\n"
    ...     "Packages|Somebody|Else|file:/other/|stable|main\\n"
    ... )
    [Target(label='Debian', uri='file:/mirror/', suite='trixie', component='main')]
    """
    found = {}
    for line in text.splitlines():
        created_by, origin, *target = line.split("|")
        if created_by == "Packages" and origin in ("Debian", "Ubuntu"):
            found[Target(*target)] = True
    return list(found)


def machine_targets():
    """→ the targets of Debian or Ubuntu themselves that the machine's own apt has."""
    targets = _index_targets()
    if not targets:
        # apt tells of those only whose lists it has, and a fresh machine has none.
        with temporary() as folder:
            options = _private(folder)
            run(
                ["apt-get", *options, "-q", "update"],
                "This machine's package sources could not be read",
            )
            targets = _index_targets(*options)
    return targets


def debian_mirror():
    """→ the address of the Debian mirror that this machine's apt uses, or None."""
    return next((target.uri for target in machine_targets() if target.label == "Debian"), None)


def _index_targets(*options):
    return parse_index_targets(
        run(
            ["apt-get", *options, "indextargets", "--format", INDEX_FORMAT],
            "Debian's packages are needed, so run this on Debian or Ubuntu",
        )
    )


def _private(folder):
    """Options by which apt keeps its state in a folder of ours."""
    (folder / "lists" / "partial").mkdir(parents=True)
    (folder / "cache" / "archives" / "partial").mkdir(parents=True)
    return [
        "-o",
        f"Dir::State::lists={folder / 'lists'}",
        "-o",
        f"Dir::Cache={folder / 'cache'}",
        # As root apt would download as another user, who may not write here.
        "-o",
        "APT::Sandbox::User=root",
        "-o",
        "Acquire::Languages=none",
        "-o",
        "Acquire::PDiffs=false",
        "-o",
        "Acquire::Retries=3",
    ]


class Apt:
    """An apt of our own: other suites than the machine's, and its own lists and cache.

    :param sources: lines of a ``sources.list``
    """

    def __init__(self, folder, sources):
        self.folder = folder
        sources_list = folder / "sources.list"
        sources_list.write_text("\n".join(sources) + "\n")
        self.options = [
            *_private(folder),
            "-o",
            f"Dir::Etc::sourcelist={sources_list}",
            "-o",
            "Dir::Etc::sourceparts=-",
        ]
        self._update()

    def _update(self):
        # Seen: a list that was not signed, for a moment.
        for pause in PAUSES:
            try:
                run(
                    ["apt-get", *self.options, "-q", "update", "--error-on=any"],
                    "The Debian mirror of this machine's apt could not be read; check the network",
                )
                return
            except Missing:
                if pause is None:
                    raise
                time.sleep(pause)

    def knows(self, package):
        """→ whether the package can be had."""
        found = run(
            ["apt-cache", *self.options, "search", "--names-only", f"^{re.escape(package)}$"],
            "The Debian package lists could not be searched",
        )
        return bool(found.strip())

    def needs(self, package):
        """→ names of the packages that a package says it needs."""
        said = run(
            ["apt-cache", *self.options, "depends", "--important", package],
            f"Debian's {package} is not known",
        )
        return re.findall(r"^ *Depends: (\S+)$", said, re.M)

    def lacking(self, package):
        """→ the package and those of its dependencies that the machine lacks."""
        plan = run(
            ["apt-get", *self.options, "-s", "--no-install-recommends", "install", package],
            f"Debian's {package} cannot be had for this machine",
        )
        return re.findall(r"^Inst (\S+)", plan, re.M)

    def unpack(self, packages, prefix):
        """Download packages (``name`` or ``name/suite``) and unpack them into a prefix."""
        archives = self.folder / "archives"
        archives.mkdir()
        run(
            ["apt-get", *self.options, "-q", "download", *packages],
            "Debian packages could not be downloaded; check the network",
            cwd=archives,
        )
        for archive in sorted(archives.iterdir()):
            run(["dpkg", "-x", archive, prefix], "A downloaded package could not be unpacked")
        shutil.rmtree(archives)


@contextmanager
def private_apt(suites=None):
    """An :class:`Apt` for the ``with`` statement.

    :param suites: names of suites of the machine's Debian mirror; by default what the
        machine itself reads from
    """
    if suites:
        mirror = debian_mirror()
        sources = [f"deb {mirror} {suite} main" for suite in suites]
    else:
        sources = [
            f"deb {target.uri} {target.suite} {target.component}" for target in machine_targets()
        ]
    with temporary() as folder:
        yield Apt(folder, sources)
