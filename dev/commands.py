"""The commands of ``python3 -m dev``; the first line of each docstring is its help."""

import shutil

from . import linters
from .bench.command import bench as run_bench
from .check_history import check_history as run_check_history
from .checkout import DEV, ROOT, shipped_addons
from .child import call
from .database import drop_all, prepare_template
from .database import fresh as fresh_database
from .demo import demo as serve_demo
from .demo import demo_database
from .import_example import import_example as run_import_example
from .odoo import running
from .postgres import is_external, stop_abandoned
from .prepared import in_use, locked
from .progress import Missing, say
from .screenshots.command import screenshots as take_screenshots
from .suites.command import test_odoo as run_odoo_tests
from .test import test as run_tests
from .test import test_walks as run_walks
from .verify_history import verify_history as run_verify_history
from .virtualenv import virtualenv
from .wheel import DIST, wheels
from .worlds import command as worlds


def setup():
    """prepare everything that the other commands need"""
    with running(browser=True) as odoo:
        prepare_template(odoo)


def demo():
    """serve Odoo with the addon and its demo data"""
    return serve_demo()


def test(*arguments):
    """run the tests; arguments are pytest's"""
    return run_tests(*arguments)


def test_long(*arguments):
    """run the tests that take long, and no others; arguments are pytest's"""
    return run_tests("-m", "long", *arguments)


def test_walks(*arguments):
    """walk 20,000 random steps, and no other tests; arguments are pytest's"""
    return run_walks(*arguments)


def test_worlds(*words):
    """run the checks in all worlds; arguments are words of worlds' names"""
    return worlds.test_worlds(*words)


def test_world_in_turn():
    """run the checks in one world, of which the commit's hash says that it is its turn"""
    return worlds.test_world_in_turn()


def test_odoo(*modules):
    """run Odoo's own tests with the addon and without; arguments are names of modules"""
    return run_odoo_tests(*modules)


def bench(*words):
    """compare with stock Odoo what the addon costs; arguments are words of figures' names"""
    return run_bench(*words)


def import_example(*data):
    """put a real pipeline through the gate; the argument is the folder of its files"""
    return run_import_example(*data)


def check_history(*database):
    """ask whether the ledger tells of every lead how it came to where it is; DB, or the demo's"""
    return run_check_history(*database)


def verify_history(*arguments):
    """ask whether the ledger is as it was recorded; DB, or the demo's, and seals kept outside"""
    return run_verify_history(*arguments)


def screenshots(*words):
    """take all pictures anew; arguments are words of the pictures' names"""
    return take_screenshots(*words)


def lint(*arguments):
    """run the linters; arguments are those of `pre-commit run`"""
    with locked():
        environment = linters.environment(virtualenv())
    command = ["pre-commit", "run", "--all-files", "--show-diff-on-failure", *arguments]
    return call(command, cwd=ROOT, env=environment)


def wheel():
    """build the addon as a Python package, in dist"""
    with locked():
        python = virtualenv() / "bin" / "python"
    for built in wheels(python, shipped_addons(), DIST):
        say(f"  {built.relative_to(ROOT)}")


def shell(*arguments):
    """open Odoo's shell on the demo's database; arguments are those of `odoo shell`"""
    with running() as odoo:
        return call(
            odoo.command("shell", "--no-http", "--database", demo_database(odoo), *arguments),
            env=odoo.environment,
        )


def run(*arguments):
    """run Odoo; arguments are those of `odoo`"""
    with running() as odoo:
        return call(odoo.command(*arguments), env=odoo.environment)


def exec(*command):
    """run any command where Odoo, its Python, PostgreSQL and a browser are found"""
    with running(browser=True) as odoo:
        return call(command, env=odoo.environment)


def fresh(*command):
    """run any command with PGDATABASE, a database with the addon that is dropped at the end"""
    with running(browser=True) as odoo, fresh_database(odoo) as (name, _complaints):
        return call(command, env={**odoo.environment, "PGDATABASE": name})


def clean():
    """remove all that was prepared, the demo's database too"""
    if in_use():
        raise Missing(
            "Stop what still runs in this checkout, a demo or tests,"
            " before you remove what it uses."
        )
    if DEV.exists() and is_external():
        with running() as odoo:
            drop_all(odoo)
    stop_abandoned()
    shutil.rmtree(DEV, ignore_errors=True)
