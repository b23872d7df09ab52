"""The releases that this repository has had, as its git history tells."""

import re
import subprocess
from dataclasses import dataclass

from .checkout import ROOT

MANIFEST = "sales_funnel_stages/__manifest__.py"
VERSION = re.compile(r'"version": "([^"]+)"')
# Why a test of earlier releases is skipped.
MISSING = (
    "There is no git history here, from which earlier releases are taken:"
    " run this in a clone with all of it (git fetch --unshallow)."
)


@dataclass(frozen=True)
class Release:
    """An end of a release: the commit that set its version, or the last before the next did.

    :ivar end: ``first`` or ``last``
    :ivar commits: the commits of that version, that end first: where one of them was never fit to
        be installed, the next one stands for it
    """

    version: str
    end: str
    commits: tuple

    def __str__(self):
        return f"{self.version}-{self.end}"


def is_complete():
    """→ whether this checkout has all of its history: it is neither a shallow clone nor a copy."""
    try:
        top, shallow = _git("rev-parse", "--show-toplevel", "--is-shallow-repository").splitlines()
    except (FileNotFoundError, subprocess.CalledProcessError):
        return False
    # A copy may lie in a repository of somebody else's.
    return top == str(ROOT) and shallow == "false"


def releases():
    """→ both ends of each :class:`Release` there was, the oldest first; none without the history.

    Of the version that the checkout has, only the first: the last one is what is being made.
    """
    found = []
    for version, commits in _commits_by_version().items():
        found.append(Release(version, "first", tuple(commits)))
        if version != present_version() and len(commits) > 1:
            found.append(Release(version, "last", tuple(reversed(commits))))
    return found


def present_version():
    """→ the version that the checkout has."""
    return VERSION.search((ROOT / MANIFEST).read_text())[1]


def unpack(commit, folder):
    """Write the files of a commit into a folder."""
    command = ["git", "archive", commit]
    archive = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)


def _commits_by_version():
    """→ ``{version: commits}``, along the first parents, the oldest first."""
    if not is_complete():
        return {}
    setting = {*_git("log", "--first-parent", "--format=%H", "--", MANIFEST).split()}
    version, found = None, {}
    for commit in reversed(_git("log", "--first-parent", "--format=%H").split()):
        if commit in setting:
            version = _version(commit)
        if version:
            found.setdefault(version, []).append(commit)
    return found


def _version(commit):
    return VERSION.search(_git("show", f"{commit}:{MANIFEST}"))[1]


def _git(*words):
    return subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
