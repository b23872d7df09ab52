"""The SQL of ``crm.criterion.worth``: opportunities, or leads, and what their receipts say."""

from dataclasses import dataclass
from functools import partial

from odoo.tools import SQL

from ..models.ledger.counted import counted_rows
from ..tools.carried import Carried
from .row_ids import pair_id

BECAME_OPPORTUNITY = """(
    {row}.to_type = 'opportunity' AND {row}.from_type IS DISTINCT FROM 'opportunity'
)"""
# converted, or lost as a lead
ENDED_AS_LEAD = """(
    {row}.from_type = 'lead' AND {row}.to_type = 'opportunity'
    OR {row}.to_type = 'lead' AND {row}.to_status = 'lost'
       AND {row}.from_status IS DISTINCT FROM 'lost'
)"""
# A lead counts once, with what was known at the last such step. What has become of it says the
# lead itself; where it is gone, its last step does.
COUNTED = """
SELECT step.id, step.date, step.lead_id, step.lead_name, step.team_id, step.user_id,
       step.company_id, step.to_type, step.%(receipt)s,
       CASE WHEN step.lead_id = step.lead_ref AND lead.id IS NOT NULL
            THEN lead.type
            ELSE (
                SELECT COALESCE(last.to_type, last.from_type)
                  FROM crm_stage_transition AS last
                 WHERE last.lead_ref = step.lead_ref
              ORDER BY last.date DESC, last.id DESC
                 LIMIT 1
            )
        END AS type_now,
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
 WHERE %(is_counted)s
   AND step.%(receipt)s IS NOT NULL
   AND NOT EXISTS (
           SELECT
             FROM crm_stage_transition AS again
            WHERE again.lead_ref = step.lead_ref
              AND (again.date, again.id) > (step.date, step.id)
              AND %(is_counted_again)s
       )
"""
# Neither those that are leads again, nor those that were restored as such: they have not ended.
LEADS = """
SELECT id, date, lead_id, lead_name, team_id, user_id, company_id, %(receipt)s,
       CASE to_type WHEN 'lead' THEN 'unconverted' ELSE outcome END AS outcome
  FROM (%(counted)s) AS ended
 WHERE CASE to_type WHEN 'lead' THEN outcome = 'lost' ELSE type_now = 'opportunity' END
"""
# what could not be evaluated says nothing
SAID = "AS said (id int, name text, tier text, met boolean) ON said.met IS NOT NULL"
CRITERIA = f"""
WITH %s
SELECT {pair_id("opportunity.id", "said.id")} AS id,
       date, lead_id, lead_name, team_id, user_id, company_id, outcome,
       said.id AS criterion_ref, said.name AS criterion_name, NULLIF(said.tier, '') AS tier,
       said.met AS is_met, known.id AS criterion_id, known.framework_id,
       CASE outcome WHEN 'won' THEN 1.0 WHEN 'lost' THEN 0.0 END AS win_rate,
       CASE outcome WHEN 'unconverted' THEN 0.0 ELSE 1.0 END AS conversion_rate
  FROM (%s) AS opportunity
  JOIN LATERAL jsonb_to_recordset(receipt) {SAID}
  LEFT JOIN crm_qualification_criterion AS known ON known.id = said.id
"""

# what is the same for all criteria of an opportunity
SHARED_FIELDS = {
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
WITH %s,
began AS MATERIALIZED (
    SELECT id, date, lead_id, lead_ref, lead_name, team_id, user_id, company_id, from_type,
           to_type, from_status, to_status, md5(receipt::text)::uuid AS alike
      FROM crm_stage_transition
     WHERE %s
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
    """How the opportunities, or the leads, are found that are counted.

    There are two of each: ``by_criterion`` has the rows of the model, ``by_lead`` one for each
    opportunity or lead, and counts faster where all of its criteria count, or none. The context
    of the report's environment carries the one that its rows come from.

    :ivar rows: the table
    :ivar columns: the names of its columns that are counted by
    :ivar counts: the query that counts those: ``(number of a criterion, whether it was met,
        outcome, count, its name)``
    """

    rows: SQL
    columns: tuple
    counts: str


@dataclass(frozen=True)
class WorthQueries:
    """Both ways in which what is counted is found, see :class:`WorthQuery`."""

    by_criterion: WorthQuery
    by_lead: WorthQuery


def _queries(is_counted, counted, with_undone):
    """Return the queries of what has taken a step of some kind.

    :param str is_counted: whether a ``{row}`` of the ledger is such a step
    :param counted: called with the table of the steps, and with its column of what was met, or
        of what stands for it; returns the query
    :param bool with_undone: whether conversions that were undone count
    """
    rows = counted_rows(with_undone)
    return WorthQueries(
        WorthQuery(
            SQL(CRITERIA, rows, counted("crm_stage_transition", "receipt")),
            ("criterion_ref", "criterion_name", "is_met", "outcome"),
            COUNTS,
        ),
        WorthQuery(
            SQL(
                "%s %s",
                SQL(ALIKE, rows, SQL(is_counted.format(row="crm_stage_transition"))),
                counted("began", "alike"),
            ),
            ("id", "alike", "outcome"),
            COUNTS_OF_ALIKE,
        ),
    )


def _counted(is_counted, steps, receipt):
    return SQL(
        COUNTED,
        steps=SQL.identifier(steps),
        receipt=SQL.identifier(receipt),
        is_counted=SQL(is_counted.format(row="step")),
        is_counted_again=SQL(is_counted.format(row="again")),
    )


def _leads(steps, receipt):
    counted = _counted(ENDED_AS_LEAD, steps, receipt)
    return SQL(LEADS, counted=counted, receipt=SQL.identifier(receipt))


def _both(is_counted, counted):
    """Return the queries of ``_queries``, without and with conversions that were undone."""
    return tuple(_queries(is_counted, counted, with_undone) for with_undone in (False, True))


OF_OPPORTUNITIES = _both(BECAME_OPPORTUNITY, partial(_counted, BECAME_OPPORTUNITY))
OF_LEADS = _both(ENDED_AS_LEAD, _leads)
