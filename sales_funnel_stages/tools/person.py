"""A person who is to be forgotten, as records may refer to them."""

from typing import NamedTuple


class Person(NamedTuple):
    """What tells that something is about a person.

    :ivar words: name and e-mail address
    :ivar lead_ids: their leads and opportunities
    :ivar partner_ids: their contacts
    """

    words: tuple
    lead_ids: tuple = ()
    partner_ids: tuple = ()
