"""A company that has used Odoo's CRM for two years: run in Odoo's shell.

What counts for us is what there is, and how much: leads of everybody, worked on as Odoo tracks it,
duplicates, customers, activities, mail.
"""

from odoo.fields import Command, Date
from odoo.tools import split_every

TEAMS = 3
REPS = 6
YEARS = 2
# What salespeople have done, in this order: of how many leads out of a hundred, and what.
WORK = (
    ("converted", 40, {"type": "opportunity"}),
    ("qualified", 30, {"stage": 1}),
    ("proposed", 20, {"stage": 2}),
)
WON, LOST = 8, 8
# How many leads are made, and changed, in a transaction; and of how many Odoo has tracked it: the
# others came from elsewhere.
BATCH = 500
TRACKED = 2000
QUIET = {"mail_auto_subscribe_no_notify": True, "mail_notify_force_send": False}
UNTRACKED = {**QUIET, "tracking_disable": True, "mail_create_nosubscribe": True}
# Lead by lead and message by message, in the order in which all was done.
TELL_DATES = """
    UPDATE crm_lead
       SET create_date = now() AT TIME ZONE 'UTC' - interval '1 day' * (%(days)s * place)
      FROM (SELECT id AS lead_id, 1 - percent_rank() OVER (ORDER BY id) * 0.98 AS place
              FROM crm_lead) AS placed
     WHERE id = lead_id;
    UPDATE crm_lead
       SET date_open = create_date,
           date_conversion = CASE type WHEN 'opportunity' THEN create_date + interval '1 day' END,
           date_last_stage_update = create_date + interval '4 days',
           date_closed = CASE WHEN date_closed IS NOT NULL THEN create_date + interval '6 days' END;
    UPDATE mail_message
       SET date = placed.date, create_date = placed.date
      FROM (SELECT message.id,
                   lead.create_date + interval '1 day' * (row_number() OVER (
                       PARTITION BY lead.id ORDER BY message.id) - 1) AS date
              FROM mail_message AS message
              JOIN crm_lead AS lead ON lead.id = message.res_id AND message.model = 'crm.lead'
           ) AS placed
     WHERE mail_message.id = placed.id;
    UPDATE mail_tracking_value AS value
       SET create_date = message.date
      FROM mail_message AS message
     WHERE message.id = value.mail_message_id AND message.model = 'crm.lead'
"""


def use(env, lead_count):
    """Let a company have worked with so many leads."""
    env.ref("base.group_user").implied_ids += env.ref("crm.group_use_lead")
    reps = _hire(env)
    partners = _meet(env, lead_count // 5)
    leads = _receive(env, reps, partners, lead_count)
    for _what, share, values in WORK:
        _work(env, leads[: lead_count * share // 100], values)
    _end(env, leads, lead_count)
    _write_and_plan(env, leads)
    env.flush_all()
    env.cr.execute(TELL_DATES, {"days": 365 * YEARS})
    env.invalidate_all()
    env.cr.commit()


def _hire(env):
    groups = env.ref("base.group_user") + env.ref("sales_team.group_sale_salesman")
    reps = env["res.users"].create(
        [
            {
                "name": f"Rep {number}",
                "login": f"rep{number}",
                "password": f"rep{number}",
                "email": f"rep{number}@company.example.com",
                "group_ids": [Command.set(groups.ids)],
            }
            for number in range(REPS)
        ]
    )
    env["crm.team"].create(
        [
            {
                "name": f"Region {number}",
                "use_leads": True,
                "member_ids": [Command.set(reps[number::TEAMS].ids)],
            }
            for number in range(TEAMS)
        ]
    )
    return reps


def _meet(env, count):
    partners = env["res.partner"].with_context(**UNTRACKED)
    companies = partners.create(
        [
            {
                "name": f"Customer {number}",
                "is_company": True,
                "email": f"office@customer{number}.example.com",
                "city": "Ghent",
            }
            for number in range(count // 2)
        ]
    )
    contacts = partners.create(
        [
            {
                "name": f"Contact {number}",
                "parent_id": company.id,
                "email": f"contact{number}@customer{number}.example.com",
                "phone": f"+32 2 290 {number:04}"[:16],
            }
            for number, company in enumerate(companies)
        ]
    )
    return companies + contacts


def _receive(env, reps, partners, count):
    """Make the leads: each fifth of a customer, each tenth of somebody who had asked before."""
    tags = env["crm.tag"].create([{"name": f"Tag {number}"} for number in range(5)])
    sources = env["utm.source"].create([{"name": f"Source {number}"} for number in range(5)])
    leads = env["crm.lead"]
    for start in range(0, count, BATCH):
        leads += leads.with_context(**_get_context(start)).create(
            [
                {
                    **_who(number, partners),
                    "name": f"Inquiry {number}",
                    "type": "lead",
                    # what nobody has taken yet
                    "user_id": number % 7 and reps[number % REPS].id,
                    "expected_revenue": 500 + number % 1000 * 10,
                    "priority": str(number % 4),
                    "tag_ids": [Command.link(tags[number % 5].id)],
                    "source_id": sources[number % 5].id,
                    "date_deadline": Date.add(Date.today(), days=number % 90),
                    "description": f"They ask for {number}.",
                }
                for number in range(start, min(start + BATCH, count))
            ]
        )
        env.cr.commit()
        env.invalidate_all()
    return leads.with_context(**QUIET)


def _get_context(place):
    return QUIET if place < TRACKED else UNTRACKED


def _who(number, partners):
    if number % 5 == 0:
        return {"partner_id": partners[number // 5 % len(partners)].id}
    same = number - 1 if number % 10 == 2 else number
    return {
        "contact_name": f"Visitor {same}",
        "partner_name": f"Firm {same}" if same % 2 else False,
        "email_from": f"visitor{same}@firm{same}.example.com",
        "phone": f"+32 2 29{same:06}",
    }


def _work(env, leads, values):
    values = dict(values)
    if "stage" in values:
        stages = env["crm.stage"].search([])
        values["stage_id"] = stages[values.pop("stage")].id
    for place, batch in enumerate(split_every(BATCH, leads.ids, leads.browse)):
        batch.with_context(**_get_context(place * BATCH)).write(values)
        env.cr.commit()


def _end(env, leads, count):
    won = leads[: count * WON // 100]
    lost = leads[len(won) : len(won) + count * LOST // 100]
    reasons = env["crm.lost.reason"].search([])
    won.action_set_won()
    env.cr.commit()
    for place, reason in enumerate(reasons):
        lost[place :: len(reasons)].action_set_lost(lost_reason_id=reason.id)
    env.cr.commit()


def _write_and_plan(env, leads):
    open_leads = leads.filtered("active")
    for lead in open_leads[:200]:
        lead.message_post(body=f"We have called {lead.name}", message_type="comment")
    for lead in open_leads[200:400]:
        lead.message_post(
            body="What does it cost?", message_type="email", email_from="someone@example.com"
        )
    env.cr.commit()
    env["mail.activity"].create(
        [
            {
                "res_model_id": env["ir.model"]._get_id("crm.lead"),
                "res_id": lead.id,
                "activity_type_id": env.ref("mail.mail_activity_data_call").id,
                "date_deadline": Date.add(Date.today(), days=lead.id % 20 - 10),
                "user_id": lead.user_id.id or env.uid,
            }
            for lead in open_leads[:1500]
        ]
    )
    env.cr.commit()
