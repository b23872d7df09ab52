"""The conversion of many leads: what is chosen, and what becomes of each. Pure Python."""

from dataclasses import dataclass, field
from typing import NamedTuple

from .carried import Carried

# what is done about customers, as crm's wizard names it
LINK_OR_CREATE, CREATE, LINK = "each_exist_or_create", "create", "exist"

# why a lead is not converted, other than that it is held back
ARCHIVED, WON, OPPORTUNITY = "archived", "won", "opportunity"


class Choices(NamedTuple):
    """What is chosen in the wizard, for all leads alike.

    :ivar partner_id: the customer that all are linked to, where ``action`` is ``LINK``
    :ivar user_ids: the salespeople, in turn; none: each lead keeps its own, and its team
    :ivar customer_user_id: the salesperson of customers that are created; 0: that of the lead
    """

    deduplicate: bool = True
    action: str = LINK_OR_CREATE
    partner_id: int = 0
    user_ids: tuple = ()
    team_id: int = 0
    force_assignment: bool = False
    customer_user_id: int = 0


class Customer(NamedTuple):
    """The customer that a lead is given.

    :ivar partner_id: one that exists; or else
    :ivar lead_id: the lead that it is made from: the lead itself, or one before it with its e-mail
    """

    partner_id: int = 0
    lead_id: int = 0


class HeldBack(NamedTuple):
    """Why a lead stays what it is.

    :ivar reason: in words; empty: it lacks
    :ivar unmet: the ids of criteria
    """

    reason: str = ""
    unmet: frozenset = frozenset()


@dataclass(eq=False)
class Outcome(Carried):
    """What a mass conversion makes of leads: as it is foreseen, or as it was done.

    :ivar converted: ids of leads that become opportunities, in the order of their assignment
    :ivar merged: ``{id: id}``: leads that are merged into another, and are gone
    :ivar customers: ``{id: Customer}``, of those that get one or have one
    :ivar untouched: ``{id: why}``: ``ARCHIVED``, ``WON`` or ``OPPORTUNITY``
    :ivar held_back: ``{id: HeldBack}``
    :ivar created_partner_ids: the customers that were created
    """

    converted: list = field(default_factory=list)
    merged: dict = field(default_factory=dict)
    customers: dict = field(default_factory=dict)
    untouched: dict = field(default_factory=dict)
    held_back: dict = field(default_factory=dict)
    created_partner_ids: list = field(default_factory=list)

    @property
    def kept_ids(self):
        """The ids of leads that others are merged into, each once, in the order of the merges.

        >>> Outcome(merged={1: 2, 2: 3, 4: 3, 5: 6}).kept_ids
        [3, 6]
        """
        return list(dict.fromkeys(id_ for id_ in self.merged.values() if id_ not in self.merged))

    @property
    def shared_customers(self):
        """The ids of leads that share the customer that is made from another one.

        >>> customers = {1: Customer(lead_id=1), 2: Customer(lead_id=1), 3: Customer(7)}
        >>> Outcome(customers=customers).shared_customers
        [2]
        """
        return [id_ for id_, each in self.customers.items() if each.lead_id not in (0, id_)]
