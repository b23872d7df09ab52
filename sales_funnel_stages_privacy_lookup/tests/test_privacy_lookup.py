from unittest import TestCase

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.sales_funnel_stages.tests.support.common import StageRuleCommon

NAME, EMAIL = "Ada Lovelace", "ada@love.example.com"
WHY = f"The aunt of {NAME} signs for her"
OURS = ("crm.stage.transition", "crm.lead.stakeholder", "crm.qualification.answer")


@tagged("post_install", "-at_install")
class TestPrivacyLookup(StageRuleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.env.ref("base.user_admin")
        cls.ada = cls.env["res.partner"].create({"name": NAME, "email": EMAIL})
        # a lead of hers, and one in which she is only named
        cls.hers = cls.make_opportunity("Engine", user=cls.manager, email_from=EMAIL)
        cls.other = cls.make_opportunity("Loom", user=cls.manager)
        for lead, reason in ((cls.hers, "She pays in kind"), (cls.other, WHY)):
            lead.move_with_reason({"stage_id": cls.stage_qualified.id}, reason)
        cls.stakeholder = cls.env["crm.lead.stakeholder"].create(
            {"lead_id": cls.other.id, "partner_id": cls.ada.id, "role": "buyer"}
        )

    def look_up(self, user=None):
        """Press *Lookup* as an administrator does → the wizard."""
        action = self.ada.with_user(user or self.admin).action_privacy_lookup()
        model = self.env[action["res_model"]].with_user(self.admin)
        wizard = Form(model.with_context(**action["context"])).save()
        wizard.action_lookup()
        return wizard

    def lines(self, wizard, model):
        return wizard.line_ids.filtered(lambda line: line.res_model == model)

    def rows(self, lead):
        return self.env["crm.stage.transition"].search([("lead_id", "=", lead.id)], order="id")

    def figures(self):
        """→ what reports and the history go by."""
        self.env.invalidate_all()
        names = ("date", "direction", "to_stage_id", "verdict", "receipt", "expected_revenue")
        return (self.rows(self.hers) + self.rows(self.other)).read(names)

    def test_what_is_found(self):
        wizard = self.look_up()
        rows = self.rows(self.hers) + self.rows(self.other)[-1:]
        found = self.lines(wizard, "crm.stage.transition")
        self.assertEqual(set(found.mapped("res_id")), set(rows.ids))
        # once, though Odoo would find it by its contact as well
        [line] = self.lines(wizard, "crm.lead.stakeholder")
        self.assertEqual(line.res_id, self.stakeholder.id)
        self.assertTrue(line.is_blanked_only)
        self.assertFalse(self.lines(wizard, "res.partner").is_blanked_only)
        self.assertIn(self.hers.id, self.lines(wizard, "crm.lead").mapped("res_id"))

    def test_to_blank_one(self):
        before = self.figures()
        wizard = self.look_up()
        row = self.rows(self.other)[-1:]
        line = self.lines(wizard, "crm.stage.transition").filtered(
            lambda each: each.res_id == row.id
        )
        line.action_unlink()
        self.assertFalse(row.reason)
        self.assertEqual(row.lead_name, "Loom")
        self.assertEqual(row.by_user_name, self.manager.name)
        self.assertTrue(line.is_unlinked)
        self.assertEqual(wizard.execution_details, f"Blanked Stage Transition #{row.id}")
        self.assertEqual(wizard.log_id.execution_details, wizard.execution_details)
        self.assertNotIn("Lovelace", wizard.log_id.records_description)
        with self.assertRaises(UserError):
            line.action_unlink()
        # the others are as they were
        self.assertEqual(self.rows(self.hers)[-1:].reason, "She pays in kind")
        self.assertEqual(self.figures(), before)

    def test_all_at_once(self):
        """Also where what tells that a lead is hers goes first."""
        before = self.figures()
        wizard = self.look_up()
        leads = self.lines(wizard, "crm.lead")
        self.lines(wizard, "res.partner").action_unlink()
        self.hers.sudo().write({"email_from": False, "partner_id": False})
        (wizard.line_ids - leads - self.lines(wizard, "res.partner")).action_unlink_all()
        self.assertEqual(self.figures(), before)
        rows = self.rows(self.hers) + self.rows(self.other)
        self.assertFalse(any(rows.mapped("reason")))
        self.assertFalse(any(self.rows(self.hers).mapped("lead_name")))
        self.assertEqual(self.stakeholder.contact_name, "Erased")
        self.assertFalse(self.ada.exists())
        # nothing is left to be found
        again = self.env["privacy.lookup.wizard"].with_user(self.admin)
        again = again.create({"name": NAME, "email": EMAIL})
        again.action_lookup()
        self.assertFalse({*again.line_ids.mapped("res_model")} & {*OURS})

    def test_with_her_leads(self):
        wizard = self.look_up()
        wizard.line_ids.action_unlink_all()
        self.assertFalse(self.hers.exists())
        self.assertTrue(self.other.exists())
        self.assertEqual(self.other.stage_id, self.stage_qualified)
        self.assertFalse(self.env["crm.stage.transition"].search([("reason", "like", "Ada")]))

    def test_an_address_that_is_none(self):
        wizard = self.env["privacy.lookup.wizard"].create({"name": NAME, "email": "ada"})
        with self.assertRaisesRegex(UserError, "Invalid email"):
            wizard.action_lookup()

    def test_a_name_that_is_none(self):
        """It is in no text, rather than in every one."""
        wizard = self.env["privacy.lookup.wizard"].create({"name": "  ", "email": EMAIL})
        wizard.action_lookup()
        found = self.lines(wizard, "crm.stage.transition")
        self.assertEqual(set(found.mapped("res_id")), set(self.rows(self.hers).ids))

    def test_who_may(self):
        wizard = self.look_up()
        line = self.lines(wizard, "crm.stage.transition")[:1]
        for user in (self.rep, self.manager):
            for call in (
                wizard.with_user(user).action_lookup,
                line.with_user(user).action_unlink,
                line.with_user(user).action_unlink_all,
            ):
                with self.assertRaises(AccessError):
                    call()
        self.assertEqual(self.rows(self.other)[-1:].reason, WHY)

    def test_who_may_only_read_lines(self):
        """Nothing is blanked, also where somebody swallows the error."""
        line = self.lines(self.look_up(), "crm.stage.transition")[-1:]
        for model in (line, line.wizard_id):
            self.env["ir.model.access"].create(
                {
                    "name": "Read",
                    "model_id": self.env["ir.model"]._get_id(model._name),
                    "group_id": self.env.ref("sales_team.group_sale_manager").id,
                    "perm_read": True,
                }
            )
        self.env["ir.rule"].search([("model_id.model", "=", line._name)]).unlink()
        reasons = (self.rows(self.hers) + self.rows(self.other)).mapped("reason")
        for method in ("action_unlink", "action_unlink_all"):
            with TestCase.assertRaises(self, AccessError):
                getattr(line.with_user(self.manager), method)()
        rows = self.rows(self.hers) + self.rows(self.other)
        self.assertEqual(rows.mapped("reason"), reasons)

    def test_how_many_queries(self):
        """As many for ten rows as for one."""
        counts = []
        for number in (1, 10):
            for _ in range(number):
                lead = self.make_opportunity("Loom", user=self.manager)
                lead.move_with_reason({"stage_id": self.stage_qualified.id}, WHY)
            lines = self.lines(self.look_up(), "crm.stage.transition")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lines._blank_texts()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 25, counts)
