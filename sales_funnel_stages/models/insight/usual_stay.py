from babel.numbers import format_percent
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import babel_locale_parse

from ...names import SALESPERSON_GROUP
from ..ledger.counted import IS_COUNTED
from ..ledger.transition import IS_STEP

# what is usual: within what time this share of the stays ended,
SHARE = 0.8
# of at least so many that ended in the last so many months
MIN_STAYS = 20
MONTHS = 12


class CrmStage(models.Model):
    """How long opportunities usually stay in a stage, as the ledger tells.

    A stay ends where an open opportunity leaves the stage, whichever way: on, back, won, lost,
    aside or back to lead. One that was deleted or merged left nothing behind to learn from, and
    one that came after a gap did so nobody knows when.
    """

    _inherit = "crm.stage"

    usual_days = fields.Integer(
        string="80% Move On Within (Days)",
        compute="_compute_usual_days",
        groups=SALESPERSON_GROUP,
        help="Within so many days, 80% of the opportunities that left this stage in the last "
        "12 months had left it: moved on or back, won or lost. 0 where fewer than 20 have.",
    )
    usual_stay = fields.Char(compute="_compute_usual_stay", groups=SALESPERSON_GROUP)

    @api.depends("is_won", "is_outside_pipeline")
    def _compute_usual_days(self):
        days = self._get_usual_days()
        for stage in self:
            is_step = not (stage.is_won or stage.is_outside_pipeline)
            stage.usual_days = is_step and days.get(stage._origin.id, 0)

    @api.depends("usual_days")
    @api.depends_context("lang")
    def _compute_usual_stay(self):
        for stage in self:
            stage.usual_stay = stage._get_usual_stay_text(stage.usual_days)

    @api.model
    def _get_usual_stay_text(self, days):
        """Return what is usual as people say it, an empty text where nothing is known."""
        if not days:
            return ""
        share = format_percent(SHARE, locale=babel_locale_parse(self.env.lang))
        if days == 1:
            return self.env._("%(share)s move on within a day", share=share)
        return self.env._("%(share)s move on within %(days)s days", share=share, days=days)

    def _get_usual_days(self):
        """Return ``{stage_id: days}``: within how many most leave, where enough have left.

        It is a figure over everybody's opportunities, as Odoo's own threshold is: whoever may
        see a stage may know it. Days are whole ones, as Odoo's threshold and as people say it;
        nothing is sorted but the days that occur.
        """
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    WITH stay AS (
                        SELECT from_stage_id,
                               GREATEST(1, (seconds_in_previous + 86399) / 86400) AS days,
                               count(*) AS stays
                          FROM crm_stage_transition AS step
                         WHERE from_stage_id = ANY(%(stages)s)
                           AND from_type = 'opportunity'
                           AND from_status = 'open'
                           AND to_type IS NOT NULL
                           AND seconds_in_previous IS NOT NULL
                           AND is_gap IS NOT TRUE
                           AND %(is_counted)s
                           AND date >= %(since)s
                      GROUP BY from_stage_id, days
                    ), share AS (
                        SELECT from_stage_id, days,
                               sum(stays) OVER (PARTITION BY from_stage_id) AS all_stays,
                               sum(stays) OVER (PARTITION BY from_stage_id ORDER BY days) AS ended
                          FROM stay
                    )
                    SELECT from_stage_id, min(days)
                      FROM share
                     WHERE ended >= %(share)s * all_stays
                       AND all_stays >= %(min_stays)s
                  GROUP BY from_stage_id
                    """,
                    stages=self._origin.ids,
                    is_counted=SQL(f"{IS_STEP} AND {IS_COUNTED}", row=SQL("step")),
                    since=self.env.cr.now() - relativedelta(months=MONTHS),
                    share=SHARE,
                    min_stays=MIN_STAYS,
                )
            )
        )

    def action_use_usual_days(self):
        """Let Odoo show as rotting what stays longer than is usual."""
        for stage in self.filtered("usual_days"):
            stage.rotting_threshold_days = stage.usual_days
