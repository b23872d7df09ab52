"""The SQL of ``crm.criterion.worth``: opportunities, and what their receipts say."""

from dataclasses import dataclass

from odoo.tools import SQL

from ..tools.carried import Carried
from .row_ids import pair_id

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
# what could not be evaluated says nothing
SAID = "AS said (id int, name text, tier text, met boolean) ON said.met IS NOT NULL"
CRITERIA = f"""
SELECT {pair_id("opportunity.id", "said.id")} AS id,
       date, lead_id, lead_name, team_id, user_id, company_id, outcome,
       said.id AS criterion_ref, said.name AS criterion_name, NULLIF(said.tier, '') AS tier,
       said.met AS is_met, known.id AS criterion_id, known.framework_id,
       CASE outcome WHEN 'won' THEN 1.0 WHEN 'lost' THEN 0.0 END AS win_rate
  FROM (%s) AS opportunity
  JOIN LATERAL jsonb_to_recordset(receipt) {SAID}
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
  JOIN LATERAL jsonb_to_recordset(step.receipt) {SAID}
 GROUP BY 1, 2, 3
"""
COUNTS = """
SELECT criterion_ref, is_met, outcome, COUNT(*), MAX(criterion_name)
  FROM (%s) AS said
 GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, eq=False)
class WorthQuery(Carried):
    """How the opportunities are found that are counted.

    There are two: ``BY_CRITERION`` has the rows of the model, ``BY_OPPORTUNITY`` one for each
    opportunity, and counts faster where all of its criteria count, or none. The context of the
    report's environment carries the one that its rows come from.

    :ivar rows: the table
    :ivar columns: the names of its columns that are counted by
    :ivar counts: the query that counts those: ``(number of a criterion, whether it was met,
        outcome, count, its name)``
    """

    rows: SQL
    columns: tuple
    counts: str


def _opportunities(steps, receipt):
    """Return the query of all opportunities.

    :param steps: the table of the steps by which they may have become some
    :param receipt: its column of what was met, or of what stands for it
    """
    return SQL(OPPORTUNITIES, steps=SQL.identifier(steps), receipt=SQL.identifier(receipt))


BY_CRITERION = WorthQuery(
    SQL(CRITERIA, _opportunities("crm_stage_transition", "receipt")),
    ("criterion_ref", "criterion_name", "is_met", "outcome"),
    COUNTS,
)
BY_OPPORTUNITY = WorthQuery(
    SQL("%s %s", SQL(ALIKE), _opportunities("began", "alike")),
    ("id", "alike", "outcome"),
    COUNTS_OF_ALIKE,
)
