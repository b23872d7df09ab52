from odoo import api, fields, models
from odoo.tools import SQL

from .triggers import CHAIN, FUNCTIONS, TRIGGERS

#: what the database fills in where a row is added
FILLED_IN = ("hash", "hash_version", "frozen_ids", "salts")


class CrmStageTransition(models.Model):
    """Each row is a link of its lead's chain: whoever changes one breaks it.

    The database makes the links (see ``triggers``), for whoever adds rows, by one or by many. No
    lock is needed but the lead's own: of two transactions that move a lead, one fails.
    """

    _inherit = "crm.stage.transition"

    hash = fields.Char(
        size=64,
        readonly=True,
        copy=False,
        help="SHA-256 of what is frozen in this row, and of the hash of the lead's row before.",
    )
    # which columns the hash is made of
    hash_version = fields.Integer(string="Version", readonly=True, copy=False, aggregator=None)
    # the numbers of what the row referred to when it was added
    frozen_ids = fields.Json(string="Numbers", copy=False, groups="base.group_system")
    # what each text about people is hashed with; of one that is erased, its hash
    salts = fields.Json(copy=False, groups="base.group_system")

    # a row is chained to the one before it
    _lead_ref_id_idx = models.Index("(lead_ref, id)")

    def init(self):  # pylint: disable=missing-return
        super().init()
        for definition in FUNCTIONS.values():
            self.env.cr.execute(definition)
        guard(self)

    @api.model
    def _record(self, vals_list):  # pylint: disable=missing-return
        super()._record(vals_list)
        # Odoo believes what it has not written itself to be empty
        self.invalidate_model(FILLED_IN, flush=False)

    @api.model
    def _chain(self):
        """Chain rows of before there were chains."""
        self.env.flush_all()
        self.env.cr.execute(CHAIN)
        self.invalidate_model(FILLED_IN, flush=False)

    @api.model
    def _drop_guards(self):
        """Take out of the database what guards the ledger: it is about to be uninstalled."""
        for name in FUNCTIONS:
            self.env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s CASCADE", SQL.identifier(name)))


def guard(model):
    """Let the database guard the table of a model: what is added to it, changed or deleted."""
    table = SQL.identifier(model._table)
    for name, does in TRIGGERS[model._table].items():
        trigger = SQL.identifier(f"{model._table}_{name}")
        model.env.cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", trigger, table))
        model.env.cr.execute(SQL("CREATE TRIGGER %s %s", trigger, SQL(does, table=table)))
