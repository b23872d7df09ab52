"""The worlds."""

from .building import calls
from .world import World

NOTHING = World(
    "nothing",
    "Odoo's CRM just installed, without demo data and without any lead",
    in_browser=True,
)


def stages(name, title, *rows, **others):
    """A world with these stages, and no others."""
    build = calls(("make_stages", {"rows": rows}))
    return World(f"odd stages, {name}", title, build=build, **others)


ODD_STAGES = (
    stages("none", "no stage at all"),
    stages(
        "won first",
        "several won stages, one of them before the open ones",
        # folded, since Odoo wins each new lead that lands there
        ("Sold", {"sequence": 1, "is_won": True, "fold": True}),
        ("Talk", {"sequence": 2}),
        ("Offer", {"sequence": 3}),
        ("Delivered", {"sequence": 4, "is_won": True}),
    ),
)

WORLDS = (NOTHING, *ODD_STAGES)
