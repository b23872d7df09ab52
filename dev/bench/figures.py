"""What is asked of the addon, one line a figure."""

import math

from . import actions, conversion
from .measure import Growth, History, Queries, Ratio, Speedup

DESCRIPTION = {"description": "<p>They called back.</p>"}
PRIORITY = {"priority": "2"}

FIGURES = [
    Ratio(
        "moving 1,000 leads, to the end of the transaction",
        actions.move(1_000),
        at_most=1.15,
        seconds=150,
    ),
    Queries(
        # of more than a hundred, Odoo inserts the rows of the ledger by the hundred
        "moving 10 and 100 leads",
        [actions.move(10), actions.move(100)],
    ),
    Ratio("moving one lead, to the end of the transaction", actions.move(1), at_most=1.35),
    Ratio("writing a lead's description", actions.write(DESCRIPTION), at_most=1.05, seconds=60),
    Ratio("writing a lead's priority", actions.write(PRIORITY), at_most=1.05, seconds=60),
    Queries(
        "writing a lead's description, a lead's priority and that of 1,000 leads",
        [
            actions.write(DESCRIPTION),
            actions.write(PRIORITY),
            actions.write(PRIORITY, 1_000),
        ],
        at_most=0,
    ),
    Ratio("opening the kanban: 80 cards of 100,000", actions.open_kanban, at_most=1.10),
    Ratio("opening the pipeline's list: 80 of 100,000", actions.open_list, at_most=1.10),
    Ratio("opening the list of leads: 80 of 100,000", actions.open_leads, at_most=1.10),
    Speedup(
        "mass conversion of 1,000 leads",
        conversion.convert(1_000),
        conversion.floor(1_000),
        at_least=5,
    ),
    Speedup(
        "mass conversion of 1,000 leads with salespeople, a fifth of customers",
        conversion.convert_met(1_000),
        conversion.floor_met(1_000),
        at_least=4,
    ),
    Speedup(
        "mass conversion of 1,000 leads with salespeople, in the background",
        conversion.convert_met_in_background(1_000),
        conversion.floor_met(1_000),
        at_least=3.5,
        times_floor=math.inf,
    ),
    Growth(
        "mass conversion of 10,000 leads in the background, by the lead, and of 1,000",
        [(count, conversion.convert_in_background(count)) for count in (1_000, 10_000)],
        at_most=1.1,
        queries=4,
        memory=512,
    ),
    Queries(
        "the badge on 8 and on 80 cards",
        [actions.read_badge(8), actions.read_badge(80)],
        at_most=8,
    ),
    History(
        "the history after moving 1,000 leads and after their mass conversion",
        [actions.move(1_000), conversion.convert(1_000)],
    ),
]
