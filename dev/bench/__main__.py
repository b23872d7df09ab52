"""``python3 -m dev.bench WORD DATABASE…``: what ``command`` starts in Odoo's environment."""

import logging
import sys

from odoo.tools import config

from . import data, funnel, history, impact, pages, report, searches, used_data

WORDS = {
    "fill": data.fill,
    "qualify": data.qualify,
    "compare": report.compare,
    "fill_history": history.fill,
    "measure_funnel": funnel.measure,
    "fill_impact": impact.fill,
    "measure_impact": impact.measure,
    "go_on": used_data.go_on,
    "compare_pages": pages.compare,
    "measure_searches": searches.measure,
}

word, *words = sys.argv[1:]
config.parse_config(["--no-http", "--log-level=warn"], setup_logging=True)
logging.captureWarnings(False)
sys.exit(WORDS[word](*words))
