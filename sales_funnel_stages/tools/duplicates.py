"""Leads that seem to be of one customer, while they are merged. Pure Python."""

from collections import defaultdict


class Duplicates:
    """Leads by e-mail and by customer, as far as these are known.

    :param emails: all e-mails that are known: whoever has one of them has been put here
    :param partner_ids: all customers that are known
    :ivar keys: ``{id: (emails, partner_id)}``: by which duplicates of leads are found, as long as
        these stand where they did
    :ivar is_complete: false where somebody else may know of more duplicates

    >>> duplicates = Duplicates({"a@b.c"}, {7})
    >>> duplicates.put(1, "a@b.c", 0)
    >>> duplicates.put(2, "x@y.z", 7)
    >>> duplicates.put(3, "a@b.c", 7)
    >>> sorted(duplicates.find(["a@b.c"], 0)), sorted(duplicates.find(["a@b.c"], 7))
    ([1, 3], [1, 2, 3])
    >>> duplicates.knows(["x@y.z"], 7), duplicates.knows([], 7)
    (False, True)

    What is merged is put again as it is then, and the others are dropped.

    >>> duplicates.drop(3)
    >>> duplicates.put(1, "n@b.c", 7)
    >>> sorted(duplicates.find(["a@b.c"], 0)), sorted(duplicates.find([], 7))
    ([], [1, 2])
    """

    def __init__(self, emails, partner_ids):
        self._emails = emails
        self._partner_ids = partner_ids
        self.keys = {}
        self.is_complete = True
        self._ids_by_email = defaultdict(set)
        self._ids_by_partner = defaultdict(set)
        self._places = {}

    def put(self, id_, email, partner_id):
        """Note where a lead stands now."""
        self.drop(id_)
        self._places[id_] = email, partner_id
        self._ids_by_email[email].add(id_)
        self._ids_by_partner[partner_id].add(id_)

    def drop(self, *ids):
        """Forget leads, where they are known."""
        for id_ in ids:
            self.keys.pop(id_, None)
            if id_ in self._places:
                email, partner_id = self._places.pop(id_)
                self._ids_by_email[email].discard(id_)
                self._ids_by_partner[partner_id].discard(id_)

    @property
    def ids(self):
        """The ids of all that are known."""
        return list(self._places)

    def knows(self, emails, partner_id):
        """Tell whether all leads with one of these are known."""
        return (
            self.is_complete
            and self._emails.issuperset(emails)
            and (not partner_id or partner_id in self._partner_ids)
        )

    def find(self, emails, partner_id):
        """Return the ids of the leads with one of these e-mails, or with this customer."""
        found = set().union(*(self._ids_by_email[email] for email in emails))
        return found | self._ids_by_partner[partner_id] if partner_id else found
