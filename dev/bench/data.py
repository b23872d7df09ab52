"""What is in the databases: leads by the hundred thousand, the same in both."""

from contextlib import contextmanager

from odoo.api import SUPERUSER_ID, Environment
from odoo.exceptions import UserError
from odoo.fields import Command, Date
from odoo.modules.registry import Registry
from odoo.tools import SQL

from .data_sizes import (
    CUSTOMER_OF,
    LEADS,
    MET_COUNT,
    MOVED,
    MOVED_IDS,
    OPPORTUNITIES,
    TWICE,
    VISITORS,
)
from .leads import copy_leads
from .side import FAIR, LOGIN, MET, SELLERS, TEAM

COMPANIES = 20
TAGS = 5


def fill(database):
    """Make the leads, in the template of both."""
    with _superuser(database) as env:
        # Leads and opportunities apart, as where there is something to convert.
        env.ref("base.group_user").implied_ids += env.ref("crm.group_use_lead")
        team = env.ref(TEAM)
        team.use_leads = True
        rep = _make_user(env, "Rita Rep", LOGIN, team)
        sellers = [
            _make_user(env, f"Seller {number}", login, team)
            for number, login in enumerate(SELLERS, 1)
        ]
        _make_moved(env, rep, team)
        _copy_moved(env)
        _make_visitors(env, rep, team)
        _make_met(env, sellers, team)
        _tag_all(env)


def qualify(database):
    """In the database with the addon: rules in force, and leads that meet them."""
    # Importable only where the addon is.
    from odoo.addons.sales_funnel_stages.names import BATCH_LIMIT_PARAMETER
    from odoo.addons.sales_funnel_stages.tests.support import common

    with _superuser(database) as env:
        team = env.ref(TEAM)
        team.framework_id = env.ref("sales_funnel_stages.framework_bant")
        team.stage_rule_policy = "enforce"
        # The wizard converts all of them itself, as Odoo's does.
        env["ir.config_parameter"].set_param(BATCH_LIMIT_PARAMETER, str(VISITORS))
        env.flush_all()
        answers = {
            **common.CONVERT_ANSWERS,
            **common.QUALIFIED_ANSWERS,
            **common.PROPOSITION_ANSWERS,
        }
        assignments = [
            SQL("%s = %s", SQL.identifier(name), Date.today() if value == "today" else value)
            for name, value in answers.items()
        ]
        # Only those that are moved or converted, so that all others are as they are without the
        # addon.
        env.cr.execute(
            SQL(
                "UPDATE crm_lead SET %s WHERE id = ANY(%s) OR referred IN %s",
                SQL(", ").join(assignments),
                list(MOVED_IDS),
                (FAIR, MET),
            )
        )
        env.cr.execute(
            """
            INSERT INTO crm_lead_stakeholder
                   (lead_id, contact_name, role, relationship, is_key_contact)
            SELECT id, 'Ada Key', 'buyer', 'engaged', true
              FROM crm_lead
             WHERE id = ANY(%s)
            """,
            [list(MOVED_IDS)],
        )
        env.invalidate_all()
        _check_that_rules_are_in_force(env)


@contextmanager
def _superuser(database):
    with Registry(database).cursor() as cr:
        yield Environment(cr, SUPERUSER_ID, {})


def _make_user(env, name, login, team):
    groups = env.ref("base.group_user") + env.ref("sales_team.group_sale_salesman_all_leads")
    return env["res.users"].create(
        {
            "name": name,
            "login": login,
            "email": f"{login}@example.com",
            "group_ids": [Command.set(groups.ids)],
            "crm_team_member_ids": [Command.create({"crm_team_id": team.id})],
        }
    )


def _make_moved(env, rep, team):
    """Make the opportunities that are moved, as the salesperson would."""
    companies = env["res.partner"].create(
        [
            {
                "name": f"Company {number}",
                "is_company": True,
                "email": f"info@company-{number}.example.com",
            }
            for number in range(COMPANIES)
        ]
    )
    env["crm.tag"].create([{"name": f"Tag {number}"} for number in range(TAGS)])
    leads = env["crm.lead"].with_user(rep)
    created = leads.create(
        [
            {
                "name": f"Deal {number}",
                "type": "opportunity",
                "partner_id": companies[number % COMPANIES].id,
                "user_id": rep.id,
                "team_id": team.id,
                "stage_id": env.ref("crm.stage_lead1").id,
                "expected_revenue": 1000 + number,
            }
            for number in range(MOVED)
        ]
    )
    # By these they are found, and by nothing else that would have to be looked up.
    assert created.ids == list(MOVED_IDS)


def _copy_moved(env):
    """Copy the opportunities that are moved, row by row, until there are as many as asked for.

    Leads are among the opportunities, as in a table that has grown by both.
    """
    # The kanban shows 40 cards a stage, so those of two are the 80 that are asked for.
    stages = [env.ref(name).id for name in ("crm.stage_lead1", "crm.stage_lead2")]
    copy_leads(
        env,
        own={
            "type": SQL("kind"),
            "stage_id": SQL("(%s::int[])[1 + MOD(copy, 2)]", stages),
        },
        made=SQL(
            """
            SELECT copy, kind
              FROM generate_series(1, %s) AS copy,
                   (VALUES ('opportunity', 1), ('lead', %s)) AS each (kind, every)
             WHERE MOD(copy, every) = 0
            """,
            OPPORTUNITIES // MOVED - 1,
            OPPORTUNITIES // LEADS,
        ),
        of=SQL("TRUE"),
        order=SQL("copy, lead.id, kind"),
    )


def _make_visitors(env, rep, team):
    """Make the leads that are converted: one by Odoo, the others as copies of it, row by row."""
    first = (
        env["crm.lead"]
        .with_user(rep)
        .create(
            {
                "name": "Visitor 1",
                "type": "lead",
                "user_id": False,
                "team_id": team.id,
                "referred": FAIR,
                "contact_name": "Ada Visitor 1",
                "partner_name": "Firm 1 Ltd",
                "email_from": "visitor-1@firm-1.example.com",
                "phone": "+32 2 290 00 01",
                "city": "Ghent",
            }
        )
    )
    own = {
        "name": SQL("'Visitor ' || number"),
        "contact_name": SQL("'Ada Visitor ' || number"),
        # Every other one says for whom they came.
        "partner_name": SQL("CASE WHEN MOD(number, 2) = 1 THEN 'Firm ' || number || ' Ltd' END"),
        "email_from": SQL("email"),
        "email_normalized": SQL("email"),
        "email_domain_criterion": SQL("'@' || SPLIT_PART(email, '@', 2)"),
        "phone": SQL("'+32 2 29' || LPAD(number::text, 5, '0')"),
        "phone_sanitized": SQL("'+32229' || LPAD(number::text, 5, '0')"),
    }
    copy_leads(
        env,
        own,
        made=SQL(
            """
            SELECT number, 'visitor-' || who || '@firm-' || who || '.example.com' AS email
              FROM generate_series(2, %s) AS number,
                   LATERAL (SELECT CASE MOD(number, %s) WHEN 0 THEN number - 1
                                   ELSE number END AS who) AS person
            """,
            VISITORS,
            TWICE,
        ),
        of=SQL("lead.id = %s", first.id),
        order=SQL("number"),
    )


def _make_met(env, sellers, team):
    """Make the leads whom salespeople have met, by Odoo."""
    values = [
        {
            "name": f"Met {number}",
            "type": "lead",
            "user_id": sellers[number % len(sellers)].id,
            "team_id": team.id,
            "referred": MET,
            "contact_name": f"Bob Met {number}",
            "partner_name": f"House {number} Ltd" if number % 2 else False,
            "email_from": f"met-{number}@house-{number}.example.com",
            "phone": f"+32 2 28{number:05}",
        }
        for number in range(MET_COUNT)
    ]
    of_customers = values[::CUSTOMER_OF]
    customers = env["res.partner"].create(
        [
            {"name": vals["contact_name"], "email": vals["email_from"], "phone": vals["phone"]}
            for vals in of_customers
        ]
    )
    for vals, customer in zip(of_customers, customers, strict=True):
        vals["partner_id"] = customer.id
    env["crm.lead"].with_context(tracking_disable=True).create(values)


def _tag_all(env):
    env.cr.execute(
        """
        INSERT INTO crm_tag_rel (lead_id, tag_id)
        SELECT lead.id, tag.id
          FROM crm_lead AS lead
          JOIN crm_tag AS tag ON MOD(lead.id, 5) = MOD(tag.id, 5)
        """
    )


def _check_that_rules_are_in_force(env):
    """What is measured is a gate that is closed to those who do not qualify."""
    env.cr.commit()
    rep = env["res.users"].search([("login", "=", LOGIN)])
    lead = env["crm.lead"].with_user(rep).browse(MOVED)
    lead.write({"stage_id": env.ref("crm.stage_lead3").id})
    env.cr.rollback()
    lead.need_level = False
    try:
        lead.write({"stage_id": env.ref("crm.stage_lead3").id})
    except UserError:
        env.cr.rollback()
        return
    raise AssertionError("The rules are not in force: a lead without need was let through.")
