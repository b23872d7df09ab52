"""The values that met a criterion, as a row of the ledger keeps them. Pure Python."""

#: how many characters of a text are kept
LONGEST = 80


def shortened(text):
    """Return a text as it is kept: in one line, and no longer than :data:`LONGEST`.

    >>> shortened("Two sites,\\n in May ")
    'Two sites, in May'
    >>> len(shortened("long " * 100)), shortened("long " * 100)[-6:]
    (80, ' long…')
    """
    words = " ".join(text[: 4 * LONGEST].split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
