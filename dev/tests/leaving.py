"""What somebody has made on the addon, and beside it the same on something that stays.

Scripts for Odoo's shell. What uses ours has a name that starts with *Ours*; what does not, and has
to stay as it is to the last byte, with *Theirs*, and mentions ours where it means nothing.
"""

MAKE = '''
from odoo.fields import Command

def ref(name):
    return env.ref(name).id

def both(model, ours, theirs=None, **values):
    """One on ours, and one like it that does without."""
    return env[model].create([
        {**values, "name": f"Ours {values['name']}", **ours},
        {**values, "name": f"Theirs {values['name']}", **(theirs or {})},
    ])

admin = env.ref("base.user_admin")
rep = env["res.users"].create({
    "name": "Rita", "login": "rita", "group_ids": [(4, ref("sales_team.group_sale_salesman"))],
})
team, other = both(
    "crm.team",
    {"assignment_domain": "[('need_level', '=', 'strong')]"},
    {"assignment_domain": "[('name', 'ilike', 'need_level')]"},
    name="team",
)
env["crm.team.member"].create([
    {"crm_team_id": team.id, "user_id": admin.id, "assignment_max": 30,
     "assignment_domain": "['|', ('need_level', '=', 'strong'), ('probability', '>=', 0)]"},
    {"crm_team_id": other.id, "user_id": rep.id, "assignment_max": 30,
     "assignment_domain": "[('probability', '>=', 0)]"},
])
pipeline = ref("crm.crm_lead_action_pipeline")
both(
    "ir.filters",
    {"domain": "['&', '|', ('need_level', '=', 'strong'), ('name', '!=', False),"
               " ('user_id', '=', uid)]",
     "context": "{'group_by': ['need_level', 'stage_id', 'purchase_date:month'], 'need': 'a word'}",
     "sort": '["budget_amount desc", "id"]'},
    {"domain": "[('name', 'ilike', 'need_level'), ('user_id', '=', uid)]",
     "context": "{'group_by': ['stage_id'],  'word': 'is need_level'}",
     "sort": '["name desc", "id"]', "is_default": False},
    name="favorite", model_id="crm.lead", action_id=pipeline, is_default=True,
    user_ids=[(4, rep.id)],
)
both(
    "ir.filters",
    {"domain": "[('opportunity_ids.need_level', '=', 'strong')]"},
    {"domain": "[('opportunity_ids.name', '=', 'need_level')]"},
    name="favorite of contacts", model_id="res.partner", user_ids=[(4, rep.id)],
)

lead_model, partner_model = env["ir.model"]._get("crm.lead"), env["ir.model"]._get("res.partner")
need = env["ir.model.fields"]._get("crm.lead", "need_level")
name = env["ir.model.fields"]._get("crm.lead", "name")

def action(code, name, **values):
    return env["ir.actions.server"].create({
        "name": name, "model_id": lead_model.id, "state": "code", "code": code, **values,
    })

def rule(name, code, **values):
    return env["base.automation"].create({
        "name": name, "model_id": lead_model.id, "trigger": "on_create_or_write",
        "action_server_ids": [Command.create({
            "name": name, "model_id": lead_model.id, "state": "code", "code": code,
            "usage": "base_automation",
        })], **values,
    })

HARMLESS = """# need_level is a word
text = "our need_level"
record.write({"description": "need_level"}) if record.name == "never" else None"""
rule("Ours rule by domain", HARMLESS, filter_domain="[('need_level', '=', 'strong')]")
rule("Ours rule by domain before", HARMLESS,
     filter_pre_domain="[('stakeholder_ids.role', '=', 'buyer')]")
rule("Ours rule by trigger", HARMLESS, trigger_field_ids=[(6, 0, need.ids)])
rule("Ours rule by code", """for lead in records:
    if lead.need_level == 'strong': lead.write({'priority': '1'})""")
rule("Ours rule by method", "record.action_return_to_lead('Because')")
rule("Ours rule by date", HARMLESS, trigger="on_time",
     trg_date_id=env["ir.model.fields"]._get("crm.lead", "purchase_date").id)
rule("Theirs rule", HARMLESS, filter_domain="[('name', 'ilike', 'need_level')]")
env["base.automation"].create({
    "name": "Ours rule by value", "model_id": lead_model.id, "trigger": "on_create_or_write",
    "action_server_ids": [Command.create({
        "name": "Ours rule by value", "model_id": lead_model.id, "state": "object_write",
        "update_path": "need_level", "value": "strong", "usage": "base_automation",
        "selection_value": need.selection_ids.filtered(lambda each: each.value == 'strong').id,
    })],
})
template = both(
    "mail.template",
    {"subject": "{{ object.need_level }}", "body_html": "<p>Hello</p>"},
    {"subject": "need_level {{ object.name }}",
     "body_html": "<p t-out='object.name'>need_level</p>"},
    name="template", model_id=lead_model.id,
)[0]
env["base.automation"].create({
    "name": "Ours rule by template", "model_id": lead_model.id, "trigger": "on_create_or_write",
    "action_server_ids": [Command.create({
        "name": "Ours rule by template", "model_id": lead_model.id, "state": "mail_post",
        "template_id": template.id, "mail_post_method": "email", "usage": "base_automation",
    })],
})
action("record.mapped('need_level')", "Ours action").create_action()
action(HARMLESS, "Theirs action").create_action()
parent = action("", "Ours parent", state="multi")
action("env['crm.stage.transition'].search_count([])", "Ours child", parent_id=parent.id)
for cron_name, code in (
    ("Ours job", "env['crm.lead'].search([('need_level', '=', 'strong')]).unlink()"),
    ("Theirs job", HARMLESS.replace("record", "model")),
):
    env["ir.cron"].create({
        "name": cron_name, "model_id": lead_model.id, "state": "code", "code": code,
        "interval_number": 1, "interval_type": "days",
    })

def view(name, inherited, arch, **values):
    return env["ir.ui.view"].create({
        "name": name, "model": "crm.lead", "inherit_id": inherited and ref(inherited), "arch": arch,
        "priority": 99, **values,
    })

FORM = "crm.crm_lead_view_form"
AFTER = '<data><xpath expr="//field[@name=\\'%s\\']" position="%s">%s</xpath></data>'
view("Ours view", FORM, AFTER % ("tag_ids", "after",
    '<field name="need_level"/><field name="referred" invisible="not need_level"/>'))
view("Theirs view", FORM, AFTER % ("tag_ids", "after",
    '<field name="referred" help="need_level"/>'))
view("Ours view on a page", FORM, (AFTER % ("qualification", "inside",
    '<field name="referred"/>')).replace("field[", "page["))
view("Ours view on our view", "sales_funnel_stages.crm_lead_view_form",
     AFTER % ("tag_ids", "after", '<field name="function"/>'))
view("Ours list", None,
     '<list><field name="name"/><field name="budget_amount"/><field name="phone"/></list>',
     type="list")
view("Theirs list", None, '<list><field name="name"/></list>', type="list")
board = both(
    "ir.actions.act_window",
    {"domain": "[('need_level', '=', 'strong'), ('type', '=', 'lead')]",
     "context": "{'group_by': 'budget_status', 'default_type': 'lead'}"},
    {"domain": "[('type', '=', 'lead')]", "context": "{'default_name': 'need_level is'}"},
    name="window", res_model="crm.lead", view_mode="list,form",
)
env["ir.ui.view.custom"].create([
    {"user_id": admin.id, "ref_id": ref("board.board_my_dash_view"), "arch": arch}
    for arch in (
        f"""<form><board style="2-1"><column>
            <action name="{board[1].id}" view_mode="list" string="Ours"
                context="{{'group_by': ['need_level', 'stage_id']}}"
                domain="[['budget_status', '=', 'confirmed'], ['user_id', '=', uid]]"/>
            <action name="{ref('sales_funnel_stages.crm_funnel_report_action')}" string="Report"/>
        </column></board></form>""",
        f"""<form><board style="2-1"><column>
            <action name="{board[1].id}" view_mode="list" string="Theirs need_level"
                context="{{'group_by':  ['stage_id']}}"/>
        </column></board></form>""",
    )
])
both(
    "ir.exports",
    {"export_fields": [
        Command.create({"name": each}) for each in ("name", "need_level", "stakeholder_ids/role")
    ]},
    {"export_fields": [Command.create({"name": each}) for each in ("name", "partner_id/name")]},
    name="export", resource="crm.lead",
)
team.alias_id.alias_defaults = "{'need_level': 'strong', 'priority': '1'}"
other.alias_id.alias_defaults = "{'name': 'need_level', 'priority':  '1'}"
both(
    "ir.rule",
    {"domain_force": "[('need_level', '=', 'weak'), ('user_id', '=', user.id)]"},
    {"domain_force": "[('name', '!=', 'need_level'), ('user_id', '!=', user.id)]"},
    name="record rule", model_id=lead_model.id, groups=[(4, ref("base.group_portal"))],
)
override = ref("sales_funnel_stages.group_stage_rule_override")
both("ir.model.access", {"group_id": override}, {"group_id": ref("base.group_user")},
     name="access", model_id=env["ir.model"]._get("crm.tag").id, perm_read=True)
both("ir.ui.menu", {"group_ids": [(4, override)]}, {"group_ids": [(4, ref("base.group_user"))]},
     name="menu", action=f"ir.actions.act_window,{board[1].id}",
     parent_id=ref("crm.crm_menu_root"))
history = env["ir.actions.act_window"].create(
    {"name": "Ours window on our model", "res_model": "crm.stage.transition"}
)
env["ir.ui.menu"].create({
    "name": "Ours menu of our model", "action": f"ir.actions.act_window,{history.id}",
    "parent_id": ref("crm.crm_menu_root"),
})
env["ir.model.fields"].create([
    {"name": f"x_{name_}", "model_id": lead_model.id, "ttype": "char", "field_description": name_,
     "related": path, "store": False, "readonly": True}
    for name_, path in (("ours", "incumbent_supplier"), ("theirs", "partner_id.name"))
])
env["ir.model.fields"].create([
    {"name": f"x_{name_}", "model_id": lead_model.id, "ttype": "char", "field_description": name_,
     "store": stored, "readonly": True, "depends": depends,
     "compute": f"for record in self:\\n    record['x_{name_}'] = record.{read}"}
    for name_, read, depends, stored in (
        ("ours_reads", "need_level", False, False),
        ("ours_depends", "need_level", "need_level", True),
        ("theirs_reads", "name or 'need_level'", "name", True),
    )
])
view("Ours view with a field of theirs", FORM, AFTER % ("tag_ids", "after",
    '<field name="x_ours"/><field name="x_ours_reads"/><field name="x_theirs"/>'))
both("mailing.mailing", {"mailing_domain": "[('need_level', '=', 'strong')]"},
     {"mailing_domain": "[('name', '!=', 'need_level')]"},
     name="mailing", subject="Hello", mailing_model_id=lead_model.id)
env["ir.config_parameter"].set_param("crm.pls_fields", "country_id,budget_status,source_id")
env.cr.commit()
'''

# What a company does afterwards; prints what came of it.
USE = """
import json
from lxml import etree
from odoo.tools.safe_eval import safe_eval

rep = env["res.users"].search([("login", "=", "rita")])
env["crm.lead"].create(
    {"name": "need_level", "type": "opportunity", "team_id": False, "user_id": False}
)
env["crm.team"]._cron_assign_leads(force_quota=True, creation_delta_days=7)
assigned = env["crm.lead"].search([("name", "=", "need_level")])
print("ANSWER assigned to", assigned.user_id.mapped("login"))
leads = env["crm.lead"].with_user(rep)
views = leads.get_views(
    [(False, kind) for kind in ("kanban", "list", "form", "search", "pivot")],
    {"load_filters": True, "action_id": env.ref("crm.crm_lead_action_pipeline").id},
)
for favorite in views["views"]["search"]["filters"]:
    domain = safe_eval(favorite["domain"], {"uid": rep.id})
    shown = str(domain).replace(f"{rep.id})", "uid)")
    groups = safe_eval(favorite["context"]).get("group_by")
    order = ", ".join(json.loads(favorite["sort"]))
    print("ANSWER", favorite["name"], favorite["is_default"], shown, groups, order)
    leads.web_search_read(domain, {"name": {}}, order=order)
    leads.web_read_group(domain, groups, ["__count"])
lead = leads.create({"name": "New", "type": "opportunity"})
lead.write({"name": "Changed"})
for export in env["ir.exports"].search([("resource", "=", "crm.lead")]):
    names = export.export_fields.mapped("name")
    exported = lead.with_user(env.ref("base.user_admin")).export_data(names)
    print("ANSWER", export.name, names, len(exported["datas"][0]))
for view in env["ir.ui.view"].with_context(active_test=False).search(
    [("name", "=like", "Ours %"), ("model", "=", "crm.lead")], order="name"
):
    if view.active:
        view._check_xml()
    names = [each.get("name") for each in etree.fromstring(view.arch).iter("field")]
    print("ANSWER", view.name, view.active, names)
for template in env["mail.template"].search([("name", "ilike", "theirs")]):
    template.send_mail(lead.id)
for action in env["ir.actions.server"].search([("name", "=like", "Ours %")]):
    action.with_context(active_model="crm.lead", active_id=lead.id, active_ids=lead.ids).run()
    action.read()
env["base.automation"].with_context(active_test=False).search([]).read()
env["crm.lead"].with_user(rep).message_new({"subject": "Mail", "from": "a@b.c", "body": ""}, {
    **safe_eval(env["crm.team"].search([("name", "=", "Ours team")]).alias_defaults)})
env["ir.ui.menu"].load_menus(False)
print("ANSWER", "done")
"""

# An addon that needs ours.
CUSTOM = {
    "__init__.py": """
from odoo import fields, models

class CrmLead(models.Model):
    _inherit = "crm.lead"

    custom_need = fields.Char()
""",
    "__manifest__.py": """{
    "name": "Of a Customer", "version": "19.0.1.0.0", "license": "LGPL-3", "author": "A Customer",
    "depends": ["sales_funnel_stages"],
}""",
}
CUSTOM_FAVORITES = """
env["ir.filters"].create({
    "name": "Custom", "model_id": "crm.lead", "user_ids": [(4, env.ref("base.user_admin").id)],
    "domain": "[('need_level', '=', 'weak'), ('custom_need', '!=', False)]",
    "context": "{'group_by': ['custom_need', 'need_level']}",
})
env.cr.commit()
"""
