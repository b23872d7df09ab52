"""What a door is: a way in which a lead moves; and the table of them that people read."""

from collections.abc import Callable
from typing import NamedTuple

from ...tools.verdict import EXEMPT, GUIDED, PASSED

# what a door does with a person's move that the rules refuse
REFUSED = "refused"
LEFT_OUT = "left out, and named"
NOTHING = "refused: nothing happens"
AS_LEAD = "comes in as a lead"


class Actor(NamedTuple):
    """Somebody who moves leads; ``user`` names the fixture's."""

    user: str
    sudo: bool = False


# their code may call ``sudo()``, and be called by OdooBot's with ``with_user``
REP, REP_SUDO, MANAGER = Actor("rep"), Actor("rep", sudo=True), Actor("manager")
PEOPLE = [REP, REP_SUDO, MANAGER]
ODOOBOT, PORTAL, VISITOR = (Actor(name, sudo=True) for name in ("odoobot", "portal", "visitor"))


class Who(NamedTuple):
    """Those who can use a door."""

    name: str
    actors: list


ANYBODY = Who("who may write on it", [*PEOPLE, ODOOBOT, PORTAL, VISITOR])
MANAGERS = Who("sales managers", [MANAGER, ODOOBOT])
CLIENTS = Who("people, over the network", [REP, MANAGER])
SENDERS = Who("whose address the e-mail bears", [REP, MANAGER, ODOOBOT, PORTAL])
JOB = Who("OdooBot, as scheduled", [ODOOBOT])


class Door(NamedTuple):
    """A way in which a lead moves.

    ``enter`` takes the test and the lead, moves it as ``test.acting``, and returns what came
    out; what a door says instead of raising goes to ``test.said``. ``start`` makes the lead,
    which meets nothing (None: the door creates it). It comes out in the fixture's ``stage``.
    ``direction`` is what the ledger says (None: the lead has not moved); ``unmet`` is what is
    asked for there, nothing where the door is free. ``is_past_orm``: it is not Odoo that writes
    the row, but the database. ``of_lax_team`` is what the ledger says where the lead is of a team
    that only guides, and its salesperson of the one that enforces (None: what it says under
    *guide*); ``of_lax_company`` the same where it has no team, and its company guides.
    """

    name: str
    enter: Callable
    start: Callable | None = None
    stage: str = "stage_new"
    unmet: list = ()
    direction: str | None = "forward"
    who: Who = ANYBODY
    outcome: str = REFUSED
    is_past_orm: bool = False
    of_lax_team: str | None = None
    of_lax_company: str | None = None

    def some_actors(self):
        """Return one of each kind, where it does not matter who moves it."""
        return [*self.people()[:1], *self.others()[:1]]

    def people(self):
        """Return those among them who can be refused."""
        return [actor for actor in self.who.actors if actor in PEOPLE]

    def others(self):
        """Return those among them who cannot be refused."""
        return [actor for actor in self.who.actors if actor not in PEOPLE]

    def row(self):
        """Return the cells of this door in the table: who, and what the ledger then says."""
        free = PASSED if self.direction else "no move"
        policies = [PASSED, GUIDED] if self.unmet else [free, free]
        people, others = (self.outcome, EXEMPT) if self.unmet else (free, free)
        return [
            self.name,
            self.who.name,
            *policies,
            people if self.people() else "–",
            others if self.others() else "–",
            self.of_lax(self.of_lax_team),
            self.of_lax(self.of_lax_company),
        ]

    def of_lax(self, said):
        """Return what the ledger says of a person's lead that is under laxer rules."""
        if not self.start or not self.people():
            return "–"
        return said or (GUIDED if self.unmet else PASSED if self.direction else "no move")


HEAD = [
    "door",
    "who",
    "*off*",
    "*guide*",
    "*enforce*, a person",
    "*enforce*, others",
    "of a laxer team",
    "of a laxer company",
]
