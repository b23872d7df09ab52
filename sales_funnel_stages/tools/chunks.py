"""What belongs together, and portions of it that are worked on one by one. Pure Python."""


def connected(keys_by_item):
    """Return groups of items: those that share a key, with each other or through others.

    :param dict keys_by_item: ``{item: keys}``
    :return: lists, of items in the order given; by their first items

    >>> connected({1: ["Ann"], 2: ["Bob"], 3: ["Ann", "Cy"], 4: [], 5: ["Cy"]})
    [[1, 3, 5], [2], [4]]
    """
    leaders = {item: item for item in keys_by_item}

    def find(item):
        while leaders[item] != item:
            # halve the way for those who come later
            leaders[item] = leaders[leaders[item]]
            item = leaders[item]
        return item

    first_by_key = {}
    for item, keys in keys_by_item.items():
        for key in keys:
            leaders[find(item)] = find(first_by_key.setdefault(key, item))
    groups = {}
    for item in keys_by_item:
        groups.setdefault(find(item), []).append(item)
    return list(groups.values())


def chunked(groups, size):
    """Return chunks of whole groups, of at most so many items where no group is larger.

    >>> chunked([[1, 3, 5], [2], [4], [6, 7]], 4)
    [[1, 3, 5, 2], [4, 6, 7]]
    >>> chunked([[1], [2, 3, 4], [5]], 2)
    [[1], [2, 3, 4], [5]]
    """
    chunks = []
    for group in groups:
        if chunks and len(chunks[-1]) + len(group) <= size:
            chunks[-1].extend(group)
        else:
            chunks.append([*group])
    return chunks
