"""What a company builds on what the addon brings, by which it is used: run in Odoo's shell.

All of it is still there when the addon is gone, and must not stop anybody's work then.
"""

OURS = "[('need_level', '=', 'strong')]"
VIEW = "<field name='name' position='after'><field name='need_level'/></field>"


def set_up(env):
    """Use our fields in a favourite, an assignment rule and a view of the company's own."""
    action = env.ref("crm.crm_lead_action_pipeline")
    env["ir.filters"].create(
        {
            "name": "Strong",
            "model_id": "crm.lead",
            "domain": OURS,
            "context": "{'group_by': ['budget_status']}",
            "is_default": True,
            "user_ids": False,
            "action_id": action.id,
        }
    )
    env["crm.team"].search([]).write({"assignment_domain": OURS})
    env["ir.config_parameter"].set_param("crm.lead.auto.assignment", "True")
    env["ir.ui.view"].create(
        {
            "name": "crm.lead.list.ours",
            "model": "crm.lead",
            "inherit_id": env.ref("crm.crm_case_tree_view_leads").id,
            "arch": VIEW,
        }
    )


def automate(env):
    """Have an automation rule look at one of our fields whenever a lead is created or changed."""
    model = env["ir.model"]._get("crm.lead")
    code = "records.filtered(lambda lead: lead.need_level == 'none').write({'priority': '0'})"
    action = {"name": "No need", "model_id": model.id, "state": "code", "code": code}
    env["base.automation"].create(
        {
            "name": "No need",
            "model_id": model.id,
            "trigger": "on_create_or_write",
            "action_server_ids": [(0, 0, action)],
        }
    )
