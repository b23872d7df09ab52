"""What a company has after years with Odoo's CRM: a million leads, and what was tracked of them.

A lead takes up to four steps: it becomes an opportunity, is qualified, gets a proposition, and is
won; or it is lost instead of taking its last one. Some days lie between two steps.
"""

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import SQL

from . import history_sizes
from .leads import copy_leads

TEAMS = 20
USERS = 100
SOURCES = 10

PAST = """
    CREATE TEMPORARY TABLE past AS
    SELECT number, start, gap, is_lost,
           LEAST(steps, FLOOR(EXTRACT(EPOCH FROM LOCALTIMESTAMP - start)
                              / EXTRACT(EPOCH FROM gap)))::int AS steps
      FROM (
          SELECT number,
                 LOCALTIMESTAMP - RANDOM() * 1100 * INTERVAL '1 day' AS start,
                 (0.5 + RANDOM() * 20) * INTERVAL '1 day' AS gap,
                 RANDOM() < 0.5 AS is_lost,
                 CASE WHEN kind < 0.15 THEN 0 WHEN kind < 0.35 THEN 1 WHEN kind < 0.6 THEN 2
                      WHEN kind < 0.8 THEN 3 ELSE 4 END AS steps
            FROM (SELECT number, RANDOM() AS kind
                    FROM generate_series(1, %(leads)s) AS number) AS numbered
      ) AS made
"""

# How far a lead has come: 0 for a lead, 1 for a new opportunity, 4 for one that is won.
PLACE = """
    SELECT *, steps > 0 AND is_lost AS has_lost,
           steps - CASE WHEN steps > 0 AND is_lost THEN 1 ELSE 0 END AS place,
           start + steps * gap AS last
      FROM past
"""
LEAD_VALUES = {
    "id": "%(first)s + number",
    "name": "'Deal ' || number",
    "type": "CASE WHEN place > 0 THEN 'opportunity' ELSE 'lead' END",
    "stage_id": "(%(stages)s::int[])[GREATEST(place, 1)]",
    "won_status": "CASE WHEN has_lost THEN 'lost' WHEN place = 4 THEN 'won' ELSE 'pending' END",
    "active": "NOT has_lost",
    "probability": "CASE WHEN has_lost THEN 0 WHEN place = 4 THEN 100 ELSE 30 END",
    "lost_reason_id": "CASE WHEN has_lost THEN (%(reasons)s::int[])[1 + MOD(number, 3)] END",
    "create_date": "start",
    "date_conversion": "CASE WHEN place > 0 THEN start + gap END",
    "date_closed": "CASE WHEN has_lost OR place = 4 THEN last END",
    "date_last_stage_update": "last",
    "team_id": "(%(teams)s::int[])[1 + MOD(number, 20)]",
    "user_id": "(%(users)s::int[])[1 + MOD(number, 100)]",
    "source_id": "(%(sources)s::int[])[1 + MOD(number, 10)]",
    "country_id": "(%(countries)s::int[])[1 + MOD(number, 50)]",
    "expected_revenue": "MOD(number, 997) * 10",
}

MESSAGES = """
    INSERT INTO mail_message (
        id, model, res_id, message_type, subtype_id, author_id, create_uid, date, create_date, body
    )
    SELECT %(first_message)s + number::bigint * 4 + step, 'crm.lead', %(first)s + number,
           'notification', %(note)s, %(author)s, 1, start + step * gap, start + step * gap, ''
      FROM past, generate_series(1, steps) AS step
     ORDER BY start + step * gap
"""

# What is tracked of a step: the field, and its old and new value.
VALUES = """
    INSERT INTO mail_tracking_value (
        mail_message_id, field_id, old_value_char, new_value_char, old_value_integer,
        new_value_integer
    )
    SELECT %(first_message)s + number::bigint * 4 + step, told.*
      FROM past
     CROSS JOIN generate_series(1, steps) AS step
     CROSS JOIN LATERAL (
         SELECT step = steps AND is_lost AS is_end
     ) AS ending
     CROSS JOIN LATERAL (
         SELECT %(type)s, 'Lead', 'Opportunity', 0, 0 WHERE step = 1 AND NOT is_end
      UNION ALL
         SELECT %(stage_id)s, stages.name[step - 1], stages.name[step],
                (%(stages)s::int[])[step - 1], (%(stages)s::int[])[step]
           FROM (SELECT ARRAY['New', 'Qualified', 'Proposition', 'Won'] AS name) AS stages
          WHERE step > 1 AND NOT is_end
      UNION ALL
         SELECT %(won_status)s, 'Pending', CASE WHEN is_end THEN 'Lost' ELSE 'Won' END, 0, 0
          WHERE is_end OR step = 4
      UNION ALL
         SELECT %(active)s, NULL, NULL, 1, 0 WHERE is_end
     ) AS told
"""


def fill(database):
    """Make the leads and their history, in a database without the addon."""
    with Registry(database).cursor() as cr:
        _fill(Environment(cr, SUPERUSER_ID, {}))


def _fill(env):
    users = env["res.users"].with_context(no_reset_password=True)
    lead = env["crm.lead"].create({"name": "Deal", "type": "opportunity"})
    env.flush_all()
    values = {
        "leads": history_sizes.LEADS,
        "first": lead.id,
        "stages": [env.ref(f"crm.stage_lead{number}").id for number in (1, 2, 3, 4)],
        "reasons": env["crm.lost.reason"].search([], limit=3).ids,
        "teams": env["crm.team"].create([{"name": f"Team {n}"} for n in range(TEAMS)]).ids,
        "users": users.create(
            [{"name": f"Rep {n}", "login": f"bench_{n}"} for n in range(USERS)]
        ).ids,
        "sources": env["utm.source"].create([{"name": f"Source {n}"} for n in range(SOURCES)]).ids,
        "countries": env["res.country"].search([], limit=50).ids,
        "note": env.ref("mail.mt_note").id,
        "author": env.user.partner_id.id,
        **{
            name: env["ir.model.fields"]._get("crm.lead", name).id
            for name in ("type", "stage_id", "won_status", "active")
        },
    }
    env.flush_all()
    [(values["first_message"],)] = env.execute_query(SQL("SELECT max(id) FROM mail_message"))
    env.execute_query(SQL(PAST, **values))
    copy_leads(
        env,
        own={name: SQL(value, **values) for name, value in LEAD_VALUES.items()},
        made=SQL(PLACE),
        of=SQL("lead.id = %s", lead.id),
        order=SQL("start"),
    )
    env.execute_query(SQL(MESSAGES, **values))
    env.execute_query(SQL(VALUES, **values))
    for table in ("crm_lead", "mail_message"):
        env.execute_query(
            SQL(
                "SELECT setval(%s, (SELECT max(id) FROM %s))",
                f"{table}_id_seq",
                SQL.identifier(table),
            )
        )
