"""Uninstalling the addon leaves nothing of it behind."""

from dev.checkout import addon_names
from dev.database import copied
from dev.tests.processes import ask, this_odoo
from dev.tests.whole_database import lost, rows, schema

# as a database without demo data, which would change others' records for good
PREPARE = """
modules = env["ir.module.module"]
modules.update_list()
modules.search([]).demo = False
env.cr.commit()
"""

# each of the addon's models in use, on records that were there before, without chatter about it
USE = """
env = env(context={"tracking_disable": True, "mail_activity_quick_update": True})
team = env["crm.team"].search([], limit=1)
framework = env.ref("sales_funnel_stages.framework_bant")
team.write({"framework_id": framework.id, "stage_rule_policy": "enforce"})
stage = env["crm.stage"].search([("rule_ids", "=", False)], limit=1)
stage.is_outside_pipeline = True
criterion = env["crm.qualification.criterion"].create(
    {"name": "A question", "framework_id": framework.id, "domain": "[('need_level', '=', 'weak')]"}
)
env["crm.stage.rule"].create({"framework_id": framework.id, "criterion_id": criterion.id})
lead = env["crm.lead"].search([("type", "=", "lead")], limit=1)
lead.need_level = "weak"
env["crm.lead.stakeholder"].create({"lead_id": lead.id, "contact_name": "Bo"})
asked = env.ref("sales_funnel_stages.criterion_meddpicc_metrics")
env["crm.qualification.answer"].create(
    {"lead_id": lead.id, "criterion_id": asked.id, "answer": "yes"}
)
assert env["crm.stage.transition"].search_count([]) >= env["crm.lead"].search_count([])
ours = [("module", "=", "sales_funnel_stages"), ("model", "=", "mail.activity.type")]
for activity_type in env["ir.model.data"].search(ours):
    scheduled = [lead.activity_schedule(activity_type.complete_name) for _ in range(2)]
    scheduled[0].action_archive()
env["ir.config_parameter"].set_param("sales_funnel_stages.conversion_batch_limit", "50")
env["crm.lead.conversion.batch"]._set_job_count(2)
env["crm.lead.conversion.batch"]._start(lead, {"action": "create"})
env.ref("base.user_demo").group_ids += env.ref("sales_funnel_stages.group_stage_rule_override")
env.cr.commit()
"""

UNINSTALL = """
env["ir.module.module"].search([("name", "=", "sales_funnel_stages")]).button_immediate_uninstall()
"""

OPEN_LEADS = """
from odoo.tests import Form
lead_model = env["crm.lead"].with_user(env.ref("base.user_admin"))
for kind in ("list", "form", "kanban", "search", "graph", "pivot", "calendar", "activity"):
    for view in env["ir.ui.view"].search([("model", "=", "crm.lead"), ("type", "=", kind)]):
        lead_model.get_views([(view.id, kind)])
for name in ("crm.lead", "crm.team", "crm.stage", "crm.lead2opportunity.partner"):
    env[name].get_views([(False, "form"), (False, "search")])
lead = lead_model.search([("type", "=", "opportunity")], limit=1)
with Form(lead) as form:
    form.name = "Still there"
lead.action_set_won()
print("ANSWER", lead.name, lead.won_status)
"""

# What Odoo itself leaves behind of any addon, and what its own machinery changes meanwhile.
ODOO_S_OWN = {
    # foreign keys of columns that an addon adds to others' tables are listed without an XML id,
    # which is all that an uninstallation goes by; the keys themselves are gone
    "ir_model_constraint",
    # that its garbage collector is to run soon
    "ir_cron_trigger",
    # that other processes have to load the registry and their caches again
    "orm_signaling_registry",
}


def test_nothing_is_left_behind():
    odoo = this_odoo()
    with copied(odoo) as database:
        ask(odoo, database, PREPARE)
        schema_before, before = schema(database), rows(database)
        assert not odoo.load(database, "-i", addon_names())
        ask(odoo, database, USE + UNINSTALL)
        after = rows(database)
        assert schema(database) == schema_before
        assert lost(after, before, ignored=ODOO_S_OWN) == {}
        assert lost(before, after, ignored=ODOO_S_OWN) == {}
        assert ask(odoo, database, OPEN_LEADS) == ["Still there won"]
