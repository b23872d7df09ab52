"""``python3 -m dev.bench WORD DATABASE…``: what ``command`` starts in Odoo's environment."""

import logging
import sys

from odoo.tools import config

from . import data, funnel, history, impact, report

WORDS = {
    "fill": data.fill,
    "qualify": data.qualify,
    "compare": report.compare,
    "fill_history": history.fill,
    "measure_funnel": funnel.measure,
    "fill_impact": impact.fill,
    "measure_impact": impact.measure,
}

word, *words = sys.argv[1:]
config.parse_config(["--no-http", "--log-level=warn"], setup_logging=True)
logging.captureWarnings(False)
sys.exit(WORDS[word](*words))
