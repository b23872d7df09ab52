"""What everything is run with."""

import os
import shutil

from dev import node
from dev.odoo import set_up


def programs():
    _source, _venv, path, _variables = set_up()
    return os.pathsep.join(map(str, path))


def test_the_demo_turns_its_pages_round():
    # installed already, since these tests run with a browser
    assert shutil.which("rtlcss", path=programs())


def test_the_demo_does_not_wait_for_that_to_be_installed(monkeypatch, tmp_path):
    other = tmp_path / "package.json"
    other.write_text("{}")
    monkeypatch.setattr(node, "NODE_FILES", [other])
    assert not shutil.which("rtlcss", path=programs())
