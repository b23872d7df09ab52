"""What a company that has used CRM for two years does next, with the addon or without."""

from datetime import timedelta

from odoo.api import SUPERUSER_ID, Environment
from odoo.fields import Date
from odoo.modules.registry import Registry

COMPANIES = 4
ANSWERED, OVERRIDDEN, HANDED_OVER = 1_000, 200, 100
QUIET = {"tracking_disable": True, "mail_auto_subscribe_no_notify": True}


def go_on(database):
    """Go on with the work; where the addon is, under its rules.

    Other companies; some deals move on, with the addon by an override, and are handed over.
    """
    registry = Registry(database)
    with registry.cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        admin = env.ref("base.user_admin")
        companies = env["res.company"].create(
            [{"name": f"Company {number}"} for number in range(COMPANIES)]
        )
        admin.company_ids += companies
        admin.group_ids += env.ref("sales_team.group_sale_manager")
        env["crm.team"].create(
            [{"name": f"Team of {each.name}", "company_id": each.id} for each in companies]
        )
    has_addon = "stage_rule_policy" in registry["crm.lead"].pool["crm.team"]._fields
    with registry.cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        if has_addon:
            _set_rules(env)
        _move_on(env, has_addon)
    with registry.cursor() as cr:
        if has_addon:
            _make_overdue(cr)


def _set_rules(env):
    teams = env["crm.team"].search([])
    teams.framework_id = env.ref("sales_funnel_stages.framework_bant")
    teams.stage_rule_policy = "enforce"
    env.ref("sales_team.team_sales_department").stage_rule_policy = "guide"
    leads = env["crm.lead"].with_context(**QUIET).search([], limit=ANSWERED, order="id desc")
    leads.write({"need_level": "strong", "budget_status": "estimated"})
    leads[: len(leads) // 2].write({"contact_role": "buyer", "purchase_date": Date.today()})


def _move_on(env, has_addon):
    leads = env["crm.lead"].with_user(env.ref("base.user_admin")).with_context(**QUIET)
    first, second, *_others = env["crm.stage"].search([])
    moved = leads.search(
        [("type", "=", "opportunity"), ("stage_id", "=", first.id)], limit=OVERRIDDEN, order="id"
    )
    values = {"stage_id": second.id}
    if has_addon:
        tomorrow = Date.to_string(Date.today() + timedelta(days=1))
        moved.move_with_reason(values, "They have signed", tomorrow)
    else:
        moved.write(values)
    teams = env["crm.team"].search([("company_id", "=", False)])
    moved[:HANDED_OVER].write({"team_id": teams[-1].id})


def _make_overdue(cr):
    """Let half of what was promised for tomorrow have been promised for yesterday."""
    # rows of the ledger are not changed by anybody; time is, here
    cr.execute("ALTER TABLE crm_stage_transition DISABLE TRIGGER USER")
    cr.execute(
        "UPDATE crm_stage_transition SET make_good_date = make_good_date - 2"
        " WHERE make_good_date IS NOT NULL AND id % 2 = 0"
    )
    cr.execute("ALTER TABLE crm_stage_transition ENABLE TRIGGER USER")
