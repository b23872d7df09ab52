from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .chain import guard

# so many hashes fit into one text with ease
ROWS_AT_ONCE = 100_000
RANGES = """
    SELECT seal.id AS seal_id, (range->>0)::int AS first_id, (range->>1)::int AS last_id
      FROM crm_stage_seal AS seal, jsonb_array_elements(seal.row_ranges) AS range
"""
# Rows that are in no seal: those between what is in one, and those behind. Their numbers are given
# before they are there for others, so that a seal may come between them.
UNSEALED = f"""
    WITH sealed AS ({RANGES}), gap AS (
        SELECT COALESCE(LAG(last_id) OVER (ORDER BY first_id), 0) + 1 AS first_id,
               first_id - 1 AS last_id
          FROM sealed
     UNION ALL
        SELECT COALESCE(max(last_id), 0) + 1, 2147483647 FROM sealed
    )
    SELECT row.id, row.lead_ref, row.date, row.hash, row.is_imported, row.is_reconstructed
      FROM gap
      JOIN crm_stage_transition AS row ON row.id BETWEEN gap.first_id AND gap.last_id
     WHERE gap.first_id <= gap.last_id
"""
# Hashes in the order of the rows' numbers, which are kept as runs.
SEAL = f"""
    WITH taken AS MATERIALIZED (
        SELECT id, hash FROM ({UNSEALED}) AS row ORDER BY id LIMIT %(limit)s
    ), range AS (
        SELECT min(id) AS first_id, max(id) AS last_id
          FROM (SELECT id, id - row_number() OVER (ORDER BY id) AS island FROM taken) AS row
      GROUP BY island
    ), made AS (
        SELECT (SELECT count(*)::int FROM taken) AS row_count,
               (SELECT jsonb_agg(jsonb_build_array(first_id, last_id) ORDER BY first_id)
                  FROM range) AS row_ranges,
               (SELECT sha256(convert_to(string_agg(COALESCE(hash, ''), '' ORDER BY id), 'UTF8'))
                  FROM taken) AS digest,
               (SELECT max(id) FROM crm_stage_seal) AS previous_id
    )
    INSERT INTO crm_stage_seal (date, row_count, row_ranges, previous_id, hash)
    SELECT %(now)s, row_count, row_ranges, previous_id,
           crm_stage_seal_link(
               (SELECT hash FROM crm_stage_seal AS last WHERE last.id = made.previous_id),
               %(now)s, row_count, row_ranges, digest
           )
      FROM made
     WHERE row_count > 0
 RETURNING id, row_count
"""


class CrmStageSeal(models.Model):
    """A hash over rows of the ledger that are in no seal yet, and over the seal before.

    Whoever changes a row that is sealed, and all hashes with it, has to change this one, too: as
    long as it is also kept outside of the database, that shows.
    """

    _name = "crm.stage.seal"
    _inherit = ["crm.append.only.mixin"]
    _description = "Seal of the Stage History"
    _order = "id desc"
    _rec_name = "hash"
    _log_access = False

    date = fields.Datetime(required=True, readonly=True)
    row_count = fields.Integer(string="Rows", required=True, readonly=True)
    # which: the first and the last number of each run of rows
    row_ranges = fields.Json(string="Numbers", readonly=True, groups="base.group_system")
    previous_id = fields.Many2one(
        "crm.stage.seal", string="Before", readonly=True, ondelete="restrict"
    )
    hash = fields.Char(
        string="Seal",
        size=64,
        required=True,
        readonly=True,
        help="SHA-256 over the hashes of these rows, and over the seal before.",
    )

    # of two that are made at a time, one fails
    _previous_unique = models.UniqueIndex("(COALESCE(previous_id, 0))")

    def init(self):  # pylint: disable=missing-return
        super().init()
        guard(self)

    def _refuse_change(self):
        raise UserError(self.env._("Seals cannot be changed: they are made by themselves."))

    @api.model
    def _seal(self):
        """Seal what is in no seal yet.

        :return: the seals that were made: none where nothing was added, several of many rows
        """
        self.env.flush_all()
        ids, count = [], ROWS_AT_ONCE
        while count == ROWS_AT_ONCE:
            made = self.env.execute_query(SQL(SEAL, limit=ROWS_AT_ONCE, now=self.env.cr.now()))
            ids += [id_ for id_, _count in made]
            count = sum(count for _id, count in made)
        return self.browse(ids)

    @api.model
    def _cron_seal(self):
        """Seal what is in no seal yet, and send it out of the house if an address is set."""
        self._seal()._send()
