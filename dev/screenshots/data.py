"""What the demo data lack: a deal whose team has questions, with answers and a past; batches.

Runs in Odoo's shell, since time passes in it.
"""

from datetime import timedelta
from unittest.mock import patch

from ..tests.processes import ask

SCRIPT = """
from dev.screenshots import data
data.make(env)
env.cr.commit()
env.registry.signal_changes()
"""
FIRST_REASON = "Their architect decides this month and wants drawings."
SECOND_REASON = "The figures come with the offer: their head of retail has asked for it."


def prepare(odoo, database):
    """Add them to a database."""
    ask(odoo, database, SCRIPT)


def make(env):
    """Add them in an environment of the superuser."""
    now = env.cr.now()
    env = env(user=env.ref("base.user_admin"))
    team = env["crm.team"].create(
        {
            "name": "Key Accounts",
            "use_leads": True,
            "user_id": env.uid,
            "stage_rule_policy": "enforce",
            "framework_id": env.ref("sales_funnel_stages.framework_meddpicc").id,
        }
    )
    deal = env["crm.lead"]
    for days, step in [
        (41, _begin),
        (36, _convert),
        (24, _enter(FIRST_REASON)),
        (10, _go_back),
        (3, _enter(SECOND_REASON)),
    ]:
        with patch.object(env.cr, "now", lambda days=days: now - timedelta(days=days)):
            deal = step(deal, team)
            env.flush_all()
    _answer(deal, "metrics", "yes", "Their head of retail: two fitters less a year")
    _answer(deal, "decision_criteria", "undisclosed", "")
    paused = _begin_batch(env, team)
    paused.action_pause()
    ended = _begin_batch(env, team)
    ended.action_cancel()
    env["ir.model.data"]._update_xmlids(
        [
            {"xml_id": "__import__.answered", "record": deal},
            {"xml_id": "__import__.paused_batch", "record": paused},
            {"xml_id": "__import__.ended_batch", "record": ended},
        ]
    )


def _begin_batch(env, team):
    """Return a conversion batch after its first chunk, in which one lead was left as it was."""
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
    with patch("odoo.addons.sales_funnel_stages.models.crm_lead_chunks.CHUNK_SIZE", 2):
        batch = batch_model._start(leads, {"action": "each_exist_or_create", "deduplicate": True})
    env.flush_all()
    batch_model.sudo()._work_on_chunk()
    return batch


def _begin(deal, team):
    return deal.create(
        {
            "name": "Showroom in the old harbour",
            "type": "lead",
            "partner_id": deal.env.ref("base.res_partner_18").id,
            "user_id": deal.env.uid,
            "team_id": team.id,
            "expected_revenue": 42000,
            "need_level": "strong",
            "need_summary": "The lease of the present showroom ends in autumn.",
            "contact_role": "influencer",
        }
    )


def _convert(deal, team):
    deal.convert_opportunity(deal.partner_id)
    return deal


def _enter(reason):
    def enter(deal, team):
        overriding = deal.with_context(stage_rule_override_reason=reason)
        overriding.stage_id = deal.env.ref("crm.stage_lead2")
        return deal

    return enter


def _go_back(deal, team):
    deal.stage_id = deal.env.ref("crm.stage_lead1")
    return deal


def _answer(deal, criterion, answer, evidence):
    deal.env["crm.qualification.answer"].create(
        {
            "lead_id": deal.id,
            "criterion_id": deal.env.ref(f"sales_funnel_stages.criterion_meddpicc_{criterion}").id,
            "answer": answer,
            "evidence": evidence,
        }
    )
