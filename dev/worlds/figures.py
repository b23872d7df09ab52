"""The figures that an administrator is shown, counted once more from the tables, in plain loops.

Each function asks the addon over HTTP, and the references of its tests, which know nothing of it,
of the same ledger: → ``(what is told, what is counted)``, alike.
"""

import time
from collections import Counter
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta
from lxml import html

from odoo.addons.sales_funnel_stages.tests.support import (
    dashboard_reference,
    funnel_reference,
    stuck_reference,
    worth_reference,
)
from odoo.addons.sales_funnel_stages.tests.support.funnel_case import AGGREGATES, KEYS

from . import visits

UTC = {"tz": "UTC"}
GROUPINGS = (
    ["step_type", "stage_id"],
    ["team_id", "step_type"],
    ["company_id", "outcome"],
    ["user_id", "date:month"],
    ["unmet_criterion_ids"],
)
UNMET = """
    ARRAY(SELECT crm_qualification_criterion_id
            FROM crm_qualification_criterion_crm_stage_transition_rel
           WHERE crm_stage_transition_id = crm_stage_transition.id)
"""
STAGES = """
    SELECT id, sequence, is_won, COALESCE(is_outside_pipeline, FALSE),
           ARRAY(SELECT crm_team_id FROM crm_stage_crm_team_rel WHERE crm_stage_id = stage.id),
           id, NULL, TRUE
      FROM crm_stage AS stage
 UNION ALL
    SELECT -id, sequence, is_won, is_outside_pipeline,
           ARRAY(SELECT crm_team_id FROM crm_stage_past_crm_team_rel
                  WHERE crm_stage_past_id = past.id),
           COALESCE(stage_ref, id), last_step_ref, stage_ref IS NOT NULL
      FROM crm_stage_past AS past ORDER BY 2, 6
"""
# What one unit of a company's currency is worth in that of the administrator's company.
RATES = """
    SELECT company.id, COALESCE(
               (SELECT own.rate FROM res_currency_rate AS own
                 WHERE own.currency_id = home.currency_id AND own.name <= current_date
              ORDER BY own.name DESC LIMIT 1), 1) / COALESCE(
               (SELECT rate FROM res_currency_rate AS other
                 WHERE other.currency_id = company.currency_id AND other.name <= current_date
              ORDER BY other.name DESC LIMIT 1), 1)
      FROM res_company AS company,
           (SELECT res_company.currency_id FROM res_company
              JOIN res_users ON res_users.company_id = res_company.id
             WHERE res_users.login = 'admin') AS home
"""
CONTACTS = """
    SELECT id, commercial_partner_id, create_date FROM res_partner
     WHERE partner_share AND active AND type = 'contact'
"""

# what is marked beside the rows
MARKS = {
    "is_undone": """EXISTS (
        SELECT FROM crm_stage_transition_mark AS mark
         WHERE mark.transition_id = crm_stage_transition.id AND mark.kind = 'undone'
    )"""
}
DIGEST = """
  WITH step AS (
           SELECT *, from_type = 'lead' AND to_type = 'opportunity' AND NOT {is_undone}
                      AS is_conversion,
                  from_type = 'lead' AND to_type = 'lead' AND direction = 'lost' AS is_loss
             FROM crm_stage_transition
            WHERE company_id = (SELECT company_id FROM res_users WHERE login = 'admin')
              AND date >= now() AT TIME ZONE 'UTC' - interval '1 month'
       )
SELECT count(*) FILTER (WHERE is_conversion AND verdict = 'passed' AND receipt IS NOT NULL),
       COALESCE(round(100.0 * count(*) FILTER (WHERE is_conversion)
                      / NULLIF(count(*) FILTER (WHERE is_conversion OR is_loss), 0), 1), 0),
       count(*) FILTER (WHERE verdict IN ('overridden', 'approved'))
  FROM step
""".format(**MARKS)
POINTS = ".,٫"


class Ledger:
    """What the tables say, as the references take it."""

    def __init__(self, server):
        self._server = server
        self.rows = funnel_reference.counted(
            funnel_reference.Row(*values, tuple(unmet))
            for *values, unmet in self._read(funnel_reference.Row._fields[:-1], UNMET)
        )
        self.stages = [
            funnel_reference.Stage(*values, tuple(teams), *past)
            for *values, teams, past in ((*row[:4], row[4], row[5:]) for row in server.rows(STAGES))
        ]
        leads = self._read(funnel_reference.Lead._fields, table="crm_lead")
        self.leads = [funnel_reference.Lead(*values) for values in leads]
        self.stays = funnel_reference.stays(self.rows, self.stages, self.leads)

    def read_leads(self, *names):
        return self._read(names, table="crm_lead")

    def read_steps(self):
        """→ each row as :mod:`worth_reference` takes it."""
        names = worth_reference.Step._fields
        return [worth_reference.Step(*values) for values in self._read(names)]

    def in_one_currency(self):
        """→ rows and stays, with values in the currency of the administrator's company."""
        rates = {id_: float(rate) for id_, rate in self._server.rows(RATES)}

        def convert(some):
            return [
                each._replace(
                    expected_revenue=float(each.expected_revenue or 0)
                    * rates.get(each.company_id, 1)
                )
                for each in some
            ]

        return convert(self.rows), convert(self.stays)

    def _read(self, names, *more, table="crm_stage_transition"):
        columns = ", ".join([*(MARKS.get(name, name) for name in names), *more])
        return self._server.rows(f"SELECT {columns} FROM {table} ORDER BY id")


def get_funnel(client, groupby):
    """Every measure of the funnel in groups → ``{key: measures}``, twice."""
    stays = Ledger(client.server).stays
    groups = funnel_reference.by(stays, *(KEYS[name] for name in groupby))
    counted = {key: _rounded(funnel_reference.figures(some)) for key, some in groups.items()}
    told = client.call(
        "crm.funnel.report",
        "formatted_read_group",
        domain=[],
        groupby=groupby,
        aggregates=[*AGGREGATES.values()],
        context=UTC,
    )
    return {
        tuple(_plain(group[name]) for name in groupby): _rounded(
            {
                # the sum of nothing, of a stage that all have skipped
                name: group[spec] or 0 if spec.endswith(":sum") else group[spec]
                for name, spec in AGGREGATES.items()
            }
        )
        for group in told
    }, counted


def get_dashboard(client):
    """Steps, drop-off, velocity and contacts of the dashboard of a year → twice."""
    told = visits.get_dashboard(client, **UTC)
    ledger, start = Ledger(client.server), datetime.combine(visits.YEAR_AGO, datetime.min.time())
    stop = datetime.combine(visits.TOMORROW, datetime.min.time()) + timedelta(days=1)
    period = dashboard_reference.Period(start, stop, stop)
    counted = dashboard_reference.figures(*ledger.in_one_currency(), period)
    steps = {(step["type"], step["stage_id"]): step["now"] for step in told["steps"]}
    found = {
        "steps": {place: _rounded(step) for place, step in steps.items() if any(step.values())},
        "drop_off": Counter(
            {
                (row["outcome"], row["lost_reason_id"] or row["lost_reason_name"]): row["now"]
                for row in told["drop_off"]
                if row["now"]
            }
        ),
        "velocity": _rounded(told["velocity"]["now"]),
        "contacts": _rounded(told["contacts"]["now"]),
    }
    partners = client.server.rows(CONTACTS)
    of_leads = [partner_id for [partner_id] in ledger.read_leads("partner_id")]
    contacts = dashboard_reference.contacts(partners, of_leads, period)
    counted["contacts"] = contacts
    counted["steps"] = {place: _rounded(step) for place, step in counted["steps"].items()}
    return found, {
        **counted,
        **{name: _rounded(counted[name]) for name in ("velocity", "contacts")},
    }


def get_worth(client):
    """What met and unmet criteria have come to → ``{criterion: {met: [won, closed, open]}}``."""
    ledger = Ledger(client.server)
    counted = worth_reference.counts(
        ledger.read_steps(), dict(ledger.read_leads("id", "won_status"))
    )
    names = ("won", "closed", "open")
    told = {
        row["ref"]: {
            is_met: [row[key][name] for name in names]
            for is_met, key in ((True, "met"), (False, "unmet"))
        }
        for row in visits.get_worth(client)
    }
    return told, counted


def get_usual_and_stuck(client):
    """Usual days of stages, and which leads are stuck → ``({stage: days}, {lead})``, twice."""
    ledger, now = Ledger(client.server), datetime.utcnow()
    usual = stuck_reference.usual_days(ledger.rows, ledger.stages, now - relativedelta(months=12))
    starts = stuck_reference.starts(ledger.rows)
    leads = ledger.read_leads("id", "type", "won_status", "stage_id")
    found = stuck_reference.stuck(leads, starts, usual, now)
    told = client.call("crm.stage", "search_read", domain=[], fields=["usual_days"])
    stuck, _others = visits.find_stuck(client)
    return (
        ({stage["id"]: stage["usual_days"] for stage in told}, set(stuck)),
        (usual, {id_ for id_, (_days, is_stuck) in found.items() if is_stuck}),
    )


def get_digest(client):
    """What the digest tells of a month in the administrator's company → numbers, twice."""
    names = [f"kpi_crm_{name}" for name in ("leads_qualified", "conversion_rate", "overrides")]
    labels = client.call("digest.digest", "fields_get", names, attributes=["string"])
    # Odoo counts up to the second that has begun
    time.sleep(1)
    mail = html.fromstring(visits.send_digest(client))
    words = [text.strip() for text in mail.itertext() if text.strip()]
    # after each: a link, and of a day, a week and a month the value and what it is of
    told = [_number(words[words.index(labels[name]["string"]) + 6]) for name in names]
    [counted] = client.server.rows(DIGEST)
    return told, [float(number) for number in counted]


def _number(text):
    """A number as a language writes it → as Python has it."""
    kept = (each for each in text if each.isdigit() or each in POINTS)
    return float("".join("." if each in POINTS else each for each in kept))


def _plain(value):
    """A value by which the web client groups → as the references have it."""
    if isinstance(value, list):
        value = value[0]
        return value[:7] if isinstance(value, str) else value
    return value or None if value is not True else True


def _rounded(figures):
    """→ the same, to six digits and four places; what is not known is None."""
    return {
        name: None if value is None or value is False else round(float(f"{value:.6g}"), 4)
        for name, value in figures.items()
    }
