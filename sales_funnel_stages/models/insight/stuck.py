from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...names import SALESPERSON_GROUP
from ..ledger.transition import STEP_START
from ..rules.database_field import DatabaseField
from ..rules.shown_field import ShownBoolean, ShownChar, ShownInteger


class DaysInStep(DatabaseField, fields.Integer):
    """A number that is not stored, by which the database can sort all the same."""

    def to_sql(self, model, alias):
        return SQL(
            "EXTRACT(DAY FROM %s - %s)::int", model.env.cr.now(), model._step_start_to_sql(alias)
        )


class CrmLead(models.Model):
    """Which opportunities are stuck: longer in their step than is usual there.

    What is usual, ``crm.stage.usual_days`` says. Odoo's rotting goes by days that somebody has
    set; this needs no setting, and offers what it found for that one.

    Queries: one that reads what is usual in each stage, once a transaction, and one for
    however many leads that says since when they are there. A search needs no second one.
    """

    _inherit = "crm.lead"

    is_stuck = ShownBoolean(
        string="Stuck",
        compute="_compute_days_in_step",
        search="_search_is_stuck",
        help="Longer in its stage than 80% of the opportunities that left it in the last "
        "12 months.",
    )
    days_in_step = DaysInStep(
        string="Days in Step", compute="_compute_days_in_step", aggregator=None
    )
    usual_days = ShownInteger(
        related="stage_id.usual_days",
        string="Usual Days",
        groups=SALESPERSON_GROUP,
        help="Days within which 80% of the opportunities that left this stage in the last "
        "12 months had left it. 0 where fewer than 20 have.",
    )
    usual_stay = ShownChar(
        related="stage_id.usual_stay",
        string="Usual",
        groups=SALESPERSON_GROUP,
    )

    @api.depends("type", "stage_id", "won_status", "date_last_stage_update", "create_date")
    def _compute_days_in_step(self):
        now = self.env.cr.now()
        starts = self._get_step_starts()
        for lead in self:
            tracked = lead.date_last_stage_update or lead.create_date or now
            start = starts.get(lead._origin.id) or tracked
            # sudo: what is usual is the same whoever may see a lead
            days = lead._is_open_opportunity() and lead.stage_id.sudo().usual_days
            lead.days_in_step = (now - start).days
            lead.is_stuck = bool(days) and start < now - timedelta(days=days)

    def _get_step_starts(self):
        """Return ``{id: date}`` of those whose step the ledger knows the beginning of."""
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, %s FROM unnest(%s::int[]) AS lead (id)",
                    SQL(STEP_START, SQL.identifier("lead", "id")),
                    self._origin.ids,
                )
            )
        )

    def _is_open_opportunity(self):
        self.ensure_one()
        return self.type == "opportunity" and self.won_status == "pending"

    # ------------------------------------------------------------------
    # Searching and sorting
    # ------------------------------------------------------------------

    def _search_is_stuck(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Odoo asks for True, or for both
        return Domain(False in value) | Domain.custom(
            to_sql=lambda model, alias, _query: model._stuck_to_sql(alias),
            predicate=lambda lead: lead.is_stuck,
        )

    @api.model
    def _stuck_to_sql(self, alias):
        """Return the condition that an opportunity is stuck."""
        names = ["is_won", "is_outside_pipeline"]
        # sudo: what is usual is the same whoever searches
        stages = self.env["crm.stage"].sudo().search_fetch([], names)
        usual = [(stage.id, stage.usual_days) for stage in stages if stage.usual_days]
        if not usual:
            return SQL("FALSE")
        stage_id = self._field_to_sql(alias, "stage_id")
        now = self.env.cr.now()
        deadlines = SQL(" ").join(
            SQL("WHEN %s THEN %s", id_, now - timedelta(days=days)) for id_, days in usual
        )
        return SQL(
            "(%s = 'opportunity' AND %s = 'pending' AND %s < CASE %s %s END)",
            self._field_to_sql(alias, "type"),
            self._field_to_sql(alias, "won_status"),
            self._step_start_to_sql(alias),
            stage_id,
            deadlines,
        )

    @api.model
    def _step_start_to_sql(self, alias):
        """Return the expression of when a lead came to where it is."""
        return SQL(
            "COALESCE(%s, %s, %s)",
            SQL(STEP_START, SQL.identifier(alias, "id")),
            self._field_to_sql(alias, "date_last_stage_update"),
            self._field_to_sql(alias, "create_date"),
        )
