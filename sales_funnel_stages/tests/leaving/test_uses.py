from odoo.fields import Command
from odoo.tests import Form
from odoo.tools import mute_logger

from ...models.leaving.use import ADMINISTRATORS, DEACTIVATED, FREED, KEPT
from .common import LeavingCommon

FIND_LOG = "odoo.addons.sales_funnel_stages.models.leaving.use"


class TestUses(LeavingCommon):
    def test_what_is_strange_does_not_hold_the_others_back(self):
        action = self.env.ref("crm.crm_lead_action_pipeline")
        self.env["ir.filters"].create(
            [
                {
                    "name": "strange",
                    "model_id": "crm.lead",
                    "domain": "[('need_level'",
                    "context": "{",
                },
                {
                    "name": "favorite",
                    "model_id": "crm.lead",
                    "action_id": action.id,
                    "domain": "[('need_level', '=', 'weak')]",
                },
            ]
        )
        board = self.env["ir.ui.view.custom"].create(
            {
                "user_id": self.env.user.id,
                "ref_id": self.env.ref("crm.crm_lead_view_form").id,
                "arch": '<form name="need_level"',
            }
        )
        with self.assertLogs(FIND_LOG, "ERROR") as log:
            found = self.find()
        self.assertIn(str(board), log.output[0])
        self.assertEqual(found["favorite"].remedy, FREED)
        self.assertNotIn("strange", found)

    def test_a_favorite_whose_domain_is_no_plain_one_is_deactivated(self):
        favorite = self.env["ir.filters"].create(
            {
                "name": "favorite",
                "model_id": "crm.lead",
                "domain": "[('need_level', '=', 'weak')] + [('user_id', '=', uid)]",
            }
        )
        use = self.find()["favorite"]
        self.assertEqual((use.record, use.remedy), (favorite, DEACTIVATED))

    def test_what_several_groups_have_stays(self):
        override = self.env.ref("sales_funnel_stages.group_stage_rule_override")
        user = self.env.ref("base.group_user")
        menus = self.env["ir.ui.menu"].create(
            [
                {"name": "alone", "group_ids": [Command.set(override.ids)]},
                {"name": "both", "group_ids": [Command.set((override | user).ids)]},
            ]
        )
        rule = self.env["ir.rule"].create(
            {
                "name": "rule",
                "model_id": self.lead_model.id,
                "domain_force": "[]",
                "groups": [Command.set((override | user).ids)],
            }
        )
        found = {use.record: use for use in self.find().values()}
        self.assertEqual(found[menus[0]].remedy, ADMINISTRATORS)
        self.assertNotIn(menus[1], found)
        # else its group could not be deleted
        self.assertEqual(found[rule].values, {"groups": [Command.set(user.ids)]})

    def test_what_sends_a_message_that_uses_it(self):
        template = self.env["sms.template"].create(
            {"name": "text", "model_id": self.lead_model.id, "body": "{{ object.need_level }}"}
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "send",
                "model_id": self.lead_model.id,
                "state": "sms",
                "sms_template_id": template.id,
                "sms_method": "sms",
            }
        )
        found = {use.record: use for use in self.find().values()}
        self.assertEqual(found[template].remedy, KEPT)
        self.assertEqual(found[action].remedy, DEACTIVATED)

    def test_actions_without_effect(self):
        need = self.env["ir.model.fields"]._get("crm.lead", "need_level")
        weak = need.selection_ids.filtered(lambda each: each.value == "weak")
        make = self.env["ir.actions.server"].create
        values = {"model_id": self.lead_model.id}
        write = make(
            {
                **values,
                "name": "write",
                "state": "object_write",
                "update_path": "need_level",
                "value": "weak",
                "selection_value": weak.id,
            }
        )
        make(
            {
                **values,
                "name": "hook",
                "state": "webhook",
                "webhook_url": "https://example.com",
                "webhook_field_ids": [Command.set(need.ids)],
            }
        )
        parent = make({**values, "name": "parent", "state": "multi"})
        make(
            {
                **values,
                "name": "child",
                "state": "code",
                "parent_id": parent.id,
                "code": "record.need_level\nlog('a')",
            }
        )
        other = make(
            {
                **values,
                "name": "other",
                "state": "code",
                "parent_id": parent.id,
                "code": "log('need_level')",
            }
        )
        (write | parent).create_action()
        found = self.find()
        self.assertNotIn(other.name, found)
        lead = self.env["crm.lead"].create({"name": "Lead"})
        for name, code in (
            ("write", "# need_level = weak"),
            ("hook", "# hook"),
            ("child", "# record.need_level\n# log('a')"),
            ("parent", "# parent"),
        ):
            action = found[name].record
            action.write(found[name].values)
            self.assertEqual((action.state, action.code), ("code", code))
            self.assertFalse(action.binding_model_id)
            self.assertFalse(action.webhook_field_ids | action.update_field_id)
            action.with_context(active_model="crm.lead", active_ids=lead.ids).run()

    @mute_logger("odoo.addons.base.models.ir_module")
    def test_other_addons_are_left_alone(self):
        self.env["ir.filters"].create(
            {"name": "favorite", "model_id": "crm.lead", "domain": "[('need_level', '=', 'weak')]"}
        )
        others = self.env["ir.module.module"].search([("state", "=", "uninstalled")], limit=1)
        self.assertFalse(others._is_ours_leaving())
        wizard_model = self.env["base.module.uninstall"]
        self.assertFalse(wizard_model.create({"module_ids": [Command.set(others.ids)]}).use_list)
        told = wizard_model.create({"module_ids": [Command.set(self.modules.ids)]}).use_list
        self.assertIn("“favorite”", told)

    def test_the_uninstall_screen(self):
        self.env["ir.filters"].create(
            {
                "name": "favorite",
                "model_id": "res.partner",
                "domain": "[('opportunity_ids.need_level', '=', 'weak')]",
            }
        )
        # ours needs it, and Odoo lists models with a chatter
        crm = self.env["ir.module.module"]._get("crm")
        screen = self.env["base.module.uninstall"].with_context(default_module_ids=crm.ids)
        with Form(screen) as form:
            self.assertIn("“favorite”", form.use_list)
            self.assertIn(self.lead_model.id, form.model_ids.ids)
