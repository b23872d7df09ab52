from ...models.leaving.python import reads
from ...tools.freed_text import freed_literal
from .common import LeavingCommon

USING = (
    "record.need_level",
    "record['need_level']",
    "record.write({'need_level': 'weak'})",
    "record.action_return_to_lead('Because')",
    "records.mapped('stakeholder_ids.role')",
    "env['crm.lead'].search([('need_level', '=', 'weak')])",
    "env['crm.lead'].search([], order='budget_amount desc')",
    "env['crm.stage.transition'].search([])",
    "env.ref('sales_funnel_stages.framework_bant')",
    "env.user.has_group('sales_funnel_stages.group_stage_rule_override')",
    "for each in records.filtered('active'):\n    log(each.need_level)",
    "other = record.partner_id\nlog(other.opportunity_ids.need_level)",
    "records.filtered(lambda each: each.stage_id.rule_ids)",
    "[each.stage_id.rule_ids for each in records]",
    "unknown().need_level",
    "action = {'context': {'group_by': 'need_level'}}",
    "action = {'res_model': 'crm.stage.transition'}",
)
OTHERS = (
    "# record.need_level",
    "'record.need_level'",
    "log('need_level')",
    "record.write({'name': 'need_level'})",
    "record.message_post(body='need_level')",
    "env['crm.lead'].search([('name', '=', 'need_level')])",
    "env['crm.lead'].search([('name', 'in', ['need_level'])])",
    # a field of that name goes, but that of another model
    "record.partner_id.rule_ids",
    "unknown().rule_ids",
    "need_level = 1",
    "not Python, need_level",
    "",
)


class TestPython(LeavingCommon):
    def reads(self, text, **options):
        models = dict.fromkeys(("record", "records"), "crm.lead")
        return reads(self.going, text, "crm.lead", models, **options)

    def test_code_that_uses_it(self):
        for code in USING:
            with self.subTest(code):
                self.assertTrue(self.reads(code))

    def test_code_with_a_word_in_common(self):
        for code in OTHERS:
            with self.subTest(code):
                self.assertFalse(self.reads(code))

    def test_conditions_of_views(self):
        options = {"mode": "eval", "is_bare": True, "has_texts": False}
        self.assertTrue(self.reads("need_level == 'weak'", **options))
        self.assertFalse(self.reads("name == 'need_level'", **options))

    def test_javascript_of_cards(self):
        for expected, code in (
            (True, "!record.need_level.raw_value"),
            (True, "record.name.value && record.need_level.raw_value === 'weak'"),
            (False, "!record.name.raw_value"),
        ):
            self.assertEqual(self.reads(code, mode="eval", has_texts=False), expected, code)

    def test_values_of_defaults_are_no_names(self):
        goes = "need_level".__eq__
        text = "{'default_name':  'need_level'}"
        self.assertEqual(freed_literal(text, goes), text)
        text = "{'name':  'need_level'}"
        self.assertEqual(freed_literal(text, goes, keys_only=True), text)
        self.assertEqual(freed_literal("{'need_level': 'weak'}", goes, keys_only=True), "{}")
