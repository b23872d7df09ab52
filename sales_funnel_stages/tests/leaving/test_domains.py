from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

from ...models.leaving.domains import domain_goes, freed_domain
from .common import LeavingCommon

OURS, MINE, NAMED = "('need_level', '=', 'weak')", "('user_id', '=', uid)", "('name', '!=', 'A')"
# without a term on ours, and what is left
FREED = (
    (f"[{OURS}]", "[]"),
    (f"[{OURS}, {MINE}]", f"[{MINE}]"),
    (f"['|', {OURS}, {MINE}]", f"[{MINE}]"),
    (f"[{NAMED}, '|', {OURS}, {MINE}]", f"['&', {NAMED}, {MINE}]"),
    (f"['|', {NAMED}, '&', {OURS}, {MINE}]", f"['|', {NAMED}, {MINE}]"),
    (f"['!', {OURS}, {MINE}]", f"[{MINE}]"),
    (f"['!', '|', {OURS}, {NAMED}]", "[('name', '=', 'A')]"),
    ("[('partner_id.opportunity_ids.need_level', '=', 'weak')]", "[]"),
    ("[('partner_id', 'any', [('opportunity_ids.need_level', '=', 'weak')])]", "[]"),
    (f"[['need_level', 'in', ['weak']], {MINE}]", f"[{MINE}]"),
    (
        "[('purchase_date', '<', context_today()), ('create_date', '<', context_today())]",
        "[('create_date', '<', context_today())]",
    ),
)
OTHERS = (
    "[]",
    "[('name', '=', 'need_level')]",
    "[('name', 'in', ['need_level', 'budget_status'])]",
    "[('rule_ids', '=', False)]",
    "[(1, '=', 1)]",
    "nonsense need_level",
)


class TestDomains(LeavingCommon):
    def test_without_a_term(self):
        for text, left in FREED:
            with self.subTest(text):
                self.assertTrue(domain_goes(self.going, "crm.lead", text))
                freed = freed_domain(self.going, "crm.lead", text)
                self.assertEqual(freed, left)
                # it is a domain still
                names = {"uid": 1, "context_today": lambda: "today"}
                self.assertTrue(
                    Domain(safe_eval(freed, names)).validate(self.env["crm.lead"]) is None
                )

    def test_with_a_word_in_common(self):
        for text in OTHERS:
            self.assertFalse(domain_goes(self.going, "crm.lead", text), text)

    def test_what_is_no_plain_domain(self):
        text = "[('need_level', '=', 'weak')] + [('user_id', '=', uid)]"
        self.assertTrue(domain_goes(self.going, "crm.lead", text))
        self.assertIsNone(freed_domain(self.going, "crm.lead", text))

    def test_of_no_known_model(self):
        self.assertTrue(domain_goes(self.going, None, f"[{OURS}]"))
        self.assertFalse(domain_goes(self.going, None, "[('rule_ids', '=', False)]"))
