from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..models.ledger.transition import STATUSES
from ..tools import verdict as verdicts
from ..tools.rulebook import RECOMMENDED, REQUIRED
from ..tools.worth import Share, Worth

GONE = "gone"

# A lead counts once, with what was known when it last became an opportunity. What has become of
# it says the lead itself; where it is gone, its last step does.
OPPORTUNITIES = """
SELECT step.id, step.date, step.lead_id, step.lead_name, step.team_id, step.user_id,
       step.company_id, step.%(receipt)s,
       CASE WHEN step.lead_id = step.lead_ref AND lead.won_status IN ('won', 'lost')
            THEN lead.won_status
            WHEN step.lead_id = step.lead_ref AND lead.id IS NOT NULL THEN 'open'
            ELSE (
                SELECT CASE WHEN last.direction IN ('merged', 'deleted')
                            THEN CASE last.from_status WHEN 'open' THEN 'gone'
                                                       ELSE last.from_status END
                            ELSE last.to_status
                        END
                  FROM crm_stage_transition AS last
                 WHERE last.lead_ref = step.lead_ref
              ORDER BY last.date DESC, last.id DESC
                 LIMIT 1
            )
        END AS outcome
  FROM %(steps)s AS step
  LEFT JOIN crm_lead AS lead ON lead.id = step.lead_id
 WHERE step.to_type = 'opportunity'
   AND step.from_type IS DISTINCT FROM 'opportunity'
   AND step.%(receipt)s IS NOT NULL
   AND NOT EXISTS (
           SELECT
             FROM crm_stage_transition AS again
            WHERE again.lead_ref = step.lead_ref
              AND (again.date, again.id) > (step.date, step.id)
              AND again.to_type = 'opportunity'
              AND again.from_type IS DISTINCT FROM 'opportunity'
       )
"""
SAID = "AS said (id int, name text, tier text, met boolean)"
CRITERIA = f"""
SELECT opportunity.id::bigint * 1000000 + said.id AS id,
       date, lead_id, lead_name, team_id, user_id, company_id, outcome,
       said.id AS criterion_ref, said.name AS criterion_name, NULLIF(said.tier, '') AS tier,
       said.met AS is_met, known.id AS criterion_id, known.framework_id,
       CASE outcome WHEN 'won' THEN 1.0 WHEN 'lost' THEN 0.0 END AS win_rate
  FROM (%s) AS opportunity
 CROSS JOIN LATERAL jsonb_to_recordset(receipt) {SAID}
  LEFT JOIN crm_qualification_criterion AS known ON known.id = said.id
"""

# what is the same for all criteria of an opportunity
OF_OPPORTUNITIES = {
    "date",
    "lead_id",
    "lead_name",
    "team_id",
    "user_id",
    "company_id",
    "outcome",
}
# Many opportunities have the same receipt, and to take one apart, or to carry it along, is what
# takes long: a digest stands for it. (PostgreSQL's own hash of JSON is the same for many.)
ALIKE = """
WITH began AS MATERIALIZED (
    SELECT id, date, lead_id, lead_ref, lead_name, team_id, user_id, company_id, from_type,
           to_type, md5(receipt::text)::uuid AS alike
      FROM crm_stage_transition
     WHERE to_type = 'opportunity'
       AND from_type IS DISTINCT FROM 'opportunity'
       AND receipt IS NOT NULL
)
"""
COUNTS_OF_ALIKE = f"""
SELECT said.id, said.met, outcome, SUM(count)::int, MAX(said.name)
  FROM (
      SELECT MIN(id) AS id, outcome, COUNT(*) AS count
        FROM (%s) AS opportunity
    GROUP BY alike, outcome
  ) AS kind
  JOIN crm_stage_transition AS step ON step.id = kind.id
 CROSS JOIN LATERAL jsonb_to_recordset(step.receipt) {SAID}
 GROUP BY 1, 2, 3
"""
COUNTS = """
SELECT criterion_ref, is_met, outcome, COUNT(*), MAX(criterion_name)
  FROM (%s) AS said
 GROUP BY 1, 2, 3
"""


class CrmCriterionWorth(models.Model):
    """An opportunity, and one criterion that was in force when it became one: whether it was met.

    By these rows ``get_worth`` compares how many of the opportunities were won that met a
    criterion with how many of those that did not. See ``readme/FUNNEL.md`` for what counts.
    """

    _name = "crm.criterion.worth"
    _description = "What Qualification Is Worth"
    _is_part_of_lead = True
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_name"
    _depends = {"crm.lead": ["won_status"]}

    date = fields.Datetime(string="Opportunity Since", readonly=True)
    lead_id = fields.Many2one("crm.lead", string="Opportunity", readonly=True)
    lead_name = fields.Char(string="Name", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        readonly=True,
        # it is about criteria, not about persons
        groups="sales_team.group_sale_manager",
    )
    company_id = fields.Many2one("res.company", readonly=True)
    criterion_ref = fields.Integer(string="Criterion Number", readonly=True, aggregator=None)
    criterion_name = fields.Char(string="Criterion", readonly=True, help="As it was called then.")
    criterion_id = fields.Many2one(
        "crm.qualification.criterion",
        string="Criterion Today",
        readonly=True,
        help="Empty where it does not exist any more.",
    )
    framework_id = fields.Many2one("crm.qualification.framework", readonly=True)
    tier = fields.Selection(
        [(REQUIRED, "Required"), (RECOMMENDED, "Recommended")],
        string="Importance",
        readonly=True,
        help="What it was then. Empty where only a later stage asked for it.",
    )
    is_met = fields.Boolean(string="Met", readonly=True)
    outcome = fields.Selection(
        [*STATUSES, (GONE, "Deleted or Merged")],
        readonly=True,
        help="What has become of the opportunity by now.",
    )

    win_rate = fields.Float(
        readonly=True, aggregator="avg", help="The share of won ones among those that are closed."
    )

    @property
    def _table_query(self):
        if self.env.context.get("worth_form") == "alike":
            return SQL("%s %s", SQL(ALIKE), _opportunities("began", "alike"))
        return SQL(CRITERIA, _opportunities("crm_stage_transition", "receipt"))

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_worth(self, domain):
        """Return for each criterion what it is worth.

        :param domain: of the rows that count
        :return: a dict for each criterion with ``ref`` (its number), ``name``, ``framework``,
            ``met`` and ``unmet`` (see ``_get_share_text``), ``difference``, ``low`` and ``high``
            (of the win rates, and its interval; the difference None where one is unknown) and
            ``verdict``. By framework, in its order; those that are gone come last
        :rtype: list[dict]
        """
        counts, old_names = defaultdict(lambda: defaultdict(int)), {}
        for ref, is_met, outcome, count, name in self._count_outcomes(fields.Domain(domain)):
            counts[ref][is_met, outcome] = count
            old_names[ref] = max(name, old_names.get(ref, name))
        names = self._get_names(old_names)
        rows = []
        for ref, (name, framework) in names.items():
            shares = [
                Share(
                    counts[ref][is_met, verdicts.WON],
                    counts[ref][is_met, verdicts.WON] + counts[ref][is_met, verdicts.LOST],
                )
                for is_met in (True, False)
            ]
            worth = Worth(*shares)
            low, high = worth.interval()
            rows.append(
                {
                    "ref": ref,
                    "name": name,
                    "framework": framework,
                    "met": self._get_share_text(worth.met, counts[ref][True, verdicts.OPEN]),
                    "unmet": self._get_share_text(worth.unmet, counts[ref][False, verdicts.OPEN]),
                    "difference": worth.difference,
                    "low": low,
                    "high": high,
                    "verdict": worth.verdict,
                }
            )
        return rows

    @api.model
    def _get_share_text(self, share, still_open):
        """Return what is shown of a :class:`Share`, and how many are still open.

        ``is_enough`` says whether its rate is worth showing.
        """
        low, high = share.interval()
        return {
            "won": share.count,
            "closed": share.total,
            "open": still_open,
            "rate": share.rate,
            "is_enough": share.is_enough,
            "low": low,
            "high": high,
        }

    @api.model
    def _count_outcomes(self, domain):
        """Return ``[(number of a criterion, whether it was met, outcome, count, its name)]``."""
        names = {condition.field_expr.split(".")[0] for condition in domain.iter_conditions()}
        if names <= OF_OPPORTUNITIES:
            query = self.with_context(worth_form="alike")._search(domain)
            columns, counts = ("id", "alike", "outcome"), COUNTS_OF_ALIKE
        else:
            query = self._search(domain)
            columns, counts = ("criterion_ref", "criterion_name", "is_met", "outcome"), COUNTS
        rows = query.select(*(SQL.identifier(self._table, name) for name in columns))
        return self.env.execute_query(SQL(counts, rows))

    @api.model
    def _get_names(self, old_names):
        """Return ``{number: (name, name of the framework)}`` of criteria, in their order.

        One that is gone is called as it was, and has no framework.

        :param old_names: ``{number: what it was called then}``
        """
        criteria = self.env["crm.qualification.criterion"].search([("id", "in", list(old_names))])
        criteria = criteria.sorted(lambda each: (each.framework_id.id, each.sequence, each.id))
        names = {each.id: (each.name, each.framework_id.name) for each in criteria}
        return {**names, **{id_: (name, "") for id_, name in old_names.items() if id_ not in names}}

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    def action_open_lead(self):
        """Open the opportunity that a row is about."""
        self.ensure_one()
        if not self.lead_id:
            raise UserError(self.env._("This opportunity does not exist any more."))
        return self.lead_id.get_formview_action()


def _opportunities(steps, receipt):
    """Return the query of all opportunities.

    :param steps: the table of the steps by which they may have become some
    :param receipt: its column of what was met, or of what stands for it
    """
    return SQL(OPPORTUNITIES, steps=SQL.identifier(steps), receipt=SQL.identifier(receipt))
