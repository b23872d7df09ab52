"""Odoo in processes of its own, for tests of what happens between them."""

import os
import subprocess
import sys
from configparser import RawConfigParser
from dataclasses import replace
from pathlib import Path

import odoo.release

from dev.checkout import ROOT
from dev.odoo import Odoo, warnings_in
from dev.odoo_source import source_in

ANSWER = "ANSWER "


def this_odoo():
    """→ the :class:`Odoo` that these tests run in."""
    configuration = RawConfigParser()
    configuration.read(os.environ["ODOO_RC"])
    return Odoo(
        source_in(Path(odoo.release.__file__).parent.parent),
        Path(sys.executable),
        dict(os.environ),
        Path(configuration["options"]["data_dir"]),
    )


def with_addons_of(this, checkout, folder):
    """Return an Odoo as another one, with the addons of another checkout than this.

    :param folder: where to write its configuration
    """
    configuration = RawConfigParser()
    configuration.read(this.environment["ODOO_RC"])
    paths = configuration["options"]["addons_path"].split(",")
    configuration["options"]["addons_path"] = ",".join(
        str(checkout) if path == str(ROOT) else path for path in paths
    )
    with open(folder / "odoo.conf", "w") as file:
        configuration.write(file)
    return replace(this, environment={**this.environment, "ODOO_RC": str(folder / "odoo.conf")})


def installed_addons(database):
    """→ names of those of our addons that are installed in a database, with commas between."""
    rows = this_odoo().sql(
        "SELECT name FROM ir_module_module WHERE state = 'installed'"
        " AND name LIKE '%sales_funnel_stages%' ORDER BY name",
        database,
    )
    return ",".join(name for [name] in rows)


def ask(this, database, script):
    """Run a script in Odoo's shell; fail if it fails, or if Odoo complains.

    :return: what it printed on lines that start with ``ANSWER``
    """
    done = subprocess.run(
        this.command("shell", "--database", database, "--no-http"),
        env=this.environment,
        input=script,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert not warnings_in(done.stderr), done.stderr
    return [
        line.removeprefix(ANSWER) for line in done.stdout.splitlines() if line.startswith(ANSWER)
    ]
