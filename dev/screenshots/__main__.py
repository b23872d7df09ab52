"""``python3 -m dev.screenshots DATABASE FOLDER FOLDER WORD…``: what ``command`` starts."""

import logging
import sys
from pathlib import Path

from odoo.tools import config

from .take import take_all

database, shipped, looked_at, *words = sys.argv[1:]
config.parse_config(["--no-http", "--log-level=warn", f"--database={database}"], setup_logging=True)
logging.captureWarnings(False)
sys.exit(take_all(database, Path(shipped), Path(looked_at), words))
