"""Rules of ``base_automation`` that move leads, one for each trigger: made in Odoo's shell.

Each rule is for the leads of its name. ``dev/tests/test_world_automation.py`` sets them off.
"""

# Only what is not there yet: Odoo runs a rule without trigger fields whenever it computes a field.
MOVE = """
stage = env['crm.stage'].search([('name', '=', 'Proposition')])
records.filtered(lambda lead: lead.stage_id != stage).write({'stage_id': stage.id})
"""
REOPEN = "records.filtered(lambda lead: not lead.active).action_unarchive()"
OTHER = "other"
MOVE_OTHER = f"env['crm.lead'].search([('name', '=', {OTHER!r})]).action_set_lost()"
# In a form nothing is written before it is saved.
SHOW = """
stage = env['crm.stage'].search([('name', '=', 'Proposition')])
action = {'value': {'stage_id': stage.id}}
"""
HOUR_AFTER = {"trg_date_range": 1, "trg_date_range_type": "hour"}
# ``name: (values of the rule, what it does)``; fields are given by their names.
RULES = {
    "on create and edit": ({"trigger": "on_create_or_write"}, MOVE),
    "on create and edit of a stage": (
        {"trigger": "on_create_or_write", "trigger_field_ids": ["stage_id"]},
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
    "on a change in a form": ({"trigger": "on_change", "on_change_field_ids": ["priority"]}, SHOW),
    "on an incoming message": ({"trigger": "on_message_received"}, MOVE),
    "on an outgoing message": ({"trigger": "on_message_sent"}, MOVE),
    "on a webhook": ({"trigger": "on_webhook"}, MOVE),
    "on a date": (
        {
            **{"trigger": "on_time", "trg_date_id": "date_deadline"},
            **{"trg_date_range": 1, "trg_date_range_type": "day"},
        },
        MOVE,
    ),
    "after creation": ({"trigger": "on_time_created", **HOUR_AFTER}, MOVE),
    "after the last update": ({"trigger": "on_time_updated", **HOUR_AFTER}, MOVE),
}
# Leads have no field of the name by which Odoo knows a state.
IMPOSSIBLE = "on_state_set"


def make_rules(env):
    """Make each of the rules."""
    model = env["ir.model"]._get("crm.lead")
    for name, (values, code) in RULES.items():
        action = {"name": name, "model_id": model.id, "state": "code", "code": code}
        rule = env["base.automation"].create(
            {
                "name": name,
                "model_id": model.id,
                "trigger": values["trigger"],
                "action_server_ids": [(0, 0, action)],
            }
        )
        # Odoo derives from the trigger what is not said afterwards
        rule.write(
            {
                "filter_domain": repr([("name", "=", name)]),
                **{field: _find_fields(env, value) for field, value in values.items()},
            }
        )


def _find_fields(env, value):
    """What a rule's value says of fields by name → the same by ids."""
    find = env["ir.model.fields"]._get
    if isinstance(value, list):
        return [find("crm.lead", name).id for name in value]
    return find("crm.lead", value).id if value == "date_deadline" else value
