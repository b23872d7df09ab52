"""What a world is."""

import os
import re
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ..checkout import files_hash
from ..command import run
from ..database import Template, copy_template
from ..odoo import with_more_addons

# Odoo's own default; what we run for tests and demo says otherwise.
WITHOUT_DEMO = "--without-demo"
# What scripts that make worlds call: another of these makes other worlds.
BUILDERS = [
    Path(__file__).with_name(f"{name}.py") for name in ("building", "past", "used", "watching")
]


@dataclass(frozen=True)
class World:
    """A kind of database in which the addons are to be installed.

    :ivar name: a word or two, which names its tests
    :ivar title: what is in it
    :ivar modules: names of those of Odoo's modules that somebody has installed
    :ivar addons: returns a folder with addons of others
    :ivar postgres: has PostgreSQL running in a ``with`` statement → the ``PG*`` variables with
        which to connect; None: that which runs already
    :ivar build: run in Odoo's shell before the addon is installed; see ``building``
    :ivar set_up: run there once the addon is installed: what the company adds that uses it
    :ivar has_teams: whether salespeople work in teams; else they are there before the addon is,
        each in a company of their own
    :ivar is_long: whether ``make test-worlds`` is for it, and ``make test`` is not
    :ivar in_browser: whether the addon is installed in a browser, which takes longer
    :ivar impossible: ``{check: why}`` of what cannot be done there, and is no test of it
    :ivar known_failures: ``{check: number of the issue that ends it}``; a check is the name of a
        test of ``dev/tests/test_worlds.py`` after its ``test_``; of one that is several tests, all
        of them, or one, as in ``figures[worth]``
    """

    name: str
    title: str
    modules: tuple = ("crm",)
    addons: Callable | None = None
    postgres: Callable | None = None
    build: str = ""
    set_up: str = ""
    has_teams: bool = True
    is_long: bool = False
    in_browser: bool = False
    impossible: dict = field(default_factory=dict, hash=False)
    known_failures: dict = field(default_factory=dict, hash=False)

    @contextmanager
    def hosted(self):
        """Have this process use the PostgreSQL and the addons of the world, in a ``with``."""
        before = dict(os.environ)
        with ExitStack() as stack:
            stack.callback(lambda: (os.environ.clear(), os.environ.update(before)))
            if self.addons:
                os.environ["ODOO_RC"] = str(with_more_addons(before["ODOO_RC"], self.addons()))
            if self.postgres:
                variables = stack.enter_context(self.postgres())
                for name in [name for name in os.environ if name.startswith("PG")]:
                    del os.environ[name]
                os.environ.update(variables)
            yield

    @property
    def template(self):
        """The :class:`Template` of its databases, without the addons."""
        base = self._base
        if not self.build:
            return base

        def build(odoo, database):
            copy_template(odoo, database, base)
            run_script(odoo, database, self.build)

        return Template(
            f"world_{self._word}",
            (*base.inputs, self.build, *self._builders),
            f"Making the world “{self.name}”: {self.title}",
            build,
        )

    @property
    def _base(self):
        """The :class:`Template` with Odoo's modules; one for all that have no others."""
        names = ",".join(self.modules)
        is_own = self.modules != World.modules or self.postgres
        folder = self.addons and self.addons()
        return Template(
            f"world_on_{self._word if is_own else names}",
            (names, *([files_hash(folder, [folder])] if folder else ())),
            f"Installing {names} without demo data in a template database",
            lambda odoo, database: odoo.load(database, "-i", names, WITHOUT_DEMO),
        )

    @property
    def _builders(self):
        """The text of what the script calls."""
        return [path.read_text() for path in BUILDERS if path.stem in self.build]

    @property
    def _word(self):
        return re.sub("[^a-z]", "_", self.name)


def run_script(odoo, database, script):
    """Run a script in Odoo's shell, and keep what it has done → what it has printed.

    :raise Missing: where it fails
    """
    return run(
        odoo.command("shell", "--database", database, "--no-http", WITHOUT_DEMO),
        "A script that makes a world failed",
        env=odoo.environment,
        # a server that runs already is told, as of what is done in a browser
        input=f"{script}\nenv.cr.commit()\nenv.registry.signal_changes()\n",
    )
