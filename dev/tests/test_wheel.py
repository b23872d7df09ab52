"""The addons' wheels, in an Odoo that knows nothing of this checkout."""

import json
import os
import shutil
import site
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest

import odoo.release

from dev.checkout import shipped_addons
from dev.database import fresh
from dev.odoo import Odoo
from dev.odoo_source import SERIES, source_in
from dev.wheel import wheels

# What the installed addon has to show for itself, asked in Odoo's shell.
QUESTIONS = """
import json
from werkzeug.test import Client
from odoo.http import root
from odoo.modules import Manifest

def get(path):
    response = Client(root).get(path)
    return response.status_code, response.content_type, len(response.data)

lead_form = env["crm.lead"].get_view(env.ref("crm.crm_lead_view_form").id, "form")["arch"]
bundle = env["ir.qweb"]._get_asset_bundle("web.assets_backend", debug_assets=True).js()
print("ANSWERS", json.dumps({
    "path": Manifest.for_addon("sales_funnel_stages").path,
    "icon": get("/sales_funnel_stages/static/description/icon.png"),
    "bundled": "@sales_funnel_stages/" in bundle.raw.decode(),
    "qualification_page": 'name="qualification"' in lead_form,
}))
"""


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """An Odoo with its own Python environment, into which wheels are installed."""
    # Python would import from the checkout if it were the current folder.
    monkeypatch.chdir(tmp_path)
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    source = source_in(Path(odoo.release.__file__).parent.parent)
    # Odoo and its packages are those of the tests; only the addon comes from its wheel.
    [packages] = environment.glob("lib/python*/site-packages")
    shared = [*site.getsitepackages(), source.python_path]
    (packages / "shared.pth").write_text("".join(f"{path}\n" for path in shared))
    copies = [shutil.copytree(addon, tmp_path / addon.name) for addon in shipped_addons()]
    built = wheels(sys.executable, copies, tmp_path / "dist")
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python]
        + ["install", "--quiet", "--no-deps", "--no-index", *built],
        check=True,
    )
    configuration = RawConfigParser()
    configuration.read(os.environ["ODOO_RC"])
    configuration["options"]["addons_path"] = ",".join(map(str, source.addons_paths))
    with open(tmp_path / "odoo.conf", "w") as file:
        configuration.write(file)
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return Odoo(
        source,
        python,
        {**variables, "ODOO_RC": str(tmp_path / "odoo.conf")},
        Path(configuration["options"]["data_dir"]),
    )


def test_wheel_installs_in_another_odoo(elsewhere, tmp_path):
    built = {wheel.name.split(f"-{SERIES}.")[0] for wheel in (tmp_path / "dist").iterdir()}
    assert built == {f"odoo_addon_{addon.name}" for addon in shipped_addons()}
    with fresh(elsewhere) as (database, complaints):
        assert not complaints
        done = subprocess.run(
            elsewhere.command("shell", "--database", database, "--no-http"),
            env=elsewhere.environment,
            input=QUESTIONS,
            capture_output=True,
            text=True,
        )
    [answers] = [line for line in done.stdout.splitlines() if line.startswith("ANSWERS ")]
    answers = json.loads(answers.removeprefix("ANSWERS "))
    assert Path(answers["path"]).is_relative_to(tmp_path / "environment")
    assert answers["icon"][:2] == [200, "image/png"]
    assert answers["bundled"]
    assert answers["qualification_page"]
