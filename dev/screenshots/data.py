"""What the demo data lack: mass conversions, one in the middle and one that has ended; rules and
answers that somebody has changed; a deal that was handed to a team without what it requires; a
stage that was deleted; a step that an older version got wrong; deals to be merged, leads to be
converted in mass, and customers whose addresses replace those of leads.

Runs in Odoo's shell, since what is converted is committed chunk by chunk.
"""

from unittest.mock import patch

from ..tests.processes import ask

SCRIPT = """
from dev.screenshots import data
data.make(env)
env.cr.commit()
env.registry.signal_changes()
"""


def prepare(odoo, database):
    """Add them to a database."""
    ask(odoo, database, SCRIPT)


def make(env):
    """Add them in an environment of the superuser."""
    env = env(user=env.ref("base.user_admin"))
    paused = _begin_batch(env)
    paused.action_pause()
    ended = _begin_batch(env)
    ended.action_cancel()
    step = _change_rules(env)
    env["ir.model.data"]._update_xmlids(
        [
            {"xml_id": "__import__.paused_batch", "record": paused},
            {"xml_id": "__import__.ended_batch", "record": ended},
            {"xml_id": "__import__.arrived_deal", "record": _hand_over(env)},
            {"xml_id": "__import__.step", "record": step},
            {"xml_id": "__import__.doubtful_deal", "record": _doubt(env)},
            {"xml_id": "__import__.merge", "record": _prepare_merge(env)},
            {"xml_id": "__import__.mass", "record": _prepare_mass_conversion(env)},
            {"xml_id": "__import__.lead_to_link", "record": _make_lead_to_link(env)},
            {"xml_id": "__import__.linked_deal", "record": _link(env)},
        ]
    )
    _delete_stage(env)
    _ask_for_approval(env)
    env.company.is_lost_reason_required = True


def _make_deal(env, name, **values):
    return env["crm.lead"].create(
        {
            "name": name,
            "type": "opportunity",
            "user_id": env.uid,
            "team_id": env.ref("sales_team.team_sales_department").id,
            **values,
        }
    )


def _delete_stage(env):
    """Let two deals be in a stage, and delete it."""
    stage = env["crm.stage"].create({"name": "Site visit", "sequence": 2})
    deals = _make_deal(env, "Roof garden") + _make_deal(env, "Winter garden")
    deals.stage_id = stage
    deals.stage_id = env.ref("crm.stage_lead3")
    stage.unlink()


def _doubt(env):
    """Return a deal with a step that is marked, as the update of an older database does."""
    deal = _make_deal(env, "Canteen of the harbour office")
    for number in (2, 3):
        deal.stage_id = env.ref(f"crm.stage_lead{number}")
    env.flush_all()
    [*_others, row, _last] = deal.transition_ids.sorted("id")
    env["crm.stage.transition.mark"]._mark(row.ids, "doubtful")
    return deal


def _prepare_merge(env):
    """Return an action that opens Odoo's merge of an open deal and a lost one."""
    deals = _make_deal(env, "Reading room") + _make_deal(env, "Reading room, again")
    deals[0].action_set_lost()
    action = env.ref("crm.action_merge_opportunities")
    context = {"active_model": "crm.lead", "active_ids": deals.ids}
    return action.copy({"context": str(context), "binding_model_id": False})


def _prepare_mass_conversion(env):
    """Return an action that opens Odoo's mass conversion, of so many that it is a batch."""
    env["ir.config_parameter"].set_param("sales_funnel_stages.conversion_batch_limit", "2")
    leads = env["crm.lead"].search([("type", "=", "lead")], limit=6, order="id")
    action = env.ref("crm.action_crm_send_mass_convert")
    context = {"active_model": "crm.lead", "active_ids": leads.ids}
    return action.copy({"context": str(context), "binding_model_id": False})


def _make_lead_to_link(env):
    """Return a lead with another address than the customer who has its e-mail."""
    return _make_deal(env, "Reading corner", type="lead", **_make_customer(env, "Elm Street Books"))


def _link(env):
    """Return a deal to which its customer gave an address."""
    deal = _make_deal(env, "Shop window", type="lead", **_make_customer(env, "Oak Street Books"))
    customer = env["res.partner"].search([("email", "=", deal.email_from)])
    deal.convert_opportunity(customer)
    return deal


def _make_customer(env, name):
    """Make a customer; return values of a lead with the same e-mail, and another address."""
    email = f"shop@{name.split()[0].lower()}.example.com"
    env["res.partner"].create(
        {
            "name": name,
            "email": email,
            "street": "Elm Street 12",
            "zip": "2000",
            "city": "Antwerp",
            "country_id": env.ref("base.be").id,
            "is_company": True,
        }
    )
    return {
        "partner_name": name,
        "email_from": email,
        "street": "Harbour Street 7",
        "city": "Ghent",
        "function": "Buyer",
        "website": "https://books.example.com",
    }


def _hand_over(env):
    """Return a deal that came far by the rules of a laxer team."""
    deal = _make_deal(
        env,
        "Shop fitting for Harbour Street",
        partner_name="Harbour Street Books",
        expected_revenue=18000,
    )
    deal.stage_id = env.ref("crm.stage_lead3")
    deal.team_id = env.ref("sales_funnel_stages.demo_team_accounts")
    return deal


def _change_rules(env):
    """Loosen a rule for a move, and change an answer; return the step that was taken."""
    deal = env.ref("sales_funnel_stages.demo_deal_67")
    deal.qualification_answer_ids[:2].write({"evidence": "They told us on the phone"})
    rule = env.ref("sales_funnel_stages.framework_meddpicc").rule_ids.filtered("stage_id")[0]
    rule.tier = "recommended"
    rule.criterion_id.write({"weight": 3, "domain": "[('user_id', '!=', False)]"})
    team = env.ref("sales_funnel_stages.demo_team_accounts")
    team.write({"stage_rule_policy": "guide"})
    won = deal.copy({"name": "Trade fair: showroom"})
    won.action_set_won()
    team.write({"stage_rule_policy": "enforce"})
    rule.tier = "required"
    return won.transition_ids.sorted("id")[-1]


def _ask_for_approval(env):
    """Let a rep ask for three moves, of which one lacks more by now than when it was asked for."""
    user = env.ref("sales_funnel_stages.demo_user_elias")
    for name, revenue, stage_number, reason in (
        ("Reception desks for three clinics", 42000, 2, "They sign the order before they answer"),
        ("Acoustic panels", 8900, 3, "Their buyer is away until March and wants an offer now"),
        ("Meeting rooms at the town hall", 120500, 2, "A public tender: no budget is told"),
    ):
        deal = _make_deal(
            env,
            name,
            type="lead",
            expected_revenue=revenue,
            user_id=user.id,
            team_id=env.ref("sales_funnel_stages.demo_team_accounts").id,
            need_level="strong",
        )
        deal.with_user(user).action_request_stage_approval(
            {
                "type": "opportunity",
                "stage_id": env.ref(f"crm.stage_lead{stage_number}").id,
                "reason": reason,
            }
        )
    deal.need_level = False
    # sudo: nobody writes requests
    request = deal.sudo().stage_request_ids
    # as if the rest had been known when it was asked for
    request.unmet_criterion_ids = request.unmet_criterion_ids[:1]


def _begin_batch(env):
    """Return a conversion batch after its first chunk, in which one lead was left as it was."""
    team = env.ref("sales_funnel_stages.demo_team_accounts")
    leads = env["crm.lead"].create(
        [
            {
                "name": f"Trade fair: {name}",
                "type": "lead",
                "partner_name": name,
                "user_id": env.uid,
                "team_id": False if name != "Nordlicht" else team.id,
            }
            for name in ("Atelier Blau", "Nordlicht", "Café Central", "Werk 7")
        ]
    )
    batch_model = env["crm.lead.conversion.batch"]
    with patch("odoo.addons.sales_funnel_stages.models.mass_conversion.chunks.CHUNK_SIZE", 2):
        batch = batch_model._start(leads, {"action": "each_exist_or_create", "deduplicate": True})
    env.flush_all()
    # sudo: as the scheduled job does
    batch_model.sudo()._work_on_chunk()
    return batch
