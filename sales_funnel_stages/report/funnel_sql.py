"""The SQL of ``crm.funnel.report``: stays of leads in steps, as the ledger tells them."""

from odoo.tools import SQL

from ..models.ledger.transition import IS_STEP, IS_WIN
from ..tools.carried import Carried
from .funnel_stage import STAGES, stage_of, teams
from .row_ids import pair_id, stage_number
from .undone import counted

#: what a stay has to know of the row that ends it
ENDS = ("date", "direction", "from_status", "is_gap", "lost_reason_id", "lost_reason_name")

# Rows that take a lead from one step to another, or let it begin or end: neither those by which
# it only came into other hands, nor those by which a lead, which is in no stage, is moved among
# Odoo's, nor those by which a customer, which is one step, moves on among won stages.
IS_FUNNEL_STEP = """
    {is_step}
    AND (
        %(t)s.from_type = 'lead' AND %(t)s.to_type = 'lead'
        AND %(t)s.from_status = 'open' AND %(t)s.to_status = 'open'
        AND NOT %(t)s.is_gap
    ) IS NOT TRUE
    AND (%(t)s.to_status IS DISTINCT FROM 'won' OR {is_win})
""".format(is_step=IS_STEP % {"row": "%(t)s"}, is_win=IS_WIN % {"row": "%(t)s"})
# Who is lost is in no step, but for who was created so: nobody knows since when, or for how long.
IS_ENTRY = """
    %(t)s.to_type IS NOT NULL AND (%(t)s.to_status <> 'lost' OR %(t)s.from_type IS NULL)
"""

# each stay that is asked for, with the row that ends it
WITH_ENDING = """
    crm_stage_transition AS t
    LEFT JOIN LATERAL (
        SELECT %(ends)s
          FROM crm_stage_transition AS n
         WHERE n.lead_ref = t.lead_ref AND (n.date, n.id) > (t.date, t.id) AND %(is_step)s
         ORDER BY n.date, n.id
         LIMIT 1
    ) AS ending ON TRUE
"""
# all of the ledger, each row with the one after it
IN_ORDER = """
    (
        SELECT n.*, %(ends)s, FIRST_VALUE(n.date) OVER history AS first_date
          FROM crm_stage_transition AS n
         WHERE %(is_step)s
        WINDOW history AS (PARTITION BY n.lead_ref ORDER BY n.date, n.id)
    ) AS t
"""
FIRST_DATE = """
    (
        SELECT first.date
          FROM crm_stage_transition AS first
         WHERE first.lead_ref = t.lead_ref
         ORDER BY first.date, first.id
         LIMIT 1
    )
"""

STAYS = """
    SELECT %(columns)s
      FROM %(ledger)s
 LEFT JOIN crm_lead AS lead ON lead.id = t.lead_id
 LEFT JOIN res_company AS company ON company.id = t.company_id
     WHERE %(is_step)s AND %(is_entry)s
"""

# What lies before each step, for each stage that a lead may come from. Step 0 is to be won, behind
# all stages; who comes from 0 comes from none of the pipeline, and all lies before. ``is_known``:
# the lead comes from a stage of the pipeline, if it is one of its team: what lies before that
# stage, too, counts for teams alone that do not have it. A few rows of a few stages, read once;
# where nothing lies between, as with most steps, there are none.
BETWEEN = f"""
    WITH stage AS ({STAGES})
    SELECT reached.id AS reached_id, origin.id AS origin_id, passed.id AS stage_id,
           passed.sequence, passed.ref, passed.last_step_ref, origin.is_known,
           origin.is_known AND (passed.sequence, passed.ref) > (origin.sequence, origin.ref)
               AS is_behind_origin
      FROM (
               SELECT id, sequence, ref, FALSE AS is_customer
                 FROM stage
                WHERE is_placed AND NOT is_outside_pipeline
            UNION ALL
               SELECT 0, 0, 0, TRUE
           ) AS reached
      JOIN stage AS passed
        ON passed.is_placed AND NOT passed.is_won AND NOT passed.is_outside_pipeline
       AND (reached.is_customer
            OR (passed.sequence, passed.ref) < (reached.sequence, reached.ref))
      JOIN (
               SELECT id, sequence, ref, is_placed AND NOT is_outside_pipeline AS is_known
                 FROM stage
            UNION ALL
               SELECT 0, 0, 0, FALSE
           ) AS origin
        ON NOT origin.is_known
        OR (passed.sequence, passed.ref) > (origin.sequence, origin.ref)
        OR origin.id IN (SELECT stage_id FROM (%(teams)s) AS own)
    OFFSET 0
"""
# Where an opportunity comes from
CAME_FROM = f"""
    CASE WHEN t.is_gap OR t.from_type = 'lead' THEN 0 ELSE COALESCE({stage_of("t", "from")}, 0) END
"""
WAS_LOST = "t.from_status = 'lost' AND NOT t.is_gap AND t.from_type <> 'lead'"
# The same, but what was lost comes from where it was lost. Apart ("OFFSET 0"): were it asked where
# the rows are read, it would make that look so costly that the database does not care by which
# index it finds them, and reads all of the ledger's.
ORIGIN = f"""
    SELECT CASE WHEN {WAS_LOST} THEN COALESCE((
               SELECT CASE WHEN loss.from_type = 'opportunity' AND NOT loss.is_gap
                           THEN {stage_of("loss", "from")} END
                 FROM crm_stage_transition AS loss
                WHERE loss.lead_ref = t.lead_ref AND (loss.date, loss.id) < (t.date, t.id)
                  AND loss.to_status = 'lost' AND loss.from_status IS DISTINCT FROM 'lost'
                ORDER BY loss.date DESC, loss.id DESC
                LIMIT 1
           ), 0) ELSE {CAME_FROM} END AS id
    OFFSET 0
"""
REACHED = f"CASE WHEN t.to_status = 'won' THEN 0 ELSE {stage_of('t', 'to')} END"
# Most rows have passed over nothing, which a look into a few rows tells: within CASE, the database
# reads these once, and looks into them before it asks for anything else.
MAY_PASS = f"""
    CASE WHEN t.from_type IS NOT NULL
         THEN ({WAS_LOST} OR ({REACHED}, {CAME_FROM}) IN (
                  SELECT reached_id, origin_id FROM (%(between)s) AS passing
              ))
              AND (t.to_type = 'opportunity' OR t.to_status = 'won')
              AND (t.from_status IS DISTINCT FROM 'won' OR t.is_gap)
              AND %(is_step)s AND %(is_entry)s
    END
"""
# The stages that were passed over: those of the team's pipeline, as it is now, between the one
# that was left and the one that was reached, and those that were deleted since. Where the lead
# comes from outside of that, it has passed over those where it has not been, but for those before
# the one that it was created in as an opportunity.
PASSED_OVER = f"""
    SELECT %(columns)s
      FROM crm_stage_transition AS t
CROSS JOIN LATERAL ({ORIGIN}) AS origin
      JOIN (%(between)s) AS passing
        ON passing.reached_id = {REACHED} AND passing.origin_id = origin.id
       AND (passing.last_step_ref IS NULL OR t.id <= passing.last_step_ref)
       AND %(is_stage_of_team)s
 LEFT JOIN crm_lead AS lead ON lead.id = t.lead_id
 LEFT JOIN res_company AS company ON company.id = t.company_id
     WHERE {MAY_PASS}
       AND CASE
           WHEN passing.is_known AND %(is_origin_of_team)s THEN passing.is_behind_origin
           ELSE NOT EXISTS (
               SELECT
                 FROM crm_stage_transition AS past
                WHERE past.lead_ref = t.lead_ref AND (past.date, past.id) < (t.date, t.id)
                  AND past.to_type = 'opportunity'
                  AND {stage_of("past", "to")} = passing.stage_id
           ) AND (t.from_type = 'lead' OR NOT EXISTS (
               SELECT
                 FROM (
                          SELECT *
                            FROM crm_stage_transition AS past
                           WHERE past.lead_ref = t.lead_ref
                           ORDER BY past.date, past.id
                           LIMIT 1
                      ) AS first
                 JOIN ({STAGES}) AS began
                   ON began.id = {stage_of("first", "to")} AND began.is_placed
                  AND NOT began.is_outside_pipeline
                WHERE first.to_type = 'opportunity'
                  AND (began.is_won
                       OR (passing.sequence, passing.ref) <= (began.sequence, began.ref))
           ))
           END
"""
# "in" rather than "exists": the database reads these few rows once, and not for each step
IS_OF_TEAM = """
    (
        %(stage)s NOT IN (SELECT stage_id FROM (%(teams)s) AS own)
        OR (%(stage)s, t.team_id) IN (SELECT stage_id, team_id FROM (%(teams)s) AS own)
    )
"""

# what is the same for a stay and for a step that was passed over
SHARED = {
    "lead_id": SQL("t.lead_id"),
    "lead_ref": SQL("t.lead_ref"),
    "date": SQL("t.date"),
    "from_type": SQL("t.from_type"),
    "team_id": SQL("t.team_id"),
    "user_id": SQL("t.user_id"),
    "company_id": SQL("t.company_id"),
    "source_id": SQL("lead.source_id"),
    "medium_id": SQL("lead.medium_id"),
    "campaign_id": SQL("lead.campaign_id"),
    "country_id": SQL("lead.country_id"),
    "is_reconstructed": SQL("t.is_reconstructed"),
    "is_imported": SQL("t.is_imported"),
}
OF_STAYS = {
    "id": SQL("t.id::bigint"),
    "step_type": SQL(
        """CASE
        WHEN t.to_status = 'won' THEN 'customer'
        WHEN t.to_type = 'lead' THEN 'lead'
        WHEN t.to_stage_id IN (SELECT id FROM crm_stage WHERE is_outside_pipeline)
          OR t.to_past_stage_id IN (SELECT id FROM crm_stage_past WHERE is_outside_pipeline)
        THEN 'outside'
        ELSE 'opportunity'
        END"""
    ),
    "stage_id": SQL(
        "CASE WHEN t.to_type = 'opportunity' OR t.to_status = 'won' THEN t.to_stage_id END"
    ),
    "funnel_stage_id": SQL(
        f"CASE WHEN t.to_type = 'opportunity' OR t.to_status = 'won' THEN {stage_of('t', 'to')} END"
    ),
    "verdict": SQL("t.verdict"),
    "expected_revenue": SQL("t.expected_revenue"),
    "is_skipped": SQL("FALSE"),
}
OF_PASSED_OVER = {
    "id": SQL(f"-{pair_id('t.id', stage_number('passing.stage_id'))}"),
    "step_type": SQL("'opportunity'"),
    "stage_id": SQL("CASE WHEN passing.stage_id > 0 THEN passing.stage_id END"),
    "funnel_stage_id": SQL("passing.stage_id"),
    "verdict": SQL("NULL"),
    "expected_revenue": SQL("NULL::numeric"),
    "is_skipped": SQL("TRUE"),
    "left_date": SQL("t.date"),
    "outcome": SQL("'advanced'"),
    "days_in_step": SQL("NULL::double precision"),
    "lost_reason_id": SQL("NULL::int"),
    "lost_reason_name": SQL("NULL::varchar"),
    "created_date": SQL(FIRST_DATE),
}

OUTCOME = """CASE
    WHEN t.to_status = 'lost' THEN 'lost'
    WHEN %(date)s IS NULL THEN 'here'
    WHEN %(direction)s IN ('merged', 'deleted') THEN %(direction)s
    WHEN %(direction)s = 'lost' OR %(from_status)s = 'lost' THEN 'lost'
    WHEN %(direction)s IN ('forward', 'skipped') THEN 'advanced'
    WHEN %(direction)s = 'backward' THEN 'returned'
    ELSE 'set_aside'
    END"""
# What came before a gap ended nobody knows when. DATE_PART is at once what EXTRACT is made into.
DAYS = """CASE WHEN t.to_status <> 'lost' AND NOT %(is_gap)s
    THEN DATE_PART('epoch', %(date)s - t.date) / 86400 END"""

# With the clause WITH, PostgreSQL plans these rows for themselves, and limits them by the period
# that is asked for. Without, it finds them all where they are grouped by grouping sets, as a pivot
# does.
MEASURES = """
WITH fence AS (SELECT), %s
SELECT stay.*,
       1 AS reached,
       (outcome = 'advanced')::int AS converted,
       CASE WHEN outcome = 'advanced' THEN 100.0 ELSE 0.0 END AS conversion_rate,
       (NOT is_skipped)::int AS entered,
       (outcome = 'advanced' AND NOT is_skipped)::int AS advanced,
       (outcome = 'lost')::int AS lost,
       (outcome = 'returned')::int AS returned,
       (outcome = 'set_aside')::int AS set_aside,
       (outcome = 'merged')::int AS merged,
       (outcome = 'deleted')::int AS deleted,
       (outcome = 'here')::int AS still_here,
       is_skipped::int AS skipped,
       COALESCE(verdict IN ('overridden', 'approved'), FALSE)::int AS overridden,
       days_in_step AS median_days_in_step,
       days_in_step IS NOT NULL AS is_timed
  FROM (%s UNION ALL %s) AS stay
"""


class FunnelQuery(Carried):
    """The query of all stays, and of all steps that were passed over.

    There are two, which tell the same: ``LOOKED_UP`` and ``SORTED``. The context of a report's
    environment carries the one that its rows come from.

    :cvar is_step: the condition that a row of ``_ledger`` is a step
    :cvar first_date: since when its lead is in the ledger
    """

    is_step = SQL(IS_FUNNEL_STEP, t=SQL.identifier("t"))
    first_date = SQL(FIRST_DATE)

    def sql(self, env):
        """Return it; what belongs to no company is in the currency of the environment's."""
        currency_id = env.company.currency_id.id
        own = teams(env)
        is_entry = SQL(IS_ENTRY, t=SQL.identifier("t"))
        company_currency = SQL("COALESCE(company.currency_id, %s)", currency_id)
        shared = {**SHARED, "company_currency": company_currency}
        return SQL(
            MEASURES,
            counted(env),
            SQL(
                STAYS,
                columns=_columns({**shared, **OF_STAYS, **self._of_endings()}),
                ledger=self._ledger(SQL(IS_FUNNEL_STEP, t=SQL.identifier("n"))),
                is_step=self.is_step,
                is_entry=is_entry,
            ),
            SQL(
                PASSED_OVER,
                columns=_columns({**shared, **OF_PASSED_OVER}),
                between=SQL(BETWEEN, teams=own),
                is_stage_of_team=_is_of_team("stage_id", own),
                is_origin_of_team=_is_of_team("origin_id", own),
                is_step=FunnelQuery.is_step,
                is_entry=is_entry,
            ),
        )

    def _of_endings(self):
        """Return the columns that tell how a stay ended."""
        end = {name: self._end(name) for name in ENDS}
        outcome = SQL(OUTCOME, **{name: end[name] for name in ("date", "direction", "from_status")})
        return {
            "left_date": SQL("CASE WHEN t.to_status = 'lost' THEN t.date ELSE %s END", end["date"]),
            "outcome": outcome,
            "days_in_step": SQL(DAYS, is_gap=end["is_gap"], date=end["date"]),
            **{
                name: SQL(
                    "CASE WHEN t.to_status = 'lost' THEN %s WHEN %s = 'lost' THEN %s END",
                    SQL.identifier("t", name),
                    outcome,
                    end[name],
                )
                for name in ("lost_reason_id", "lost_reason_name")
            },
            "created_date": self.first_date,
        }

    def _ledger(self, is_step):
        """Return the rows of the ledger, named t, each with what it has to know of its end.

        :param is_step: the condition that a row named n is a step
        """
        raise NotImplementedError

    def _end(self, name):
        """Return the column of the row that ends a stay, one of ``ENDS``."""
        raise NotImplementedError


class _LookedUp(FunnelQuery):
    """By an index, for each stay that is asked for; so it costs by the stay."""

    def _ledger(self, is_step):
        ends = SQL(", ").join(SQL.identifier("n", name) for name in ENDS)
        return SQL(WITH_ENDING, ends=ends, is_step=is_step)

    def _end(self, name):
        return SQL.identifier("ending", name)


class _Sorted(FunnelQuery):
    """By sorting all of the ledger, which costs the same whatever is asked for."""

    # what is sorted are steps
    is_step = SQL("TRUE")
    first_date = SQL("t.first_date")

    def _ledger(self, is_step):
        ends = SQL(", ").join(
            SQL("LEAD(%s) OVER history AS %s", SQL.identifier("n", name), self._alias(name))
            for name in ENDS
        )
        return SQL(IN_ORDER, ends=ends, is_step=is_step)

    def _alias(self, name):
        return SQL.identifier(f"end_{name}")

    def _end(self, name):
        return SQL("t.%s", self._alias(name))


LOOKED_UP, SORTED = _LookedUp(), _Sorted()


def _columns(columns):
    return SQL(", ").join(
        SQL("%s AS %s", columns[name], SQL.identifier(name)) for name in sorted(columns)
    )


def _is_of_team(column, own):
    return SQL(IS_OF_TEAM, stage=SQL.identifier("passing", column), teams=own)
