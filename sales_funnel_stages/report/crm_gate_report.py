from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.ledger.counted import IS_MOVE
from ..models.ledger.transition import IS_WIN, LET_THROUGH, VERDICTS
from ..models.rules.team import POLICY_SELECTION
from ..names import MANAGER_GROUP
from ..tools import verdict as verdicts
from .row_ids import pair_id

HELD_BACK = "held_back"
PASSED_UNMET = (verdicts.GUIDED, verdicts.OVERRIDDEN, verdicts.APPROVED, verdicts.ARRIVED)
OUTCOMES = [(HELD_BACK, "Held Back"), *(each for each in VERDICTS if each[0] in PASSED_UNMET)]

STILL_HELD_BACK, PASSED_LATER, OWING, OVERDUE, MADE_GOOD, DROPPED = (
    "waiting",
    "passed",
    "owing",
    "overdue",
    "made_good",
    "dropped",
)
RESULTS = [
    (STILL_HELD_BACK, "Still Held Back"),
    (PASSED_LATER, "Passed Later"),
    (OWING, "To Make Good"),
    (OVERDUE, "Not Made Good in Time"),
    (MADE_GOOD, "Made Good"),
    (DROPPED, "Dropped"),
]

# The first step by which a lead got past the gate that had held it back. The rows of one that was
# merged belong to the lead that is left, and those of one that is gone to none.
PASSING = f"""
SELECT min(step.date) AS date
  FROM (
      SELECT * FROM crm_stage_transition AS row WHERE row.lead_id = refusal.lead_id
   UNION ALL
      SELECT *
        FROM crm_stage_transition AS row
       WHERE refusal.lead_id IS NULL AND row.lead_ref = refusal.lead_ref
  ) AS step
  LEFT JOIN crm_stage AS entered ON entered.id = step.to_stage_id
 WHERE step.date >= refusal.date
   AND {IS_MOVE % {"row": "step"}}
   AND (
           {IS_WIN % {"row": "step"}}
        OR step.to_type = 'opportunity'
           AND CASE WHEN refusal.is_conversion
                    THEN step.from_type IS DISTINCT FROM 'opportunity'
                    ELSE (step.from_type, step.from_stage_id)
                         IS DISTINCT FROM (step.to_type, step.to_stage_id)
                     AND gate.id IS NOT NULL
                     AND entered.is_outside_pipeline IS NOT TRUE
                     AND (COALESCE(entered.is_won, FALSE), entered.sequence, entered.id)
                         >= (COALESCE(gate.is_won, FALSE), gate.sequence, gate.id)
                END
       )
"""

# a number tells both kinds of move apart
MOVES = """
SELECT refusal.id * 2 AS move_ref,
       refusal.date, refusal.lead_id, refusal.lead_name, refusal.team_id, refusal.user_id,
       refusal.company_id, refusal.stage_id, refusal.is_conversion, unmet.criterion_id,
       'held_back' AS outcome, refusal.policy, NULL::date AS make_good_date,
       EXTRACT(EPOCH FROM refusal.passed_date - refusal.date) / 86400 AS days_to_pass,
       CASE WHEN refusal.passed_date IS NOT NULL THEN 'passed'
            WHEN lead.id IS NULL OR lead.won_status = 'lost' THEN 'dropped'
            ELSE 'waiting'
        END AS result
  FROM (
           SELECT refusal.*, passing.date AS passed_date
             FROM crm_stage_refusal AS refusal
        LEFT JOIN crm_stage AS gate ON gate.id = refusal.stage_id
        LEFT JOIN LATERAL (%(passing)s) AS passing ON TRUE
       ) AS refusal
  LEFT JOIN crm_lead AS lead ON lead.id = refusal.lead_id
  LEFT JOIN (
           SELECT crm_stage_refusal_id AS refusal_id,
                  crm_qualification_criterion_id AS criterion_id
             FROM crm_qualification_criterion_crm_stage_refusal_rel
       ) AS unmet ON unmet.refusal_id = refusal.id
 UNION ALL
SELECT step.id * 2 + 1 AS move_ref,
       step.date, step.lead_id, step.lead_name, step.team_id, step.user_id,
       step.company_id, step.to_stage_id AS stage_id,
       step.to_type = 'opportunity' AND step.from_type IS DISTINCT FROM 'opportunity'
           AS is_conversion,
       unmet.criterion_id, step.verdict AS outcome, step.policy, step.make_good_date,
       NULL AS days_to_pass,
       CASE WHEN step.make_good_date IS NULL AND step.verdict <> 'arrived' THEN NULL
            WHEN lead.id IS NULL OR lead.won_status = 'lost' OR %(is_required)s IS NOT TRUE
              OR step.verdict = 'arrived'
                 AND (lead.team_id, lead.company_id)
                     IS DISTINCT FROM (step.team_id, step.company_id)
            THEN 'dropped'
            WHEN NOT %(is_owing)s THEN 'made_good'
            WHEN step.make_good_date < %(today)s THEN 'overdue'
            ELSE 'owing'
        END AS result
  FROM crm_stage_transition AS step
  LEFT JOIN crm_lead AS lead ON lead.id = step.lead_id
  LEFT JOIN (
           SELECT crm_stage_transition_id AS step_id,
                  crm_qualification_criterion_id AS criterion_id
             FROM crm_qualification_criterion_crm_stage_transition_rel
       ) AS unmet ON unmet.step_id = step.id
 WHERE step.verdict IN (%(let_through)s)
   AND %(is_move)s
"""

REPORT = f"""
SELECT {pair_id("move_ref", "COALESCE(criterion_id, 0)")} AS id, move.*,
       CASE WHEN result = 'passed' THEN move_ref END AS passed_ref,
       CASE WHEN result = 'waiting' THEN move_ref END AS waiting_ref,
       CASE WHEN result IN ('owing', 'overdue') THEN move_ref END AS owing_ref
  FROM (%s) AS move
"""

# a move counts once, however many criteria it is listed for
MEDIAN_OF_MOVES = """(
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY days)
      FROM (
          SELECT DISTINCT move, days
            FROM unnest(
                     array_agg(%(move)s) FILTER (WHERE %(days)s IS NOT NULL),
                     array_agg(%(days)s::float) FILTER (WHERE %(days)s IS NOT NULL)
                 ) AS listed (move, days)
      ) AS each
)"""


class CrmGateReport(models.Model):
    """What the gate said of a move, and of one criterion that it required and was not met.

    Moves that were held back (``crm.stage.refusal``), and those that were guided, overridden,
    or approved (``crm.stage.transition``). Measures count moves, each once. See
    ``readme/FUNNEL.md`` for what each figure says.
    """

    _name = "crm.gate.report"
    _description = "Stage Rules Report"
    _is_part_of_lead = True
    _inherit = ["crm.median.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_name"
    _depends = {
        "crm.lead": ["won_status"],
        "crm.stage": ["sequence", "is_won", "is_outside_pipeline"],
    }

    date = fields.Datetime(readonly=True)
    lead_id = fields.Many2one("crm.lead", string="Lead or Opportunity", readonly=True)
    lead_name = fields.Char(string="Lead", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        readonly=True,
        # it is about rules, not about persons
        groups=MANAGER_GROUP,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    stage_id = fields.Many2one("crm.stage", string="To Enter", readonly=True)
    is_conversion = fields.Boolean(
        string="Conversion", readonly=True, help="It was to become an opportunity by this move."
    )
    criterion_id = fields.Many2one(
        "crm.qualification.criterion",
        string="Not Met",
        readonly=True,
        help="Empty where the criterion does not exist any more.",
    )
    outcome = fields.Selection(OUTCOMES, readonly=True)
    result = fields.Selection(
        RESULTS,
        string="What Became of It",
        readonly=True,
        help="Of a move that was held back, whether the lead has passed since. Of one that was "
        "overridden or approved, whether what was promised is met by now; of a debt on arrival, "
        "whether it is met. Dropped: the lead is handed on, "
        "lost or deleted, was never created, or the criterion is not required any more.",
    )
    policy = fields.Selection(POLICY_SELECTION, readonly=True)
    make_good_date = fields.Date(string="Complete By", readonly=True)
    move_ref = fields.Integer(string="Moves", readonly=True, aggregator="count_distinct")
    passed_ref = fields.Integer(string="Passed Later", readonly=True, aggregator="count_distinct")
    waiting_ref = fields.Integer(
        string="Still Held Back", readonly=True, aggregator="count_distinct"
    )
    owing_ref = fields.Integer(string="Not Made Good", readonly=True, aggregator="count_distinct")
    days_to_pass = fields.Float(
        string="Median Days to Pass",
        readonly=True,
        digits=(16, 1),
        aggregator="median",
        help="From when a lead was held back to when it got past that gate.",
    )

    @property
    def _table_query(self):
        self.env["crm.lead"]._spare_compiling()
        criterion_ids, owing_queries = self._get_owing_queries()
        is_owing = SQL(
            "CASE unmet.criterion_id %s END",
            SQL(" ").join(
                SQL("WHEN %s THEN step.lead_id IN %s", id_, query.subselect())
                for id_, query in owing_queries.items()
            ),
        )
        moves = SQL(
            MOVES,
            passing=SQL(PASSING),
            let_through=SQL(LET_THROUGH),
            is_move=SQL(IS_MOVE, row=SQL("step")),
            is_required=SQL("unmet.criterion_id = ANY(%s)", criterion_ids),
            is_owing=is_owing if owing_queries else SQL("FALSE"),
            today=fields.Date.context_today(self),
        )
        return SQL(REPORT, moves)

    @api.model
    def _get_owing_queries(self):
        """Return the criteria of which something may be owed, and by whom.

        :return: ids of criteria that are owed and still required, and
            ``{id: query of the leads that owe it}``, see ``models/approval/debt.py``
        :rtype: tuple
        """
        leads = self.env["crm.lead"]
        promises = leads._promise_domain() | leads._arrival_domain()
        ids = leads._get_owed_criterion_ids(promises)

        def get_query(id_):
            promised = promises & Domain("unmet_criterion_ids", "in", [id_])
            return leads._get_canonical_query(
                lambda model, company_id: leads._owing_domain(
                    model, promised, leads._get_met_domains(company_id)[id_]
                )
            )

        return ids, {id_: get_query(id_) for id_ in ids}

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        # what has become of moves is looked up of those that are shown, not of all
        moves = super().search_fetch(domain, [], offset=offset, limit=limit, order=order)
        if field_names is None or field_names:
            moves.fetch(field_names)
        return moves

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == "days_to_pass:median":
            move, days = (
                self._field_to_sql(self._table, name, query)
                for name in ("move_ref", "days_to_pass")
            )
            return SQL(MEDIAN_OF_MOVES, move=move, days=days)
        return super()._read_group_select(aggregate_spec, query)

    def action_open_lead(self):
        """Open the lead whose move it was."""
        self.ensure_one()
        if not self.lead_id:
            raise UserError(
                self.env._("This lead or opportunity does not exist any more, or never did.")
            )
        return self.lead_id.get_formview_action()
