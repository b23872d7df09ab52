"""That leads are being merged. Pure Python."""

from .carried import Carried


class Merging(Carried):
    """Carried along by a merge: what it writes is what it has found in the leads.

    >>> from types import SimpleNamespace
    >>> bool(Merging.of(SimpleNamespace(context=Merging().context())))
    True
    """
