"""Databases of this checkout: the template, copies of it, and their end.

All have a name with the checkout's prefix; no other is ever touched.
"""

import ast
import fcntl
import os
import shutil
from contextlib import contextmanager

from .checkout import DATABASE_PREFIX, DEV, ROOT, addon_names, addons, digest
from .prepared import locked
from .progress import Missing, step

TEMPLATE = f"{DATABASE_PREFIX}template_"
RUN = f"{DATABASE_PREFIX}run_"


def exists(odoo, name):
    """→ whether there is a database of that name."""
    return bool(odoo.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def prepare_template(odoo):
    """Make the template if it is not there: all that the addons depend on, with demo data."""
    with locked("database"):
        _template(odoo)


def copy_template(odoo, name):
    """Make a database, with its filestore, as a copy of the template."""
    with locked("database"):
        template = _template(odoo)
        drop(odoo, name)
        shutil.copytree(_filestore(odoo, template), _filestore(odoo, name), copy_function=os.link)
        odoo.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def drop(odoo, name):
    """Remove a database, if it is there, and its filestore."""
    odoo.sql(f'DROP DATABASE IF EXISTS "{name}"')
    shutil.rmtree(_filestore(odoo, name), ignore_errors=True)


@contextmanager
def copied(odoo):
    """A copy of the template for the ``with`` statement → its name."""
    with _claimed() as name:
        _drop_left_over(odoo)
        try:
            copy_template(odoo, name)
            yield name
        finally:
            drop(odoo, name)


@contextmanager
def fresh(odoo):
    """A database for the ``with`` statement, with the addon and its demo data.

    :return: its name, and what Odoo complained of while it installed the addon
    """
    with copied(odoo) as name:
        with step("Installing the addon"):
            complaints = odoo.load(name, "-i", addon_names())
        yield name, complaints


def drop_all(odoo):
    """Remove all databases of this checkout."""
    for [name] in _named(odoo, DATABASE_PREFIX):
        drop(odoo, name)


def dependencies():
    """→ names of the modules that the addons depend on, other than each other."""
    if not addons():
        raise Missing(f"There is no addon in {ROOT}: run this in a checkout that has it.")
    manifests = [ast.literal_eval((folder / "__manifest__.py").read_text()) for folder in addons()]
    needed = {name for manifest in manifests for name in manifest["depends"]}
    return sorted(needed - {folder.name for folder in addons()})


def _template(odoo):
    modules = dependencies()
    name = TEMPLATE + digest(odoo.source.version, *modules)
    if not exists(odoo, name):
        for [old] in _named(odoo, TEMPLATE):
            drop(odoo, old)
        with step(f"Installing {', '.join(modules)} with demo data in a template database"):
            odoo.load(f"{name}_new", "-i", ",".join(modules))
        # Renamed last: a template without its final name was left by somebody who was interrupted.
        shutil.rmtree(_filestore(odoo, name), ignore_errors=True)
        _filestore(odoo, f"{name}_new").rename(_filestore(odoo, name))
        odoo.sql(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
    return name


def _named(odoo, prefix):
    return odoo.sql(f"SELECT datname FROM pg_database WHERE starts_with(datname, '{prefix}')")


def _filestore(odoo, name):
    return odoo.data_folder / "filestore" / name


@contextmanager
def _claimed():
    """A new name of a run, with a lock by which others see that the run is alive."""
    folder = DEV / "runs"
    folder.mkdir(exist_ok=True)
    name = f"{RUN}{os.getpid()}_{os.urandom(3).hex()}"
    with open(folder / name, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield name
        finally:
            (folder / name).unlink()


def _drop_left_over(odoo):
    for [name] in _named(odoo, RUN):
        with open(DEV / "runs" / name, "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            with step("Dropping the database of a run that was killed"):
                drop(odoo, name)
            (DEV / "runs" / name).unlink()
