"""Answers, and how strong each is, so that a merge keeps the strongest. Pure Python."""

# what is answered to a criterion that no field tells
YES, NO, UNDISCLOSED = "yes", "no", "undisclosed"

#: for each selection field of the qualification, its values from the weakest to the strongest
STRENGTH = {
    "contact_role": ("user", "influencer", "adviser", "buyer", "decision_maker"),
    "need_level": ("none", "weak", "strong"),
    "budget_status": ("none", "estimated", "confirmed"),
    "supplier_status": ("in_place", "under_review", "no_supplier", "dismissed"),
    "payment_terms_status": ("in_discussion", "agreed"),
    "contract_status": ("drafting", "sent", "signed"),
    "relationship": ("none", "engaged", "champion"),
}


def strength(name, value):
    """Return how strong a value of a field is; below any answer where there is none.

    >>> strength("need_level", "strong") > strength("need_level", "none")
    True
    >>> strength("need_level", "none") > strength("need_level", False)
    True
    """
    order = STRENGTH[name]
    return order.index(value) if value in order else -1


def strongest(name, values):
    """Return the strongest of some values of a field, False where none is known.

    >>> strongest("need_level", [False, "weak", "none"]), strongest("need_level", [False])
    ('weak', False)
    """
    return max(values, key=lambda value: strength(name, value), default=False) or False


def joined(texts):
    """Return several texts as one, without repeating what one of them says already.

    >>> joined([False, "Two sites", "two sites ", "Fast"])
    'Two sites\\n\\nFast'
    """
    kept = {}
    for text in texts:
        if text and text.strip():
            kept.setdefault(text.strip().casefold(), text.strip())
    return "\n\n".join(kept.values()) or False
