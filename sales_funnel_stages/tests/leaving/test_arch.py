from ...models.leaving.arch import FreedArch, Stuck
from .common import LeavingCommon

GROUP = "sales_funnel_stages.group_stage_rule_override"
# the arch of a view of leads, and what is left of it
FREED = (
    (
        '<list><field name="name"/><field name="need_level"/></list>',
        '<list><field name="name"/></list>',
    ),
    (
        '<form><label for="need_level"/><field name="name" invisible="need_level == 1"/></form>',
        '<form><field name="name"/></form>',
    ),
    (
        '<form><button name="action_return_to_lead" type="object"/><field name="name"/></form>',
        '<form><field name="name"/></form>',
    ),
    (
        f'<form><group groups="{GROUP}"><field name="phone"/></group><field name="name"'
        f' groups="{GROUP},base.group_user"/></form>',
        '<form><field name="name" groups="base.group_user"/></form>',
    ),
    (
        """<search><filter name="a" domain="[('need_level', '=', 'weak')]"/><filter name="b"
            context="{'group_by': 'need_level'}"/><filter name="need_level" domain="[]"/>
            </search>""",
        '<search><filter name="need_level" domain="[]"/></search>',
    ),
    (
        '<list default_order="budget_amount desc, id"><field name="name"/></list>',
        '<list><field name="name"/></list>',
    ),
    (
        """<kanban><field name="need_level"/><templates><t t-name="card">
            <b t-if="record.need_level.raw_value">x</b><i t-out="record.name.value"/>
            </t></templates></kanban>""",
        """<kanban><templates><t t-name="card">
            <i t-out="record.name.value"/></t></templates></kanban>""",
    ),
    (
        """<form><field name="partner_id"><form><field name="name"/><field name="opportunity_ids">
            <list><field name="need_level"/><field name="name"
            invisible="parent.name == 'need_level'"/></list></field></form></field></form>""",
        """<form><field name="partner_id"><form><field name="name"/><field name="opportunity_ids">
            <list><field name="name"
            invisible="parent.name == 'need_level'"/></list></field></form></field></form>""",
    ),
    (
        """<data><xpath expr="//field[@name='tag_ids']" position="after"><field name="need_level"/>
            <field name="phone"/></xpath></data>""",
        """<data><xpath expr="//field[@name='tag_ids']" position="after">
            <field name="phone"/></xpath></data>""",
    ),
    (
        """<data><field name="need_level" position="attributes">
            <attribute name="string">A</attribute></field>
            <field name="tag_ids" position="after"><field name="phone"/></field></data>""",
        '<data><field name="tag_ids" position="after"><field name="phone"/></field></data>',
    ),
    (
        """<data><field name="tag_ids" position="attributes">
            <attribute name="invisible">need_level</attribute></field>
            <field name="phone" position="replace"/></data>""",
        '<data><field name="phone" position="replace"/></data>',
    ),
)
OTHERS = (
    '<list><field name="name" string="need_level"/><!-- need_level --></list>',
    '<form><field name="name" invisible="name == \'need_level\'"/><p>need_level</p></form>',
    '<data><xpath expr="//field[@name=\'tag_ids\']" position="replace"/></data>',
)
STUCK = (
    """<data><field name="need_level" position="after"><field name="phone"/></field></data>""",
    """<data><field name="tag_ids" position="replace"><field name="need_level"/></field></data>""",
    """<kanban><templates><t t-name="card"><b t-if="record.need_level.value"/><b t-else=""/></t>
       </templates></kanban>""",
)


class TestArch(LeavingCommon):
    def freed(self, text):
        return FreedArch(self.going, "crm.lead", text)

    def test_without_it(self):
        for text, left in FREED:
            with self.subTest(text):
                freed = self.freed(text)
                self.assertTrue(freed.has_freed)
                self.assertEqual("".join(freed.text.split()), "".join(left.split()))

    def test_with_a_word_in_common(self):
        for text in OTHERS:
            with self.subTest(text):
                self.assertFalse(self.freed(text).has_freed)

    def test_what_cannot_be_told(self):
        for text in STUCK:
            with self.subTest(text), self.assertRaises(Stuck):
                self.freed(text)

    def test_nothing_is_left(self):
        self.assertIsNone(
            self.freed(
                '<data><field name="tag_ids" position="after"><field name="need_level"/>'
                "</field></data>"
            ).text
        )
