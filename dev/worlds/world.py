"""What a world is."""

from dataclasses import dataclass

from ..database import Template

# Odoo's own default; what we run for tests and demo says otherwise.
WITHOUT_DEMO = "--without-demo"


@dataclass(frozen=True)
class World:
    """A kind of database in which the addons are to be installed.

    :ivar name: one word
    :ivar title: what is in it
    :ivar modules: names of those of Odoo's modules that somebody has installed
    """

    name: str
    title: str
    modules: tuple = ("crm",)

    @property
    def template(self):
        """The :class:`Template` of its databases, without the addons."""
        names = ",".join(self.modules)
        return Template(
            f"world_{self.name}",
            (names,),
            f"Making the world “{self.name}”: {self.title}",
            lambda odoo, database: odoo.load(database, "-i", names, WITHOUT_DEMO),
        )
