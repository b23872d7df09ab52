"""What a world is."""

import re
from dataclasses import dataclass, field

from ..command import run
from ..database import Template, copy_template

# Odoo's own default; what we run for tests and demo says otherwise.
WITHOUT_DEMO = "--without-demo"


@dataclass(frozen=True)
class World:
    """A kind of database in which the addons are to be installed.

    :ivar name: a word or two, which names its tests
    :ivar title: what is in it
    :ivar modules: names of those of Odoo's modules that somebody has installed
    :ivar build: run in Odoo's shell before the addon is installed; see ``building``
    :ivar set_up: run there once the addon is installed: what the company adds that uses it
    :ivar is_long: whether ``make test-worlds`` is for it, and ``make test`` is not
    :ivar in_browser: whether the addon is installed in a browser, which takes longer
    :ivar known_failures: ``{check: number of the issue that ends it}``; a check is the name of a
        test of ``dev/tests/test_worlds.py`` after its ``test_``
    """

    name: str
    title: str
    modules: tuple = ("crm",)
    build: str = ""
    set_up: str = ""
    is_long: bool = False
    in_browser: bool = False
    known_failures: dict = field(default_factory=dict, hash=False)

    @property
    def template(self):
        """The :class:`Template` of its databases, without the addons."""
        names = ",".join(self.modules)
        base = Template(
            f"world_on_{re.sub('[^a-z]', '_', names)}",
            (names,),
            f"Installing {names} without demo data in a template database",
            lambda odoo, database: odoo.load(database, "-i", names, WITHOUT_DEMO),
        )
        if not self.build:
            return base

        def build(odoo, database):
            copy_template(odoo, database, base)
            run_script(odoo, database, self.build)

        return Template(
            f"world_{re.sub('[^a-z]', '_', self.name)}",
            (names, self.build),
            f"Making the world “{self.name}”: {self.title}",
            build,
        )


def run_script(odoo, database, script):
    """Run a script in Odoo's shell, and keep what it has done.

    :raise Missing: where it fails
    """
    run(
        odoo.command("shell", "--database", database, "--no-http", WITHOUT_DEMO),
        "A script that makes a world failed",
        env=odoo.environment,
        input=f"{script}\nenv.cr.commit()\n",
    )
