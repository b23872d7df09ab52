"""Rules of ``base_automation`` that move leads, and what sets them off: run in Odoo's shell.

There is one for each trigger that moves leads by itself. The rule is for the leads of its name.
"""

from ..tests.sales import WON_ANSWERS

# Only what is not there yet: Odoo runs a rule without trigger fields whenever it computes a field.
MOVE = """
stage = env['crm.stage'].search([('name', '=', 'Proposition')])
records.filtered(lambda lead: lead.stage_id != stage).write({'stage_id': stage.id})
"""
REOPEN = "records.filtered(lambda lead: not lead.active).action_unarchive()"
MOVE_OTHER = "env['crm.lead'].search([('name', '=', 'other')]).action_set_lost()"
# ``name: (values of the rule, what it does)``
RULES = {
    "on create and edit": ({"trigger": "on_create_or_write"}, MOVE),
    "on create and edit of a stage": (
        {"trigger": "on_create_or_write", "fields": ["stage_id"]},
        MOVE,
    ),
    "on create": ({"trigger": "on_create"}, MOVE),
    "on update": ({"trigger": "on_write"}, MOVE),
    "on a stage": ({"trigger": "on_stage_set"}, MOVE),
    "on a user": ({"trigger": "on_user_set"}, MOVE),
    "on a tag": ({"trigger": "on_tag_set"}, MOVE),
    "on a priority": ({"trigger": "on_priority_set"}, MOVE),
    "on archived": ({"trigger": "on_archive"}, REOPEN),
    "on unarchived": ({"trigger": "on_unarchive"}, MOVE),
    "on deletion": ({"trigger": "on_unlink"}, MOVE_OTHER),
    "on a message": ({"trigger": "on_message_sent"}, MOVE),
    "on time": ({"trigger": "on_time_created"}, MOVE),
}


def set_up(env, login):
    """Make the rules, and have somebody do what each of them waits for."""
    model = env["ir.model"]._get("crm.lead")
    for name, (values, code) in RULES.items():
        values = dict(values)
        fields = [
            env["ir.model.fields"]._get("crm.lead", each).id for each in values.pop("fields", ())
        ]
        rule = env["base.automation"].create({"name": name, "model_id": model.id, **values})
        rule.write(
            {
                "filter_domain": repr([("name", "=", name)]),
                **({"trigger_field_ids": fields} if fields else {}),
                "action_server_ids": [
                    (0, 0, {"name": name, "model_id": model.id, "state": "code", "code": code})
                ],
            }
        )
    env.cr.commit()
    user = env["res.users"].search([("login", "=", login)])
    for name in [*RULES, "other"]:
        _work_on(env(user=user), name)


def _work_on(env, name):
    """Do with a lead all that may set a rule off, each in a transaction of its own."""
    tag = env["crm.tag"].sudo().create({"name": name})
    won = env["crm.stage"].search([("is_won", "=", True)], limit=1)
    qualified = env["crm.stage"].search([("name", "=", "Qualified")])
    lead = env["crm.lead"].create(
        {"name": name, "type": "opportunity", "user_id": env.uid, **WON_ANSWERS}
    )
    env.cr.commit()
    for values in (
        {"stage_id": qualified.id},
        {"user_id": False},
        {"user_id": env.uid},
        {"tag_ids": [(4, tag.id)]},
        {"priority": "2"},
        {"stage_id": won.id},
        {"stage_id": qualified.id},
    ):
        lead.write(values)
        env.cr.commit()
    lead.message_post(body="We are interested", message_type="comment")
    env.cr.commit()
    lead.action_set_lost()
    env.cr.commit()
    lead.action_unarchive()
    env.cr.commit()
    if name == "on deletion":
        lead.sudo().unlink()
    env.cr.commit()
