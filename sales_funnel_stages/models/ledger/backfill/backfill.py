import logging
import time

from odoo import api, models
from odoo.tools import SQL

from . import history, pipeline, rows, steps, tracked

_logger = logging.getLogger(__name__)

# so many at once as the memory of a small server holds
LEADS_AT_ONCE = 100_000


class CrmStageTransition(models.Model):
    """How the history that Odoo had tracked before comes into the ledger (see ``backfill``).

    Queries: a dozen or two for each 100,000 leads.
    """

    _inherit = "crm.stage.transition"

    @api.model
    def _backfill(self):
        """Add rows for each lead that has none. Called when this addon is installed."""
        self.env.flush_all()
        [(first, last)] = self.env.execute_query(SQL("SELECT min(id), max(id) FROM crm_lead"))
        if first is None:
            return
        for first_id in range(first, last + 1, LEADS_AT_ONCE):
            last_id = min(first_id + LEADS_AT_ONCE - 1, last)
            started = time.monotonic()
            row_count, lead_count = self._backfill_range(first_id, last_id)
            _logger.info(
                "History of stages, lead %d of %d: %d leads, %d rows, %.1f seconds",
                last_id,
                last,
                lead_count,
                row_count,
                time.monotonic() - started,
            )
        self.invalidate_model(flush=False)
        self.env["crm.stage.past"]._keep_named()

    @api.model
    def _backfill_range(self, first_id, last_id):
        """Add rows for the leads in a range of ids; return how many, and of how many leads."""
        queries = {
            **tracked.tables(first_id, last_id),
            **pipeline.tables(self.env["crm.stage"]._fields["team_ids"]),
            **history.tables(),
            **steps.tables(),
        }
        tables = {SQL.identifier(f"backfill_{name}"): query for name, query in queries.items()}
        for table, query in tables.items():
            self.env.cr.execute(SQL("CREATE TEMPORARY TABLE %s AS %s", table, query))
            # else the database guesses wrong how many rows it has
            self.env.cr.execute(SQL("ANALYZE %s", table))
        main_company = self.env["res.company"]._get_main_company()
        [counts] = self.env.execute_query(rows.insert(main_company.id))
        self.env.cr.execute(SQL("DROP TABLE %s", SQL(", ").join(tables)))
        return counts
