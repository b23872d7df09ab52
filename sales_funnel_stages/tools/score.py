"""How much of what is asked for is met. Pure Python."""


def score(weights, unmet):
    """Return the met weight over the total weight, from 0 to 100.

    Rounded down: 100 says that everything is met.

    :param dict weights: ``{criterion_id: weight}`` of what is asked for
    :param set unmet: ids of the criteria that are not met

    >>> score({1: 10, 2: 20}, {1}), score({1: 10, 2: 20}, set()), score({}, {1})
    (66, 100, 100)
    """
    total = sum(weights.values())
    met = sum(weight for id_, weight in weights.items() if id_ not in unmet)
    return 100 * met // total if total else 100
