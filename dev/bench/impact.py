"""What the impact preview takes: on a million leads, a hundred thousand of them open."""

from statistics import median

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import SQL

from .clock import clock
from .leads import copy_leads

LEADS = 1_000_000
TEAMS = 20
USERS = 100
RUNS = 9
# Of a lead: a tenth are open, a fifth won, of which a quarter within a year. The answers are
# there or not as it happens.
VALUES = {
    "type": "CASE WHEN kind < 0.4 THEN 'lead' ELSE 'opportunity' END",
    "won_status": "CASE WHEN kind < 0.5 THEN 'pending' WHEN kind < 0.7 THEN 'won' ELSE 'lost' END",
    "active": "kind < 0.7",
    "probability": "CASE WHEN kind < 0.5 THEN 30 WHEN kind < 0.7 THEN 100 ELSE 0 END",
    "stage_id": "CASE WHEN kind BETWEEN 0.5 AND 0.7 THEN %(won)s"
    " ELSE (%(stages)s::int[])[1 + FLOOR(one * 3)::int] END",
    "team_id": "(%(teams)s::int[])[1 + MOD(number, %(team_count)s)]",
    "user_id": "(%(users)s::int[])[1 + MOD(number, %(user_count)s)]",
    "date_closed": "CASE WHEN kind >= 0.5 THEN NOW() - (two * 1460) * INTERVAL '1 day' END",
    "name": "'Deal ' || number",
    "need_level": "CASE WHEN two < 0.8 THEN 'strong' END",
    "budget_status": "CASE WHEN two < 0.9 THEN 'estimated' END",
    "purchase_date": "CASE WHEN one < 0.9 THEN CURRENT_DATE + (one * 170)::int END",
    "requirement_summary": "CASE WHEN one < 0.8 THEN 'What they need' END",
    "engagement_date": "CASE WHEN one < 0.8 THEN CURRENT_DATE END",
    "supplier_status": "CASE WHEN one < 0.7 THEN 'no_supplier' END",
    "payment_terms_status": "CASE WHEN two < 0.7 THEN 'agreed' END",
    "contract_status": "CASE WHEN two < 0.7 THEN 'signed' END",
}


def fill(database):
    """Make the leads, in a database with the addon."""
    with Registry(database).cursor() as cr:
        _fill(Environment(cr, SUPERUSER_ID, {}))


def measure(database):
    """Print what the previews take → the exit code."""
    with Registry(database).cursor() as cr:
        admin = Environment(cr, SUPERUSER_ID, {}).ref("base.user_admin")
        return _measure(Environment(cr, admin.id, {"allowed_company_ids": admin.company_ids.ids}))


def _fill(env):
    teams = env["crm.team"].create([{"name": f"Team {n}"} for n in range(TEAMS)])
    users = env["res.users"].with_context(no_reset_password=True)
    users = users.create([{"name": f"Rep {n}", "login": f"bench_{n}"} for n in range(USERS)])
    partner = env["res.partner"].create({"name": "Customer"})
    lead = env["crm.lead"].create({"name": "Deal", "partner_id": partner.id})
    parameters = {
        "won": env.ref("crm.stage_lead4").id,
        "stages": [env.ref(f"crm.stage_lead{number}").id for number in (1, 2, 3)],
        "teams": teams.ids,
        "team_count": TEAMS,
        "users": users.ids,
        "user_count": USERS,
    }
    copy_leads(
        env,
        own={name: SQL(value, **parameters) for name, value in VALUES.items()},
        made=SQL(
            """
            SELECT number, RANDOM() AS kind, RANDOM() AS one, RANDOM() AS two
              FROM generate_series(1, %s) AS number
            """,
            LEADS,
        ),
        of=SQL("lead.id = %s", lead.id),
        order=SQL("number"),
    )
    env.cr.execute(
        """
        INSERT INTO crm_lead_stakeholder (lead_id, contact_name, role, relationship, is_key_contact)
        SELECT id, 'Ada Key', 'buyer', 'engaged', TRUE
          FROM crm_lead
         WHERE id > %s AND MOD(id, 5) > 0
        """,
        [lead.id],
    )


def _measure(env):
    # Processes that PostgreSQL starts to help are on no clock of ours.
    env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    framework = env.ref("sales_funnel_stages.framework_bant")
    teams = env["crm.team"].search([])
    one = teams.filtered(lambda team: team.name == "Team 0")
    print(f"  {LEADS:,} leads. {framework.stage_rule_impact['summary']}")
    short = 0
    for name, records, at_most in (
        ("one team", one, 0.2),
        ("all teams", teams, 1),
        ("a framework", framework, 1),
        ("a rule", framework.rule_ids[:1], 1),
    ):
        now = clock(env.cr)
        seconds = []
        for _run in range(RUNS):
            env.invalidate_all()
            started = now()
            records.mapped("stage_rule_impact")
            seconds.append(now() - started)
        taken = median(seconds)
        short += taken > at_most
        verdict = "SHORT" if taken > at_most else "ok"
        print(f"  {verdict:7}impact of {name}: {taken:.3f} s; asked: at most {at_most} s")
    return 1 if short else 0
