"""What the demo data lack: mass conversions, one in the middle and one that has ended; rules and
answers that somebody has changed; a deal that was handed to a team without what it requires.

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
        ]
    )


def _hand_over(env):
    """Return a deal that came far by the rules of a laxer team."""
    deal = env["crm.lead"].create(
        {
            "name": "Shop fitting for Harbour Street",
            "type": "opportunity",
            "partner_name": "Harbour Street Books",
            "expected_revenue": 18000,
            "user_id": env.uid,
            "team_id": env.ref("sales_team.team_sales_department").id,
        }
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
