"""Each missing prerequisite is answered with one sentence."""

import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from dev import apt, chromium, odoo_source, postgres
from dev.progress import Missing


def test_wrong_folder_as_odoo_source(tmp_path):
    with mock.patch.dict(os.environ, ODOO_SOURCE=str(tmp_path)):
        with pytest.raises(Missing, match="There is no Odoo in .*: set ODOO_SOURCE to .* 19.0"):
            odoo_source.odoo_source()


def test_other_series_as_odoo_source(tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("series, version = '18.0', '18.0'")
    with mock.patch.dict(os.environ, ODOO_SOURCE=str(tmp_path)):
        with pytest.raises(Missing, match="There is Odoo 18.0 in .*: set ODOO_SOURCE"):
            odoo_source.odoo_source()


def test_checkout_as_odoo_source(tmp_path):
    (tmp_path / "odoo" / "addons" / "base" / "static").mkdir(parents=True)
    (tmp_path / "addons" / "web" / "static").mkdir(parents=True)
    (tmp_path / "odoo" / "release.py").write_text("series, version = '19.0', '19.0'")
    with mock.patch.dict(os.environ, ODOO_SOURCE=str(tmp_path)):
        source = odoo_source.odoo_source()
    assert source.python_path == tmp_path
    assert source.addons_paths == [tmp_path / "addons", tmp_path / "odoo" / "addons"]


def test_no_odoo_on_ubuntu(tmp_path):
    with mock.patch.object(odoo_source, "debian_mirror", return_value=None):
        with pytest.raises(Missing, match="no Debian mirror: set ODOO_SOURCE"):
            odoo_source._unpack(tmp_path)


def test_no_browser_on_ubuntu():
    with (
        mock.patch.object(chromium, "_found", return_value=False),
        mock.patch.object(chromium, "debian_mirror", return_value=None),
    ):
        with pytest.raises(Missing, match="install Chromium or Google Chrome"):
            chromium.chromium()


@pytest.mark.parametrize("variables", [{"PGHOST": "localhost"}, {"PGUSER": "postgres"}])
def test_role_that_odoo_refuses(variables):
    with mock.patch.dict(os.environ, variables):
        if "PGUSER" not in variables:
            os.environ.pop("PGUSER", None)
        with pytest.raises(Missing, match="Set PGUSER to a role .* not postgres"):
            with postgres.postgres(Path()):
                pass


def test_no_apt(tmp_path):
    with mock.patch.dict(os.environ, PATH=str(tmp_path)):
        with pytest.raises(
            Missing, match="run this on Debian or Ubuntu .*apt-get is not installed"
        ):
            apt.machine_targets()


def test_unknown_command_lists_the_commands():
    done = subprocess.run(
        [sys.executable, "-m", "dev", "no-such"],
        capture_output=True,
        text=True,
        cwd=Path(apt.__file__).parent.parent,
    )
    assert done.returncode == 2
    assert "serve Odoo" in done.stdout
