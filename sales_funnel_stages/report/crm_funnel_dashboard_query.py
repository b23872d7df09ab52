"""The SQL of the dashboard: all figures of two periods, in one statement."""

# the columns of a stay that begins in one of the periods, or was lost in one. What happened later
# than ``as_of`` has not happened yet: see ``get_dashboard``
STAY = """
    %(is_entered)s AS is_entered,
    crm_funnel_report.date >= %(start)s AS is_now,
    CASE WHEN crm_funnel_report.step_type <> 'lead' AND crm_funnel_report.outcome = 'lost'
         THEN crm_funnel_report.left_date END AS lost_date,
    crm_funnel_report.step_type,
    CASE WHEN crm_funnel_report.step_type IN ('opportunity', 'outside')
         THEN crm_funnel_report.funnel_stage_id END AS stage_id,
    crm_funnel_report.lead_ref,
    crm_funnel_report.date,
    crm_funnel_report.is_skipped,
    NOT crm_funnel_report.is_skipped AND crm_funnel_report.from_type IS NULL AS is_direct,
    NOT crm_funnel_report.is_skipped AND crm_funnel_report.step_type <> 'lead'
        AND crm_funnel_report.from_type IS DISTINCT FROM 'opportunity' AS is_begun,
    CASE WHEN crm_funnel_report.left_date > %(as_of)s THEN 'here'
         ELSE crm_funnel_report.outcome END AS outcome,
    CASE WHEN crm_funnel_report.left_date <= %(as_of)s
         THEN crm_funnel_report.days_in_step END AS days,
    crm_funnel_report.lost_reason_id,
    CASE WHEN crm_funnel_report.lost_reason_id IS NULL
         THEN crm_funnel_report.lost_reason_name END AS lost_reason_name,
    crm_funnel_report.expected_revenue * %(rate)s AS value
"""

FIGURES = """
WITH %(counted)s,
found AS MATERIALIZED (%(found)s),
stay AS NOT MATERIALIZED (SELECT * FROM found WHERE is_entered),
loss AS (
    SELECT lead_ref, lost_date >= %(start)s AS is_now,
           -- what was won and lost in one period is one row
           is_entered AND step_type = 'customer' AND is_now = (lost_date >= %(start)s) AS is_win
      FROM found
     WHERE %(is_lost)s
),
begun AS (SELECT is_now, lead_ref, count(*) AS rows FROM stay WHERE is_begun GROUP BY 1, 2),
-- a lead that was somewhere more than once is counted once, and has several rows to be opened
place AS (
    SELECT is_now, step_type, stage_id, lead_ref,
           count(*) AS reached_rows,
           count(*) FILTER (WHERE outcome = 'advanced') AS converted_rows,
           count(*) FILTER (WHERE is_skipped) AS skipped_rows,
           bool_or(outcome = 'advanced') AS is_converted,
           bool_or(is_direct) AS is_direct,
           bool_or(is_skipped) AS is_skipped,
           max(value) AS value
      FROM stay
  GROUP BY is_now, step_type, stage_id, lead_ref
),
step AS (
    SELECT is_now, step_type, stage_id,
           count(*) AS reached,
           count(*) FILTER (WHERE is_converted) AS converted,
           count(*) FILTER (WHERE is_direct) AS direct,
           count(*) FILTER (WHERE is_skipped) AS skipped,
           count(begun.lead_ref) AS begun,
           sum(reached_rows) AS reached_rows,
           sum(converted_rows) AS converted_rows,
           sum(skipped_rows) AS skipped_rows,
           sum(value) AS value
      FROM place
 LEFT JOIN begun USING (is_now, lead_ref)
  GROUP BY is_now, step_type, stage_id
),
pace AS (
    SELECT is_now, step_type, stage_id,
           count(*) AS finished,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS median_days
      FROM stay
     WHERE days IS NOT NULL
  GROUP BY is_now, step_type, stage_id
),
outcome AS (
    SELECT is_now, step_type, stage_id, outcome,
           CASE WHEN outcome = 'lost' THEN lost_reason_id END AS lost_reason_id,
           CASE WHEN outcome = 'lost' THEN lost_reason_name END AS lost_reason_name,
           count(*) AS count
      FROM stay
     WHERE NOT is_skipped
  GROUP BY 1, 2, 3, 4, 5, 6
),
win AS (
    SELECT is_now, lead_ref, max(date) AS date, max(value) AS value, count(*) AS rows
      FROM stay
     WHERE step_type = 'customer' AND NOT is_skipped
  GROUP BY is_now, lead_ref
),
won AS (
    SELECT win.is_now,
           count(*) AS won,
           sum(win.rows) AS won_rows,
           avg(win.value) AS average_value,
           avg(EXTRACT(EPOCH FROM win.date - first.date) / 86400) AS cycle_days
      FROM win
CROSS JOIN LATERAL (
               SELECT min(row.date) AS date
                 FROM crm_stage_transition AS row
                WHERE row.lead_ref = win.lead_ref
                  AND row.to_type = 'opportunity'
                  AND row.date <= win.date
           ) AS first
  GROUP BY win.is_now
),
lost AS (
    SELECT is_now, count(DISTINCT lead_ref) AS lost, count(*) FILTER (WHERE NOT is_win) AS lost_rows
      FROM loss
  GROUP BY is_now
),
trend AS (
    SELECT date_trunc(%(unit)s, date AT TIME ZONE 'UTC' AT TIME ZONE %(timezone)s)::date AS first,
           count(DISTINCT lead_ref) FILTER (WHERE step_type = 'lead') AS leads,
           count(DISTINCT lead_ref) FILTER (WHERE is_begun) AS opportunities,
           count(DISTINCT lead_ref) FILTER (WHERE step_type = 'customer') AS customers,
           count(*) FILTER (WHERE step_type = 'lead') AS leads_rows,
           count(*) FILTER (WHERE is_begun) AS opportunities_rows,
           count(*) FILTER (WHERE step_type = 'customer') AS customers_rows
      FROM stay
     WHERE is_now AND NOT is_skipped
  GROUP BY 1
)
SELECT (SELECT json_agg(each) FROM step AS each),
       (SELECT json_agg(each) FROM pace AS each),
       (SELECT json_agg(each) FROM outcome AS each),
       (SELECT json_agg(each)
          FROM (
                   SELECT is_now, count(*) AS opportunities, sum(rows) AS opportunities_rows
                     FROM begun
                 GROUP BY is_now
               ) AS each),
       (SELECT json_agg(each) FROM won AS each),
       (SELECT json_agg(each) FROM lost AS each),
       (SELECT json_agg(each ORDER BY each.first) FROM trend AS each)
"""

# who was lost within a time, and some more: leads, and what only a gap in its history ended
LOST_LEADS = """
    SELECT row.lead_ref
      FROM crm_stage_transition AS row
     WHERE 'lost' IN (row.direction, row.from_status)
       AND %(is_in_time)s
"""
