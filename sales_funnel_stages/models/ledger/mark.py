from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..rules.database_field import DatabaseField
from .counted import DOUBTFUL, MERGED, UNDONE, is_marked


class CrmStageTransitionMark(models.Model):
    """What is known of a row of the ledger only later; the row itself does not change."""

    _name = "crm.stage.transition.mark"
    _inherit = ["crm.append.only.mixin"]
    _description = "Mark in the Stage History"
    _log_access = False

    transition_id = fields.Many2one(
        "crm.stage.transition", string="Step", required=True, ondelete="cascade"
    )
    # merged: it belongs to the lead that its own was merged into
    kind = fields.Selection(
        [(UNDONE, "Undone"), (DOUBTFUL, "Doubtful"), (MERGED, "Merged")], required=True
    )
    date = fields.Datetime(required=True)

    _unique = models.UniqueIndex("(transition_id, kind)")

    def _refuse_change(self):
        raise UserError(self.env._("The history of stages is marked by what happens to leads."))

    @api.model
    def _mark(self, transition_ids, kind):
        """Mark rows of the ledger, once.

        :param transition_ids: their ids
        :param str kind: of which kind the mark is
        """
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_stage_transition_mark (transition_id, kind, date)
                SELECT id, %s, %s FROM unnest(%s::int[]) AS marked (id)
                ON CONFLICT DO NOTHING
                RETURNING id
                """,
                kind,
                self.env.cr.now(),
                [*transition_ids],
            )
        )
        self.env["crm.stage.transition"].invalidate_model(
            [f"is_{each}" for each in (UNDONE, DOUBTFUL)], flush=False
        )


class Marked(DatabaseField, fields.Boolean):
    """Whether a row of the ledger has a mark: a yes or no that the database can group by.

    It is called after the kind of mark: ``is_undone``.
    """

    def to_sql(self, model, alias):
        kind = self.name.removeprefix("is_")
        return SQL(is_marked(kind), row=SQL.identifier(alias))


class CrmStageTransition(models.Model):
    """Rows say how they are marked; see ``crm.stage.transition.mark``."""

    _inherit = "crm.stage.transition"

    def _compute_marks(self):
        # sudo: whoever may read a row may know how it is marked
        marks = self.env["crm.stage.transition.mark"].sudo()
        found = marks.search([("transition_id", "in", self.ids)])
        marked = {(mark.transition_id.id, mark.kind) for mark in found}
        for row in self:
            for kind in (UNDONE, DOUBTFUL):
                row[f"is_{kind}"] = (row.id, kind) in marked

    @api.model
    def _search_mark(self, kind, operator, value):
        """Return the domain of the rows that are marked so, or are not.

        :param value: as Odoo asks for a yes or no
        """
        if operator != "in":
            return NotImplemented
        field = self._fields[f"is_{kind}"]

        def to_sql(model, alias, _query):
            return SQL("(%s = ANY(%s))", field.to_sql(model, alias), [*map(bool, value)])

        return Domain.custom(to_sql=to_sql, predicate=lambda row: row[field.name] in value)
