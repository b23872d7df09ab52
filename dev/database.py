"""Databases of this checkout: the template, copies of it, and their end.

All have a name with the checkout's prefix; no other is ever touched.
"""

import fcntl
import os
import shutil
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass

from .checkout import (
    DATABASE_PREFIX,
    DEV,
    ROOT,
    addon_names,
    addons,
    digest,
    needs,
    plain_addons,
)
from .prepared import locked
from .progress import Missing, step

RUN = f"{DATABASE_PREFIX}run_"


@dataclass(frozen=True)
class Template:
    """A database that is made once and then copied.

    :ivar kind: one word; there is one template of a kind at a time
    :ivar inputs: strings; when one changes, the template is made anew
    :ivar build: called with the :class:`Odoo` and the name of a database, makes it
    """

    kind: str
    inputs: tuple
    title: str
    build: Callable

    @property
    def prefix(self):
        return f"{DATABASE_PREFIX}{self.kind}_"


def with_demo_data(folders=None):
    """→ the template of tests and demo: all that addons depend on, with demo data.

    :param folders: of the addons, by default of the plain ones
    """
    modules = dependencies(folders)
    return Template(
        "glue" if folders else "template",
        tuple(modules),
        f"Installing {', '.join(modules)} with demo data in a template database",
        lambda odoo, name: odoo.load(name, "-i", ",".join(modules)),
    )


def exists(odoo, name):
    """→ whether there is a database of that name."""
    return bool(odoo.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def prepare_template(odoo):
    """Make the template of tests and demo if it is not there."""
    with locked("database"):
        _made(odoo, with_demo_data())


def copy_template(odoo, name, template=None):
    """Make a database, with its filestore, as a copy of a template.

    :param template: a :class:`Template`, by default that of tests and demo
    """
    with locked("database"):
        made = _made(odoo, template or with_demo_data())
        drop(odoo, name)
        _copy(odoo, made, name)


def drop(odoo, name):
    """Remove a database, if it is there, and its filestore."""
    odoo.sql(f'DROP DATABASE IF EXISTS "{name}"')
    shutil.rmtree(_filestore(odoo, name), ignore_errors=True)


@contextmanager
def copied(odoo, template=None):
    """A copy of a template for the ``with`` statement → its name; see ``copy_template``."""
    with _claimed() as name:
        _drop_left_over(odoo)
        try:
            copy_template(odoo, name, template)
            yield name
        finally:
            drop(odoo, name)


@contextmanager
def fresh(odoo, folders=None):
    """A database for the ``with`` statement, with the addon and its demo data.

    :param folders: of the addons to install, by default the plain ones
    :return: its name, and what Odoo complained of while it installed the addon
    """
    with copied(odoo, with_demo_data(folders)) as name:
        with step("Installing the addon"):
            complaints = odoo.load(name, "-i", addon_names(folders))
        yield name, complaints


@contextmanager
def twin(odoo, name):
    """A copy of a database to which nobody is connected, for the ``with`` statement → its name."""
    with _claimed() as copy:
        try:
            _copy(odoo, name, copy)
            yield copy
        finally:
            drop(odoo, copy)


def install_without_demo_data(odoo, name):
    """Install the addons where Odoo's own demo data is, without theirs."""
    names = ", ".join(f"'{module}'" for module in dependencies())
    # Odoo loads a module's demo data where all that the module depends on has its own.
    flag = f"UPDATE ir_module_module SET demo = %s WHERE name IN ({names})"
    odoo.sql(flag % "false", name)
    odoo.load(name, "-i", addon_names())
    odoo.sql(flag % "true", name)


def drop_all(odoo):
    """Remove all databases of this checkout."""
    for [name] in _named(odoo, DATABASE_PREFIX):
        drop(odoo, name)


def dependencies(folders=None):
    """→ names of Odoo's modules that addons need.

    :param folders: of the addons, by default of the plain ones
    """
    if not addons():
        raise Missing(f"There is no addon in {ROOT}: run this in a checkout that has it.")
    return needs(folders or plain_addons())


def _made(odoo, template):
    """→ the name of the template's database, made now if it is not there."""
    name = template.prefix + digest(odoo.source.version, *template.inputs)
    if not exists(odoo, name):
        for [old] in _named(odoo, template.prefix):
            drop(odoo, old)
        with step(template.title):
            template.build(odoo, f"{name}_new")
        # Renamed last: a template without its final name was left by somebody who was interrupted.
        shutil.rmtree(_filestore(odoo, name), ignore_errors=True)
        _filestore(odoo, f"{name}_new").rename(_filestore(odoo, name))
        odoo.sql(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
    return name


def _copy(odoo, source, name):
    shutil.copytree(_filestore(odoo, source), _filestore(odoo, name), copy_function=os.link)
    odoo.sql(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


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
