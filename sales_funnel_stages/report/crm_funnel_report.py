from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate

from ..models.ledger.transition import TYPES, VERDICTS
from .funnel_sql import LOOKED_UP, FunnelQuery
from .row_ids import first_id

_lt = LazyTranslate(__name__)
STEP_TYPES = [
    ("lead", "Lead"),
    ("opportunity", "Opportunity"),
    ("customer", "Customer"),
    ("outside", "Outside the Pipeline"),
]
OUTCOMES = [
    ("advanced", "Went On"),
    ("lost", "Lost"),
    ("returned", "Moved Back"),
    ("set_aside", "Set Aside"),
    ("merged", "Merged"),
    ("deleted", "Deleted"),
    ("here", "Still There"),
]


class CrmFunnelReport(models.Model):
    """A stay of a lead in a step of the funnel, or a step that it skipped.

    A stay begins with a row of the ledger (``crm.stage.transition``), whose id it has, and ends
    with the next step of the same lead. What each figure means, with examples, is told by
    ``readme/FUNNEL.md``; how the rows are found, by ``funnel_sql.py``.
    """

    _name = "crm.funnel.report"
    _inherit = ["crm.median.mixin", "crm.undone.mixin"]
    _description = "Funnel"
    _is_part_of_lead = True
    _auto = False
    _rec_name = "lead_id"
    _order = "date desc, id desc"
    _depends = {
        "crm.lead": ["source_id", "medium_id", "campaign_id", "country_id"],
        "crm.stage": ["sequence", "is_won", "is_outside_pipeline", "team_ids"],
        "crm.stage.past": ["last_step_ref"],
        "res.company": ["currency_id"],
    }

    lead_id = fields.Many2one("crm.lead", string="Lead or Opportunity", readonly=True)
    lead_ref = fields.Integer(string="Lead Number", readonly=True, aggregator=None)
    step_type = fields.Selection(STEP_TYPES, string="Step", readonly=True)
    # Odoo translates no plain text here; pylint: disable=translation-field
    funnel_stage_id = fields.Many2one(
        "crm.funnel.stage",
        string="Stage",
        readonly=True,
        falsy_value_label=_lt("No stage"),
    )
    stage_id = fields.Many2one(
        "crm.stage",
        string="Stage Today",
        readonly=True,
        falsy_value_label=_lt("No stage"),
        help="Empty where it does not exist any more.",
    )
    # pylint: enable=translation-field
    is_skipped = fields.Boolean(
        string="Skipped", readonly=True, help="The lead went past this step without being in it."
    )
    from_type = fields.Selection(
        TYPES, string="Came As", readonly=True, help="Empty where its history begins."
    )
    date = fields.Datetime(string="Entered On", readonly=True)
    left_date = fields.Datetime(string="Left On", readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    created_date = fields.Datetime(string="Created On", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency = fields.Many2one("res.currency", string="Currency", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    medium_id = fields.Many2one("utm.medium", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    lost_reason_id = fields.Many2one(
        "crm.lost.reason", readonly=True, help="Why the lead was lost then."
    )
    lost_reason_name = fields.Char(
        string="Lost Reason Then", readonly=True, help="As it was called then."
    )
    unmet_criterion_ids = fields.Many2many(
        "crm.qualification.criterion",
        relation="crm_qualification_criterion_crm_stage_transition_rel",
        column1="crm_stage_transition_id",
        column2="crm_qualification_criterion_id",
        string="Criterion Not Met",
        readonly=True,
        help="What was required and not met when the step was entered.",
    )
    verdict = fields.Selection(VERDICTS, readonly=True)
    is_reconstructed = fields.Boolean(string="Reconstructed", readonly=True)
    is_imported = fields.Boolean(string="Imported", readonly=True)

    # How many leads, however often each was there: see _read_group_select
    reached = fields.Integer(
        readonly=True,
        aggregator="count_distinct",
        help="How many leads got to this step, those that skipped it included.",
    )
    converted = fields.Integer(
        string="Went On (Leads)",
        readonly=True,
        aggregator="count_distinct",
        help="How many of these leads went on to a later step.",
    )
    conversion_rate = fields.Float(
        string="Conversion Rate (%)",
        readonly=True,
        digits=(16, 1),
        aggregator="ratio",
        help="How many in a hundred of the leads that got to this step went on to a later one.",
    )

    # How often: entered is the sum of all outcomes
    entered = fields.Integer(readonly=True)
    advanced = fields.Integer(string="Went On", readonly=True)
    lost = fields.Integer(readonly=True)
    returned = fields.Integer(string="Moved Back", readonly=True)
    set_aside = fields.Integer(readonly=True)
    merged = fields.Integer(readonly=True)
    deleted = fields.Integer(readonly=True)
    still_here = fields.Integer(string="Still There", readonly=True)
    skipped = fields.Integer(string="Times Skipped", readonly=True)
    overridden = fields.Integer(
        readonly=True, help="Entered against a stage rule: overridden, or with approval."
    )

    days_in_step = fields.Float(
        string="Mean Days in Step", readonly=True, digits=(16, 1), aggregator="avg"
    )
    # by the days alone nobody finds who left in the moment of coming: to Odoo, 0 is not set
    is_timed = fields.Boolean(
        string="Days Known", readonly=True, help="The stay is over, and its days are known."
    )
    median_days_in_step = fields.Float(
        string="Median Days in Step", readonly=True, digits=(16, 1), aggregator="median"
    )
    expected_revenue = fields.Monetary(
        string="Value",
        currency_field="company_currency",
        readonly=True,
        help="The expected revenue when the step was entered.",
    )

    @property
    def _table_query(self):
        return (FunnelQuery.of(self.env) or LOOKED_UP).sql(self.env)

    @api.readonly
    def action_open_lead(self):
        """Open the lead or opportunity, or the step of the ledger where there is none any more."""
        self.ensure_one()
        row = self._as_found()
        if row.lead_id:
            return row.lead_id.get_formview_action()
        ref = first_id(-row.id) if row.is_skipped else row.id
        return self.env["crm.stage.transition"].browse(ref).get_formview_action()

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        leads = self._field_to_sql(self._table, "lead_ref", query)
        reached = SQL("COUNT(DISTINCT %s)", leads)
        converted = SQL(
            "COUNT(DISTINCT %s) FILTER (WHERE %s = 'advanced')",
            leads,
            self._field_to_sql(self._table, "outcome", query),
        )
        counts = {
            "reached:count_distinct": reached,
            "converted:count_distinct": converted,
            "conversion_rate:ratio": SQL("100.0 * %s / NULLIF(%s, 0)", converted, reached),
        }
        return counts.get(aggregate_spec) or super()._read_group_select(aggregate_spec, query)
