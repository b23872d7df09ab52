"""What the funnel's figures take, against SQL that is written for them alone.

The SQL by hand knows what there is in this database, reads no more than a figure needs, and obeys
no access rights; it has to say the same.
"""

import time
from statistics import median

from odoo.api import SUPERUSER_ID, Environment
from odoo.fields import Date, Datetime
from odoo.modules.registry import Registry
from odoo.tools import SQL

from . import pairs
from .clock import clock

AT_MOST = 1.5
#: seconds, of two processes, that the verification of three million rows may take
VERIFIED_WITHIN = 60
RUNS = 5
MEASURES = [
    "reached:count_distinct",
    "converted:count_distinct",
    "conversion_rate:ratio",
    "entered:sum",
    "lost:sum",
    "median_days_in_step:median",
]

# What both ways to find the end of a stay have in common: of a row, the step that it leads to.
STEP_IF = """
    CASE WHEN t.to_status = 'won' THEN 'customer' WHEN t.to_type = 'lead' THEN 'lead'
         ELSE 'opportunity' END AS step,
    CASE WHEN t.to_type = 'opportunity' AND %s THEN t.to_stage_id END AS stage_id
"""
# the dashboard does not ask in which stage a customer was won
STEP, STEP_OF_DASHBOARD = (STEP_IF % condition for condition in ("TRUE", "t.to_status <> 'won'"))
IS_STEP = "(seconds_in_previous IS NOT NULL OR from_type IS NULL)"
WITH_ENDING = f"""
           crm_stage_transition AS t
 LEFT JOIN LATERAL (
        SELECT direction, date, lost_reason_id
          FROM crm_stage_transition AS n
         WHERE n.lead_ref = t.lead_ref AND (n.date, n.id) > (t.date, t.id) AND {IS_STEP}
         ORDER BY n.date, n.id
         LIMIT 1
      ) AS ending ON TRUE
"""
OF_A_PERIOD = f"""
    SELECT t.lead_ref, {STEP}, ending.direction, ending.date - t.date AS stayed
      FROM {WITH_ENDING}
     WHERE {IS_STEP} AND t.to_type IS NOT NULL AND t.to_status <> 'lost' AND t.date >= %(start)s
"""
OF_ALL_TIME = f"""
    SELECT * FROM (
        SELECT t.lead_ref, {STEP}, t.to_type, t.to_status,
               LEAD(direction) OVER history AS direction,
               LEAD(date) OVER history - date AS stayed
          FROM crm_stage_transition AS t
         WHERE {IS_STEP}
        WINDOW history AS (PARTITION BY lead_ref ORDER BY date, id)
    ) AS t
     WHERE to_type IS NOT NULL AND to_status <> 'lost'
"""
PIVOT = """
    WITH stay AS (%(stay)s)
    SELECT step, stage_id, GROUPING(step, stage_id), count(DISTINCT lead_ref),
           count(DISTINCT lead_ref) FILTER (WHERE direction IN ('forward', 'skipped')),
           100.0 * count(DISTINCT lead_ref) FILTER (WHERE direction IN ('forward', 'skipped'))
               / count(DISTINCT lead_ref),
           count(*),
           count(*) FILTER (WHERE direction = 'lost'),
           EXTRACT(EPOCH FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY stayed)) / 86400
      FROM stay
     GROUP BY GROUPING SETS ((), (step), (step, stage_id))
"""

# The dashboard's figures of a period and of the one before, which begins at ``first``.
DASHBOARD = """
    WITH stay AS MATERIALIZED (
        SELECT t.date >= %(start)s AS is_now, t.lead_ref, t.date, t.from_type, t.to_type, {STEP},
               CASE WHEN ending.date IS NULL OR ending.date > as_of THEN 'here'
                    WHEN ending.direction IN ('forward', 'skipped') THEN 'advanced'
                    ELSE ending.direction END AS outcome,
               CASE WHEN ending.date <= as_of
                    THEN EXTRACT(EPOCH FROM ending.date - t.date)::float / 86400 END AS days,
               t.expected_revenue AS value, ending.lost_reason_id
          FROM {WITH_ENDING}
    CROSS JOIN LATERAL (
            SELECT CASE WHEN t.date >= %(start)s THEN %(now)s ELSE %(earlier)s END::timestamp
                   AS as_of
          ) AS clock
         WHERE {IS_STEP} AND t.to_type IS NOT NULL AND t.to_status <> 'lost'
           AND t.date >= %(first)s AND t.date < %(stop)s
    ),
    step AS (
        SELECT is_now, step AS step_type, stage_id, count(*) AS reached,
               count(*) FILTER (WHERE is_converted) AS converted,
               count(*) FILTER (WHERE is_direct) AS direct, 0 AS skipped, sum(value) AS value
          FROM (
              SELECT is_now, step, stage_id, lead_ref,
                     bool_or(outcome = 'advanced') AS is_converted,
                     bool_or(from_type IS NULL) AS is_direct, max(value) AS value
                FROM stay
            GROUP BY is_now, step, stage_id, lead_ref
          ) AS place
      GROUP BY is_now, step, stage_id
    ),
    pace AS (
        SELECT is_now, step AS step_type, stage_id,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS median_days
          FROM stay
         WHERE days IS NOT NULL
      GROUP BY is_now, step, stage_id
    ),
    outcome AS (
        SELECT is_now, step AS step_type, stay.stage_id, outcome,
               CASE WHEN outcome = 'lost' THEN lost_reason_id END AS lost_reason_id,
               count(*) AS count
          FROM stay
      GROUP BY 1, 2, 3, 4, 5
    ),
    begun AS (
        SELECT is_now, count(DISTINCT lead_ref) AS opportunities
          FROM stay
         WHERE to_type = 'opportunity' AND from_type IS DISTINCT FROM 'opportunity'
      GROUP BY is_now
    ),
    won AS (
        SELECT is_now, count(*) AS won, avg(value) AS average_value,
               avg(EXTRACT(EPOCH FROM win.date - begin.date) / 86400) AS cycle_days
          FROM (
              SELECT is_now, lead_ref, max(date) AS date, max(value) AS value
                FROM stay
               WHERE step = 'customer'
            GROUP BY is_now, lead_ref
          ) AS win
    CROSS JOIN LATERAL (
              SELECT min(row.date) AS date
                FROM crm_stage_transition AS row
               WHERE row.lead_ref = win.lead_ref AND row.to_type = 'opportunity'
                 AND row.date <= win.date
          ) AS begin
      GROUP BY is_now
    ),
    lost AS (
        SELECT date >= %(start)s AS is_now, count(DISTINCT lead_ref) AS lost
          FROM crm_stage_transition
         WHERE direction = 'lost' AND from_type = 'opportunity'
           AND date >= %(first)s AND date < %(stop)s
      GROUP BY 1
    ),
    trend AS (
        SELECT date_trunc('week', date AT TIME ZONE 'UTC' AT TIME ZONE %(timezone)s)::date AS first,
               count(DISTINCT lead_ref) FILTER (WHERE step = 'lead') AS leads,
               count(DISTINCT lead_ref) FILTER (
                   WHERE to_type = 'opportunity' AND from_type IS DISTINCT FROM 'opportunity'
               ) AS opportunities,
               count(DISTINCT lead_ref) FILTER (WHERE step = 'customer') AS customers
          FROM stay
         WHERE is_now
      GROUP BY 1
    )
    SELECT (SELECT json_agg(each) FROM step AS each),
           (SELECT json_agg(each) FROM pace AS each),
           (SELECT json_agg(each) FROM outcome AS each),
           (SELECT json_agg(each) FROM begun AS each),
           (SELECT json_agg(each) FROM won AS each),
           (SELECT json_agg(each) FROM lost AS each),
           (SELECT json_agg(each ORDER BY each.first) FROM trend AS each)
"""
DASHBOARD = DASHBOARD.replace("{WITH_ENDING}", WITH_ENDING).replace("{IS_STEP}", IS_STEP)
DASHBOARD = DASHBOARD.replace("{STEP}", STEP_OF_DASHBOARD)


def measure(database):
    """Print what the figures take, against SQL by hand → the exit code."""
    with Registry(database).cursor() as cr:
        admin = Environment(cr, SUPERUSER_ID, {}).ref("base.user_admin")
        env = Environment(cr, admin.id, {"allowed_company_ids": admin.company_ids.ids})
        return max(_measure(env), _verify(env))


def _verify(env):
    """Print how long the verification of the whole history takes → the exit code."""
    env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 1")
    started = time.monotonic()
    found = env["crm.stage.transition"].verify_ledger()
    seconds = time.monotonic() - started
    assert not found["problems"], found["problems"][0]
    is_short = seconds > VERIFIED_WITHIN
    print(
        f"  {'SHORT' if is_short else 'ok':7}verifying {found['rows']:,} rows about"
        f" {found['leads']:,} leads: {seconds:.0f} s; asked: at most {VERIFIED_WITHIN} s",
        flush=True,
    )
    return 1 if is_short else 0


def _measure(env):
    # Processes that PostgreSQL starts to help are on no clock of ours.
    env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    [(rows,)] = env.execute_query(SQL("SELECT count(*) FROM crm_stage_transition"))
    print(f"  {rows:,} transitions.")
    quarter = Datetime.subtract(Datetime.now(), days=91)
    last = Date.today()
    first = Date.subtract(last, days=90)
    figures = {
        "the funnel's dashboard, of a quarter and the one before": (
            lambda: _dashboard(env, first, last),
            lambda: _dashboard_by_hand(env, first, last),
        ),
        "the funnel's pivot, of a quarter": (
            lambda: _pivot(env, [("date", ">=", quarter)]),
            lambda: _pivot_by_hand(env, SQL(OF_A_PERIOD, start=quarter)),
        ),
        "the funnel's pivot, of all time": (
            lambda: _pivot(env, []),
            lambda: _pivot_by_hand(env, SQL(OF_ALL_TIME)),
        ),
    }
    short = 0
    for name, (by_us, by_hand) in figures.items():
        ratio, measured = _compare(env, by_us, by_hand)
        short += ratio > AT_MOST
        verdict = "SHORT" if ratio > AT_MOST else "ok"
        print(f"  {verdict:7}{name}: {measured}; asked: at most {AT_MOST} times", flush=True)
    return 1 if short else 0


def _compare(env, by_us, by_hand):
    """Run both in turns → the ratio of their times, and what is printed of it."""
    now = clock(env.cr)
    said, seconds = {}, {by_us: [], by_hand: []}
    for _run in range(RUNS):
        for do in (by_us, by_hand):
            env.invalidate_all()
            started = now()
            said[do] = do()
            seconds[do].append(now() - started)
    _assert_same(said[by_us], said[by_hand])
    measured = list(zip(seconds[by_hand], seconds[by_us], strict=True))
    ratio = median(pairs.ratios(measured))
    hand, ours = map(pairs.duration, pairs.medians(measured))
    return ratio, f"{ratio:.2f} times ({hand} → {ours})"


def _assert_same(ours, by_hand):
    """What takes less time because it says less is no measure."""
    assert ours.keys() == by_hand.keys(), (ours.keys(), by_hand.keys())
    for key, figures in ours.items():
        for one, other in zip(figures, by_hand[key], strict=True):
            assert abs(float(one or 0) - float(other or 0)) < 0.01, (key, figures, by_hand[key])


def _dashboard(env, first, last):
    """→ ``{step or part: figures of both periods}``"""
    found = env["crm.funnel.report"].get_dashboard([], first, last)
    steps = {
        (when, step["type"], step["stage_id"]): step[when]
        for step in found["steps"]
        for when in ("now", "before")
    }
    return _figures(steps, found["velocity"], found["drop_off"], found["trend"]["rows"])


def _dashboard_by_hand(env, first, last):
    # Importable only where the addon is.
    from odoo.addons.sales_funnel_stages.tools.funnel_figures import Figures
    from odoo.addons.sales_funnel_stages.tools.funnel_period import Period

    period = Period(first, Date.add(last, days=1))
    before = period.before(0)
    (start, stop), (earliest, _stop) = (each.moments(env.tz) for each in (period, before))
    now = env.cr.now()
    [parts] = env.execute_query(
        SQL(
            DASHBOARD,
            first=earliest,
            start=start,
            stop=stop,
            now=now,
            earlier=now - (start - earliest),
            timezone=str(env.tz),
        )
    )
    found = Figures(*(part or [] for part in parts))
    places = [(*place, "") for place in found.places()]
    steps = {
        (when, step["type"], step["stage_id"]): step[when]
        for step in found.steps(places)
        for when in ("now", "before")
    }
    return _figures(steps, found.velocity(), found.drop_off(), found.trend)


def _figures(steps, velocity, drop_off, trend):
    return {
        **{key: list(figures.values()) for key, figures in steps.items() if figures["reached"]},
        **{when: list(figures.values()) for when, figures in velocity.items()},
        **{row["key"]: [row["now"], row["before"]] for row in drop_off},
        **{row["first"]: [row[name] for name in row if name != "first"] for row in trend},
    }


def _pivot(env, domain):
    """→ ``{(step, stage): figures}`` of the pivot as it opens, an empty key for the total."""
    sets = [[], ["step_type"], ["step_type", "stage_id"]]
    found = env["crm.funnel.report"].formatted_read_grouping_sets(domain, sets, MEASURES)
    return {
        tuple(_key(group[name]) for name in names): [group[measure] for measure in MEASURES]
        for names, groups in zip(sets, found, strict=True)
        for group in groups
    }


def _key(value):
    return (value[0] if isinstance(value, (tuple, list)) else value) or None


def _pivot_by_hand(env, stay):
    sizes = {3: 0, 1: 1, 0: 2}
    return {
        (step, stage_id)[: sizes[grouping]]: figures
        for step, stage_id, grouping, *figures in env.execute_query(SQL(PIVOT, stay=stay))
    }
