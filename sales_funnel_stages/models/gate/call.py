from weakref import WeakKeyDictionary

# by cursor, from the outermost to the innermost; what is undone within one ends none
CALLS = WeakKeyDictionary()


class Call:
    """A call that moves leads, within which others may begin before it ends.

    :param leads: those that it moves, in the environment by which it is judged; for a creation
        none, until they are there
    :param dict before: ``{id: State}``; without a state a lead was just created
    :param bool is_refusable: whether the change can be refused at all
    :param bool is_hand_derived: whether nobody has said in whose hands the leads are to be
    :param Rulebook book: by which to judge, by default the one in force
    :param bool is_scored: whether Odoo may win them by scoring them meanwhile
    :param bool is_loss: whether it may lose them
    """

    def __init__(
        self,
        leads,
        before,
        *,
        is_refusable=True,
        is_hand_derived=False,
        book=None,
        is_scored=False,
        is_loss=False,
    ):
        self.leads = leads
        self.ids = {*leads._ids}
        self.before = before
        self.is_refusable = is_refusable
        self.is_hand_derived = is_hand_derived
        self.book = book
        self.is_scored = is_scored
        self.is_loss = is_loss
        #: ids of those of which rows have been added to the ledger since it began
        self.recorded_ids = set()
        #: how often that was
        self.recordings = 0
        #: whether another call about the same leads began within it
        self.has_inner = False

    def add(self, lead_ids):
        """Say that it has created these leads."""
        self.leads += self.leads.browse(lead_ids)
        self.ids.update(lead_ids)

    def note_recorded(self, lead_ids):
        """Say that rows of these leads have been added to the ledger."""
        own = self.ids.intersection(lead_ids)
        self.recorded_ids |= own
        self.recordings += bool(own)


def calls_of(cursor):
    """Return the calls that move leads now in a cursor's transaction, as a list."""
    return CALLS.setdefault(cursor, [])
