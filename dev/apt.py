"""Debian packages unpacked into a folder, without touching the machine's own apt."""

import re
import shutil
import tempfile
from pathlib import Path

from .checkout import DEV
from .command import run
from .progress import Missing

INDEX_FORMAT = "$(REPO_URI)|$(CODENAME)|$(CREATED_BY)|$(COMPONENT)|$(SIGNED_BY)"


def parse_index_targets(text):
    """The output of ``apt-get indextargets`` → ``[(uri, codename, component, options)]``.

    >>> targets = parse_index_targets(
    ...     "file:/mirror/|bookworm|Packages|main|$(SIGNED_BY)\\n"
    ...     "file:/mirror/|bookworm|Translations|main|$(SIGNED_BY)\\n"
    ...     "file:/other/|trixie|Packages|main|/keys.gpg\\n"
    ... )
    >>> print(*targets, sep="\\n")
    ('file:/mirror/', 'bookworm', 'main', '')
    ('file:/other/', 'trixie', 'main', '[signed-by=/keys.gpg]')
    """
    found = []
    for line in text.splitlines():
        uri, codename, created_by, component, signed_by = line.split("|")
        if created_by == "Packages":
            # apt leaves a field that is not set as it stands in the format.
            options = "" if signed_by.startswith("$") else f"[signed-by={signed_by}]"
            target = (uri, codename, component, options)
            if target not in found:
                found.append(target)
    return found


def machine_targets():
    """→ what the machine's own apt reads packages from, as ``parse_index_targets`` has it."""
    return parse_index_targets(
        run(
            ["apt-get", "indextargets", "--format", INDEX_FORMAT],
            "Debian's packages are needed, so run this on Debian or Ubuntu",
        )
    )


def is_debian():
    """→ whether the machine is Debian itself, so that its mirror has Debian's suites."""
    try:
        release = Path("/etc/os-release").read_text()
    except FileNotFoundError:
        return False
    return re.search(r"^ID=\"?debian\"?$", release, re.M) is not None


class Apt:
    """An apt of our own: other suites than the machine's, and its own lists and cache.

    :param sources: lines of a ``sources.list``
    """

    def __init__(self, folder, sources):
        self.folder = folder
        (folder / "lists" / "partial").mkdir(parents=True)
        (folder / "cache" / "archives" / "partial").mkdir(parents=True)
        (folder / "sources.list").write_text("\n".join(sources) + "\n")
        self.options = [
            "-o",
            f"Dir::Etc::sourcelist={folder / 'sources.list'}",
            "-o",
            "Dir::Etc::sourceparts=-",
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
        run(
            ["apt-get", *self.options, "-q", "update", "--error-on=any"],
            "The Debian mirror of this machine's apt could not be read; check the network",
        )

    def knows(self, package):
        """→ whether the package can be had."""
        found = run(
            ["apt-cache", *self.options, "search", "--names-only", f"^{re.escape(package)}$"],
            "The Debian package lists could not be searched",
        )
        return bool(found.strip())

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


def private_apt(suites=None):
    """An :class:`Apt` to be used in a ``with`` statement.

    :param suites: names of suites of the machine's Debian mirror; by default what the
        machine itself reads from
    """
    return _PrivateApt(suites)


class _PrivateApt:
    def __init__(self, suites):
        self.suites = suites

    def __enter__(self):
        targets = machine_targets()
        if not targets:
            raise Missing(
                "This machine's apt has no package sources: add Debian's to its sources.list."
            )
        if self.suites:
            uri, _codename, _component, options = targets[0]
            sources = [f"deb {options} {uri} {suite} main" for suite in self.suites]
        else:
            sources = [
                f"deb {options} {uri} {codename} {component}"
                for uri, codename, component, options in targets
            ]
        self.temporary = tempfile.TemporaryDirectory(dir=DEV, prefix="apt-")
        return Apt(Path(self.temporary.name), sources)

    def __exit__(self, *_error):
        self.temporary.cleanup()
