"""What is known of earlier releases, and where nothing is."""

import subprocess
import sys

import pytest

from dev.checkout import ROOT
from dev.history import MANIFEST, VERSION, present_version, releases, unpack

pytestmark = pytest.mark.needs_history

ASK = "from dev import history; print(history.is_complete(), history.releases())"


def ask(folder):
    command = [sys.executable, "-c", ASK]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_both_ends_of_each_release(tmp_path):
    found = releases()
    versions = [_numbers(release.version) for release in found]
    assert versions == sorted(versions)
    assert versions[0] == (19, 0, 1, 0, 0) and versions[-1] <= _numbers(present_version())
    for release in found:
        folder = tmp_path / str(release)
        folder.mkdir()
        unpack(release.commits[0], folder)
        assert VERSION.search((folder / MANIFEST).read_text())[1] == release.version


def test_a_shallow_clone(tmp_path):
    clone = ["git", "clone", "--quiet", "--depth", "1", ROOT.as_uri(), tmp_path / "clone"]
    subprocess.run(clone, check=True)
    assert ask(tmp_path / "clone") == "False []\n"


def test_a_copy_in_a_repository_of_somebody_else(tmp_path):
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    copy = tmp_path / "copy"
    copy.mkdir()
    unpack("HEAD", copy)
    assert ask(copy) == "False []\n"


def _numbers(version):
    return tuple(map(int, version.split(".")))
