from odoo.exceptions import UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..support.common import StageRuleCommon


class LostReasonCommon(StageRuleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.is_lost_reason_required = True
        cls.reason = cls.env["crm.lost.reason"].create({"name": "Went elsewhere"})

    def assert_asked(self, lead, lose):
        """Assert that losing a lead is refused, says what to do, and leaves nothing behind."""
        before = lead.read(["active", "probability", "won_status", "lost_reason_id"])
        rows = self.rows(lead)
        with self.assertRaises(UserError) as caught:
            lose()
        self.assertIn(f"Choose a lost reason for “{lead.name}”", str(caught.exception))
        self.env.invalidate_all()
        self.assertEqual(
            lead.read(["active", "probability", "won_status", "lost_reason_id"]), before
        )
        self.assertEqual(self.rows(lead), rows)


@tagged("post_install", "-at_install")
class TestLostReason(LostReasonCommon):
    """A company that wants to know why something is lost is told, at every door."""

    def get_doors(self, lead):
        """Return ways to lose a lead without saying why."""
        wizard = self.env["crm.lead.lost"].with_user(self.rep)
        return {
            "lost": lead.action_set_lost,
            "lost, with no reason": lambda: lead.action_set_lost(lost_reason_id=False),
            "lost, with another value": lambda: lead.action_set_lost(priority="1"),
            "wizard": lambda: wizard.create({"lead_ids": lead.ids}).action_lost_reason_apply(),
            "write": lambda: lead.write({"active": False, "probability": 0}),
            "list": lambda: (lead + lead.copy({"name": "Other"})).web_save_multi(
                [{"active": False, "probability": 0}] * 2, {}
            ),
            "sudo": lambda: lead.sudo().write({"active": False, "probability": 0}),
            "stage": lambda: lead.write(
                {"active": False, "probability": 0, "stage_id": self.stage_new.id}
            ),
            "archive first": lambda: (
                lead.write({"probability": 0}),
                lead.action_archive(),
            ),
        }

    def test_nothing_is_lost_without_a_reason(self):
        for make in (self.make_opportunity, self.make_lead):
            for name in self.get_doors(self.env["crm.lead"]):
                if name == "archive first":
                    continue
                with self.subTest(name, make=make.__name__):
                    lead = make(f"Deal {name}")
                    self.assert_asked(lead, self.get_doors(lead)[name])

    def test_archived_at_no_chance(self):
        lead = self.make_opportunity(probability=0)
        for archive in (lead.action_archive, lambda: lead.write({"active": False})):
            self.assert_asked(lead, archive)
        lead.write({"lost_reason_id": self.reason.id})
        lead.action_archive()
        self.assertEqual(lead.won_status, "lost")

    def test_the_chance_goes_of_what_is_archived(self):
        lead = self.make_opportunity(probability=10)
        lead.action_archive()
        self.assertEqual(lead.won_status, "pending", "Odoo does not call that lost")
        self.assert_asked(lead, lambda: lead.write({"probability": 0}))
        lead.write({"probability": 0, "lost_reason_id": self.reason.id})
        self.assertEqual(lead.won_status, "lost")

    def test_with_a_reason(self):
        wizard = self.env["crm.lead.lost"].with_user(self.rep)
        for lose in (
            lambda lead: lead.action_set_lost(lost_reason_id=self.reason.id),
            lambda lead: wizard.create(
                {"lead_ids": lead.ids, "lost_reason_id": self.reason.id}
            ).action_lost_reason_apply(),
            lambda lead: lead.write(
                {"active": False, "probability": 0, "lost_reason_id": self.reason.id}
            ),
        ):
            for values in ({}, {"probability": 0}):
                lead = self.make_opportunity(**values)
                lose(lead)
                self.assertEqual((lead.won_status, lead.lost_reason_id), ("lost", self.reason))

    def test_created_as_lost(self):
        values = {
            "name": "Lost at once",
            "type": "lead",
            "active": False,
            "probability": 0,
            "team_id": self.team.id,
        }
        lead_model = self.env["crm.lead"].with_user(self.rep)
        with self.assertRaisesRegex(UserError, "lost reason for “Lost at once”"):
            lead_model.create(values)
        lead = lead_model.create({**values, "lost_reason_id": self.reason.id})
        self.assertEqual(lead.won_status, "lost")
        self.assertEqual(lead.copy().lost_reason_id.id, lead.copy().active or self.reason.id)

    def test_the_reason_is_not_taken_away(self):
        lead = self.make_opportunity()
        lead.action_set_lost(lost_reason_id=self.reason.id)
        for blank in (
            lambda: lead.write({"lost_reason_id": False}),
            lambda: lead.write({"lost_reason_id": False, "active": False}),
            lambda: lead.action_set_lost(lost_reason_id=False),
        ):
            self.assert_asked(lead, blank)
        other = self.reason.copy()
        lead.lost_reason_id = other
        self.assertEqual(lead.lost_reason_id, other)
        lead.action_restore()
        self.assertFalse(lead.lost_reason_id, "as Odoo restores")
        lead.write({"lost_reason_id": self.reason.id})
        lead.write({"lost_reason_id": False})

    def test_an_import(self):
        lead_model = self.env["crm.lead"].with_user(self.manager)
        fields = ["name", "type", "active", "probability", "lost_reason_id"]
        rows = [
            ["Why not", "Lead", "False", "0", ""],
            ["Too dear", "Lead", "False", "0", "Went elsewhere"],
            ["Open", "Lead", "True", "10", ""],
        ]
        result = lead_model.load(fields, rows)
        self.assertFalse(result["ids"])
        messages = result["messages"]
        self.assertEqual(len(messages), 1, messages)
        [message] = messages
        self.assertIn("Choose a lost reason for “Why not”", message["message"])
        self.assertEqual(message["rows"], {"from": 0, "to": 0})
        result = lead_model.load(fields, rows[1:])
        self.assertEqual(len(result["ids"]), 2)

    def test_several(self):
        leads = (
            self.env["crm.lead"]
            .concat(*(self.make_opportunity(f"Deal {number}") for number in range(12)))
            .with_user(self.rep)
        )
        reasoned = leads[0]
        reasoned.lost_reason_id = self.reason
        with self.assertRaises(UserError) as caught:
            leads.action_set_lost()
        self.assertNotIn("“Deal 0”", str(caught.exception))
        self.assertIn("“Deal 10”, 1 more", str(caught.exception))
        self.assertEqual({*leads.mapped("won_status")}, {"pending"}, "all or none")

    def test_which_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids += elsewhere
        theirs = self.make_team("Theirs", "guide", company_id=elsewhere.id)
        lead = self.make_opportunity(
            user=self.manager, company_id=elsewhere.id, team_id=theirs.id
        ).with_context(allowed_company_ids=[self.env.company.id, elsewhere.id])
        lead.action_set_lost()
        self.assertEqual(lead.won_status, "lost")
        elsewhere.is_lost_reason_required = True
        self.env.company.is_lost_reason_required = False
        other = self.make_opportunity(
            user=self.manager, company_id=elsewhere.id, team_id=theirs.id
        ).with_context(allowed_company_ids=[self.env.company.id, elsewhere.id])
        self.assert_asked(other, other.action_set_lost)

    def test_off_by_default(self):
        self.assertFalse(self.env["res.company"].create({"name": "New"}).is_lost_reason_required)
        self.env.company.is_lost_reason_required = False
        for name in self.get_doors(self.env["crm.lead"]):
            with self.subTest(name):
                lead = self.make_opportunity()
                self.get_doors(lead)[name]()
                self.assertEqual(lead.won_status, "lost")

    def test_whatever_the_team_does_with_rules(self):
        self.team.stage_rule_policy = "off"
        lead = self.make_opportunity()
        self.assert_asked(lead, lead.action_set_lost)

    # ------------------------------------------------------------------
    # Who is spared
    # ------------------------------------------------------------------

    def test_who_is_spared(self):
        portal = new_test_user(self.env, "funnel_portal", "base.group_portal")
        for user in (self.env.ref("base.user_root"), portal):
            lead = self.make_opportunity()
            lead.with_user(user).sudo().action_set_lost()
            self.assertEqual(lead.won_status, "lost")

    def test_a_merge(self):
        """What was lost without a reason stays so, and may be merged with its like."""
        leads = self.make_opportunity("One") + self.make_opportunity("Two")
        self.env.company.is_lost_reason_required = False
        leads.action_set_lost()
        self.env.company.is_lost_reason_required = True
        kept = leads.merge_opportunity()
        self.assertEqual((kept.won_status, kept.lost_reason_id.id), ("lost", False))
        self.assertEqual(kept.env, leads.env)

    def test_what_was_lost_before(self):
        self.env.company.is_lost_reason_required = False
        lead = self.make_opportunity()
        lead.action_set_lost()
        self.env.company.is_lost_reason_required = True
        lead.write({"priority": "2", "probability": 0})
        lead.write({"user_id": self.all_rep.id})
        self.assertEqual(lead.won_status, "lost")

    def test_an_imported_past(self):
        """What is imported as lost long ago is no business of today's rules."""
        group = self.env.ref("sales_funnel_stages.group_import_past")
        self.manager.group_ids += group
        lead_model = self.env["crm.lead"].with_user(self.manager)
        result = lead_model.load(
            ["name", "type", "stage_id", "active", "probability", "create_date", "date_closed"],
            [
                ["Old", "Opportunity", "New", "False", "0", "2024-01-02 09:00:00"]
                + ["2024-03-04 10:00:00"]
            ],
        )
        self.assertFalse(result["messages"])
        self.assertEqual(lead_model.browse(result["ids"]).won_status, "lost")

    # ------------------------------------------------------------------
    # What it costs, and what is told
    # ------------------------------------------------------------------

    def test_queries(self):
        def count(lose):
            lead = self.make_opportunity()
            self.env.flush_all()
            self.env.invalidate_all()
            lead._get_rulebook()
            before = self.env.cr.sql_log_count
            lose(lead)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        def lose(lead):
            lead.action_set_lost(lost_reason_id=self.reason.id)

        count(lose)
        asked = count(lose)
        self.env.company.is_lost_reason_required = False
        self.assertLessEqual(asked, count(lose) + 3, "the savepoint, and nothing else")

    def test_the_setting_is_told(self):
        change = self.env["crm.rulebook.change"].search([], limit=1)
        self.assertEqual(change.source, "res.company")
        self.assertIn("Lost Reason Required", change.summary)

    def test_the_wizard_says_so(self):
        lead = self.make_opportunity()
        wizard = self.env["crm.lead.lost"].with_user(self.rep)
        with Form(wizard.with_context(default_lead_ids=lead.ids)) as form:
            self.assertTrue(form._get_modifier("lost_reason_id", "required"))
            form.lost_reason_id = self.reason
        self.env.company.is_lost_reason_required = False
        form = Form(wizard.with_context(default_lead_ids=lead.ids))
        self.assertFalse(form._get_modifier("lost_reason_id", "required"))


@tagged("post_install", "-at_install")
class TestLostReasonLink(HttpCase, LostReasonCommon):
    def test_the_link_in_an_email(self):
        """Odoo's link swallows the error: nothing happens."""
        lead = self.make_opportunity()
        self.authenticate(self.rep.login, self.rep.login)
        record = lead.with_user(self.rep)
        url = record._notify_get_action_link("controller", controller="/lead/case_mark_lost")
        with mute_logger("odoo.addons.crm.controllers.main"):
            self.url_open(url)
        self.env.invalidate_all()
        self.assertEqual((lead.active, lead.won_status), (True, "pending"))
