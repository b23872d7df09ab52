"""Databases of this checkout: the template, copies of it, and their end.

All have a name with the checkout's prefix; no other is ever touched.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from .checkout import (
    DATABASE_PREFIX,
    DEV,
    ROOT,
    addon_hash,
    addon_names,
    addons,
    digest,
    needs,
    plain_addons,
)
from .prepared import locked
from .progress import Missing, step

RUN = f"{DATABASE_PREFIX}run_"
RUN_NAME = re.compile(rf"{RUN}\d+_[0-9a-f]{{6}}")
# Beside Odoo's own files in the filestore, so that a copy of a database has it too.
INSTALLATION_LOG = "installation.log"


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

    def name(self, odoo):
        """→ the name of the database, in which the inputs are."""
        return self.prefix + digest(odoo.source.version, *self.inputs)

    def locked(self):
        """Let one process at a time make or copy it, while others do so with other kinds."""
        return locked(f"{self.kind}-database")


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


def installed(folders=None):
    """→ the template of the tests: all that addons depend on, and they, with demo data.

    :param folders: of the addons, by default of the plain ones
    """
    base = with_demo_data(folders)

    def build(odoo, name):
        copy_template(odoo, name, base)
        log = odoo.load(name, "-i", addon_names(folders))
        (_filestore(odoo, name) / INSTALLATION_LOG).write_text(log)

    # What demo data says of yesterday is true for a day.
    state = (addon_hash(ignored=("readme", "tests")), str(date.today()))
    title = "Installing the addon"
    return Template(f"{base.kind}_installed", (*base.inputs, *state), title, build)


def installation_log(odoo, name):
    """→ what Odoo complained of when it installed the addons in a copy of that template."""
    return (_filestore(odoo, name) / INSTALLATION_LOG).read_text()


def exists(odoo, name):
    """→ whether there is a database of that name."""
    return bool(odoo.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def prepare_template(odoo):
    """Make the template of tests and demo if it is not there."""
    template = with_demo_data()
    with template.locked():
        _made(odoo, template)


def copy_template(odoo, name, template=None):
    """Make a database, with its filestore, as a copy of a template.

    :param template: a :class:`Template`, by default that of tests and demo
    """
    template = template or with_demo_data()
    with template.locked():
        made = _made(odoo, template)
        drop(odoo, name)
        copy(odoo, made, name)


def copy(odoo, source, name):
    """Make a database, with its filestore, as a copy of one to which nobody is connected."""
    shutil.copytree(_filestore(odoo, source), _filestore(odoo, name), copy_function=os.link)
    odoo.sql(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


def drop(odoo, name):
    """Remove a database, if it is there, and its filestore, whoever is still connected to it."""
    odoo.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(_filestore(odoo, name), ignore_errors=True)


@contextmanager
def claimed(odoo):
    """A new name for the ``with`` statement; databases with it, or longer ones, end with that."""
    folder = DEV / "runs"
    folder.mkdir(exist_ok=True)
    _drop_left_over(odoo)
    name = f"{RUN}{os.getpid()}_{os.urandom(3).hex()}"
    # By the lock others see that the run is alive.
    with open(folder / name, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield name
        finally:
            _drop_run(odoo, name)


def pristine(odoo, run, is_glue):
    """Make a database for the tests of a run, if it is not there, that is only copied.

    :param run: its name; see ``claimed``
    :param is_glue: whether it has all addons, or just the plain ones
    :return: its name
    """
    name = f"{run}_{'glue' if is_glue else 'plain'}"
    if not exists(odoo, name):
        copy_template(odoo, name, installed(addons() if is_glue else None))
    return name


@contextmanager
def copied(odoo, template=None):
    """A copy of a template for the ``with`` statement → its name; see ``copy_template``."""
    with claimed(odoo) as name:
        copy_template(odoo, name, template)
        yield name


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
    for name in _named(odoo, f"{DATABASE_PREFIX}.*"):
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
    name = template.name(odoo)
    if not exists(odoo, name):
        for old in _named(odoo, f"{template.prefix}[0-9a-f]+(_new)?"):
            drop(odoo, old)
        with step(template.title):
            template.build(odoo, f"{name}_new")
        # Renamed last: a template without its final name was left by somebody who was interrupted.
        shutil.rmtree(_filestore(odoo, name), ignore_errors=True)
        _filestore(odoo, f"{name}_new").rename(_filestore(odoo, name))
        odoo.sql(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
    return name


def _named(odoo, pattern):
    """→ the names of databases that match a regular expression from end to end."""
    rows = odoo.sql(f"SELECT datname FROM pg_database WHERE datname ~ '^{pattern}$'")
    return [name for [name] in rows]


def _filestore(odoo, name):
    return odoo.data_folder / "filestore" / name


def _drop_left_over(odoo):
    for name in {RUN_NAME.match(each)[0] for each in _named(odoo, f"{RUN}.*")}:
        with open(DEV / "runs" / name, "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            with step("Dropping the databases of a run that was killed"):
                _drop_run(odoo, name)


def _drop_run(odoo, name):
    for each in _named(odoo, f"{name}.*"):
        drop(odoo, each)
    (DEV / "runs" / name).unlink(missing_ok=True)
