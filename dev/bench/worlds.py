"""The worlds of two years of work in which pages are measured, and searches."""

from ..worlds.large import COMMERCIAL, USED
from ..worlds.world import World

# As the world *used*, with what a company has beside CRM.
PAGES = World(
    "bench pages",
    "10,000 leads of two years, with what a company sells, answers and invites with",
    modules=COMMERCIAL.modules,
    build=USED.build,
)
