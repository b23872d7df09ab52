"""When the real pipeline came about: its files' dates, where an import has those of today."""

from collections import defaultdict
from datetime import datetime, time, timedelta

from odoo.tools import SQL

from .guard import let_history_change

#: when the last deal of the files had been closed
NOW = datetime(2017, 12, 31, 18)
DAY = timedelta(days=1)

TELL = """
    UPDATE %(table)s AS row
       SET %(column)s = told.value
      FROM unnest(%(ids)s::int[], %(values)s::%(type)s[]) AS told (id, value)
     WHERE row.id = told.id
 RETURNING row.id
"""


def tell_dates(env, deals, leads):
    """Put what happened at the dates of the files; what they do not tell, around them.

    :param deals: those of the files, :param leads: and, in the same order, what they are in Odoo
    """
    env.flush_all()
    dates, seconds, promised, refused = {}, {}, {}, {}
    created = {}
    refusals = defaultdict(list)
    for refusal in env["crm.stage.refusal"].search([("lead_ref", "in", leads.ids)], order="id"):
        refusals[refusal.lead_ref].append(refusal)
    for number, (deal, lead) in enumerate(zip(deals, leads, strict=True)):
        engaged = datetime.combine(deal.engaged, time(9)) if deal.engaged else NOW - 90 * DAY
        closed = datetime.combine(deal.closed, time(12)) if deal.closed else None
        before = None
        for row in lead.transition_ids.sorted("id"):
            dates[row.id] = _date(row, engaged, closed)
            if before and row.seconds_in_previous is not False:
                seconds[row.id] = int((dates[row.id] - before).total_seconds())
            if row.make_good_date:
                promised[row.id] = dates[row.id].date() + 120 * DAY
            before = dates[row.id]
        for refusal in refusals[lead.id]:
            refused[refusal.id] = _date_of_refusal(refusal, number, engaged)
        for id_ in lead.partner_id.ids:
            created[id_] = min(engaged - 30 * DAY, created.get(id_, NOW))
    let_history_change(env)
    for table, column, type_, value_by_id in (
        ("crm_stage_transition", "date", "timestamp", dates),
        ("crm_stage_transition", "seconds_in_previous", "int", seconds),
        ("crm_stage_transition", "make_good_date", "date", promised),
        ("crm_stage_refusal", "date", "timestamp", refused),
        ("res_partner", "create_date", "timestamp", created),
    ):
        env.execute_query(
            SQL(
                TELL,
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                type=SQL(type_),
                ids=list(value_by_id),
                values=list(value_by_id.values()),
            )
        )
    env.invalidate_all()


def _date(row, engaged, closed):
    """Return when a step was taken."""
    if row.to_status in ("won", "lost"):
        return closed
    if row.to_stage_id.name == "Proposition":
        return engaged + (closed - engaged) / 2
    if row.to_stage_id.name == "Qualified":
        return engaged
    return engaged - (20 if row.to_type == "lead" else 6) * DAY


def _date_of_refusal(refusal, number, engaged):
    """Return when a step was tried in vain: some days before it could be taken."""
    days = 0.5 + number % 6
    return engaged - (6 + days if refusal.is_conversion else days) * DAY
