"""The conversion of many leads: what is chosen, and what becomes of each. Pure Python."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .carried import Carried

# what is done about customers, as crm's wizard names it
LINK_OR_CREATE, CREATE, LINK = "each_exist_or_create", "create", "exist"

# why a lead is not converted, other than that it is skipped
ARCHIVED, WON, OPPORTUNITY = "archived", "won", "opportunity"


class Choices(NamedTuple):
    """What is chosen in the wizard, for all leads alike.

    :ivar partner_id: the customer that all are linked to, where ``action`` is ``LINK``
    :ivar user_ids: the salespeople, in turn; none: each lead keeps its own, and its team
    :ivar customer_user_id: the salesperson of customers that are created; 0: that of the lead
    :ivar others: ``{field: value}``: what other addons have people choose in the wizard
    """

    deduplicate: bool = True
    action: str = LINK_OR_CREATE
    partner_id: int = 0
    user_ids: tuple = ()
    team_id: int = 0
    force_assignment: bool = False
    customer_user_id: int = 0
    others: Mapping = {}


# the names of the fields that hold the choices, of a batch and of crm's wizard: ``{choice: field}``
OWN_CHOICES = tuple(name for name in Choices._fields if name != "others")
BATCH_FIELDS = dict(zip(OWN_CHOICES, OWN_CHOICES, strict=True))
WIZARD_FIELDS = {**BATCH_FIELDS, "customer_user_id": "user_id"}


class Customer(NamedTuple):
    """The customer that a lead is given.

    :ivar partner_id: one that exists; or else
    :ivar lead_id: the lead that it is made from: the lead itself, or one before it with its e-mail
    """

    partner_id: int = 0
    lead_id: int = 0


class Skipped(NamedTuple):
    """Why a lead stays what it is.

    :ivar reason: in words; empty: it lacks
    :ivar unmet: the ids of criteria
    """

    reason: str = ""
    unmet: frozenset = frozenset()


class Received(NamedTuple):
    """What a mass conversion gives somebody.

    :ivar opportunities: how many of those that are converted are theirs then
    :ivar customers: how many customers are created whose salesperson they are
    :ivar notices: how often they are notified
    """

    opportunities: int = 0
    customers: int = 0
    notices: int = 0

    def __bool__(self):
        return any(self)


def count_received(opportunities, customers, notices):
    """Return ``{user_id: Received}`` of three counts by the id of somebody; nobody's are left out.

    >>> count_received({1: 3, False: 2}, {}, {1: 5})
    {1: Received(opportunities=3, customers=0, notices=5)}
    """
    ids = dict.fromkeys((*opportunities, *customers, *notices))
    return {
        id_: Received(*(counts.get(id_, 0) for counts in (opportunities, customers, notices)))
        for id_ in ids
        if id_
    }


class Hands(NamedTuple):
    """In whose hands leads come.

    :ivar user_ids: ``{id: salesperson, 0 for none}``
    :ivar team_ids: ``{id: team, 0 for none}``
    :ivar moved_ids: those that come to another team
    :ivar received: ``{user_id: Received}``
    """

    user_ids: Mapping = {}
    team_ids: Mapping = {}
    moved_ids: tuple = ()
    received: Mapping = {}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What becomes of the leads of a mass conversion.

    :ivar converted: ids of leads that become opportunities, in the order of their assignment
    :ivar merged: ``{id: id}``: leads that are merged into another, and are gone
    :ivar skipped: ``{id: Skipped}``
    """

    converted: tuple = ()
    merged: Mapping = field(default_factory=dict)
    skipped: Mapping = field(default_factory=dict)

    @property
    def kept_ids(self):
        """See :func:`kept`."""
        return kept(self.merged)


@dataclass(frozen=True, kw_only=True)
class DryRun(Outcome):
    """What a mass conversion would make of leads.

    :ivar customers: ``{id: Customer}``, of those that get one or have one
    :ivar untouched: ``{id: why}``: ``ARCHIVED``, ``WON`` or ``OPPORTUNITY``
    :ivar outside: ids of leads that nobody selected, and that are merged with those that are
    :ivar hands: :class:`Hands`
    """

    customers: Mapping = field(default_factory=dict)
    untouched: Mapping = field(default_factory=dict)
    outside: tuple = ()
    hands: Hands = field(default_factory=Hands)

    @property
    def shared_customers(self):
        """The ids of leads that share the customer that is made from another one.

        >>> customers = {1: Customer(lead_id=1), 2: Customer(lead_id=1), 3: Customer(7)}
        >>> DryRun(customers=customers).shared_customers
        [2]
        """
        return [id_ for id_, each in self.customers.items() if each.lead_id not in (0, id_)]


@dataclass(frozen=True, kw_only=True)
class Result(Outcome):
    """What a mass conversion has made of leads.

    :ivar created_partner_ids: the customers that were created
    :ivar untold_ids: ids of leads of which those who have got them are still to be told
    """

    created_partner_ids: tuple = ()
    untold_ids: tuple = ()

    def __add__(self, other):
        """Return what was done by one and the other, of other leads.

        >>> Result(converted=(1,), merged={2: 1}) + Result(converted=(3,))
        Result(converted=(1, 3), merged={2: 1}, skipped={}, created_partner_ids=(), untold_ids=())
        """
        return Result(
            converted=self.converted + other.converted,
            merged={**self.merged, **other.merged},
            skipped={**self.skipped, **other.skipped},
            created_partner_ids=self.created_partner_ids + other.created_partner_ids,
            untold_ids=self.untold_ids + other.untold_ids,
        )


def heir(merged, id_):
    """Return the lead that is left of one, of a chain of merges.

    :param merged: as of :func:`kept`

    >>> heir({1: 2, 2: 3}, 1), heir({1: 2, 2: 3}, 5)
    (3, 5)
    """
    while id_ in merged:
        id_ = merged[id_]
    return id_


def outside(selected_ids, outcome):
    """Return the ids of the leads that nobody selected, and that something becomes of.

    :param selected_ids: of those that were selected
    :param outcome: an :class:`Outcome`

    >>> outside([1, 2], Outcome(converted=(3,), merged={1: 3, 4: 3}, skipped={2: Skipped()}))
    (4, 3)
    """
    found = (*outcome.merged, *outcome.kept_ids, *outcome.converted, *outcome.skipped)
    selected = set(selected_ids)
    return tuple(dict.fromkeys(id_ for id_ in found if id_ not in selected))


def turns(chunks, user_ids):
    """Return ``{id: user_id}``: whose turn it is with which lead.

    :param chunks: ``[(how many leads come before, ids)]``
    :param user_ids: those who take turns

    >>> turns([(0, [7, 8]), (3, [9])], (1, 2))
    {7: 1, 8: 2, 9: 2}
    """
    return {
        id_: user_ids[(before + number) % len(user_ids)]
        for before, ids in chunks
        for number, id_ in enumerate(ids)
    }


class Report(Carried):
    """Where crm's wizard says what it has done, for our own code that has it convert leads.

    :ivar result: a :class:`Result`
    """

    def __init__(self):
        self.result = Result()


def kept(merged):
    """Return the ids of leads that others are merged into, each once, in the order of the merges.

    :param merged: ``{id: id}``: leads that are gone, and into which other they were merged

    >>> kept({1: 2, 2: 3, 4: 3, 5: 6})
    [3, 6]
    """
    return list(dict.fromkeys(id_ for id_ in merged.values() if id_ not in merged))
