"""Links of leads to customers, while they are made one by one. Pure Python."""

from .carried import Carried


class Links(Carried):
    """Says that leads are linked to customers by a caller, who has the gate judge them together.

    :param ids: of leads that are still to be linked
    """

    def __init__(self, ids):
        self.ids = set(ids)

    @classmethod
    def takes(cls, leads, vals):
        """Tell whether a write of values is the link of these leads, which is then made."""
        links = cls.of(leads.env)
        if not links or vals.keys() != {"partner_id"} or not links.ids.issuperset(leads._ids):
            return False
        links.ids.difference_update(leads._ids)
        return True
