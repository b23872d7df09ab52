"""All figures, one line each."""

import gc

from .figures import FIGURES
from .side import Side

CLOCK = """
  Times are medians, of the processor in Odoo and its PostgreSQL process (those that elapse, where
  that is on another machine); in brackets: where the true ratio is, with a probability of 95 %.
  A question mark: that may be beyond what is asked, or not; ask again on a less busy machine.
"""


def compare(stock, ours, *words):
    """Measure and print all figures, or those whose name has all the words → the exit code.

    :param stock: name of the database without the addon
    :param ours: name of the one with it
    """
    return tell(FIGURES, Side(stock), Side(ours), *words)


def tell(figures, stock, ours, *words):
    """Measure and print figures, or those whose name has all the words → the exit code.

    :param stock: the :class:`Side` without the addon
    :param ours: the one with it
    """
    chosen = [figure for figure in figures if all(word in figure.name for word in words)]
    # What is there for good is not gone through again before each run.
    gc.collect()
    gc.freeze()
    print(CLOCK, flush=True)
    short = 0
    for figure in chosen:
        result = figure.measure(stock, ours)
        short += not result.holds
        verdict = ("ok" if result.holds else "SHORT") + ("" if result.is_sure else "?")
        print(f"  {verdict:7}{figure.name}: {result.measured}; asked: {result.asked}", flush=True)
    if not chosen:
        print(f"  No figure has {' '.join(words)} in its name.")
    elif short:
        print(f"\n  {short} of {len(chosen)} figures fall short.")
    return 1 if short or not chosen else 0
