"""What is told of changes of the rules: how two snapshots of a record differ. Pure Python."""

from typing import NamedTuple

CREATED, CHANGED, DELETED = "created", "changed", "deleted"


class Told(NamedTuple):
    """A record that the rulebook is made of, as it was at a moment.

    ``values`` are such as JSON has: of relations ``[id, name]``, or a list of these.
    """

    name: str
    values: dict
    framework: tuple = (None, None)
    company_id: int | None = None


def differences(before, after):
    """Return what changed: ``[{"field", "old", "new"}]``, empty where nothing did.

    :param before: :class:`Told`, None for what did not exist
    :param after: :class:`Told`, None for what exists no more

    >>> light, heavy = Told("Need", {"tier": "a", "weight": 1}), Told("Need", {"tier": "a"})
    >>> differences(light, heavy._replace(values={"tier": "a", "weight": 2}))
    [{'field': 'weight', 'old': 1, 'new': 2}]
    >>> differences(None, heavy), differences(heavy, heavy)
    ([{'field': 'tier', 'old': None, 'new': 'a'}], [])
    """
    old, new = before.values if before else {}, after.values if after else {}
    return [
        {"field": name, "old": old.get(name), "new": new.get(name)}
        for name in {**old, **new}
        if (old.get(name) or None) != (new.get(name) or None)
    ]


def kind(before, after):
    """Return what happened to a record.

    >>> kind(None, Told("Need", {})), kind(Told("Need", {}), None)
    ('created', 'deleted')
    """
    if not before:
        return CREATED
    return CHANGED if after else DELETED
