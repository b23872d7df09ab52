from odoo.fields import Date
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import format_date

from ...tools.move_note import MoveNote
from ...tools.rulebook import GUIDE
from ...tools.verdict import APPROVED
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, StageRuleCommon
from ..support.guard import let_history_change

REASON = "Signed on paper"


@tagged("post_install", "-at_install")
class TestOverrideDebt(StageRuleCommon, StageRuleAssertions):
    """What passed by permission owes until it is made good."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = Date.context_today(cls.manager.with_user(cls.manager))

    def overridden(self, name="Owing", days=10, user=None, **values):
        """Return a lead that the manager has converted although nothing is known of it.

        :param int days: when it is to be made good, from now; None: no date
        """
        lead = self.make_lead(name, user or self.rep, **values)
        day = False if days is None else str(Date.add(self.today, days=max(days, 0)))
        lead.with_user(self.manager).move_with_reason({"type": "opportunity"}, REASON, day)
        if days is not None and days < 0:
            self.pass_days(lead, -days)
        return lead

    def pass_days(self, lead, days):
        """Let a promise be that much older."""
        self.env.flush_all()
        let_history_change(self.env)
        self.env.cr.execute(
            "UPDATE crm_stage_transition SET make_good_date = make_good_date - %s"
            " WHERE lead_id = %s",
            [days, lead.id],
        )
        self.env.invalidate_all()

    def assert_owing(self, *leads, overdue=()):
        """Assert which leads owe something: read, and searched for, by name."""
        self.env.invalidate_all()
        lead_model = self.env["crm.lead"].with_user(self.manager).with_context(active_test=False)
        everything = lead_model.search([])
        for field, expected in [
            ("has_override_debt", leads),
            ("is_override_debt_overdue", overdue),
        ]:
            names = {lead.name for lead in expected}
            with self.subTest(field):
                self.assertEqual(set(everything.filtered(field).mapped("name")), names)
                found = lead_model.search([(field, "=", True)])
                self.assertEqual(set(found.mapped("name")), names)
                other = lead_model.search([(field, "=", False)])
                self.assertEqual(everything - found, other)
                self.assertEqual(lead_model.search([(field, "in", [True, False])]), everything)

    def test_many_are_told_at_once(self):
        """Each what it owes, and since when it is overdue; those that owe nothing, nothing."""
        leads = [self.overridden(f"{days}", days=days) for days in (5, 9, -3, 5, -3)]
        free = self.make_lead("Free")
        leads = (
            self.env["crm.lead"]
            .with_user(self.manager)
            .browse([lead.id for lead in leads] + free.ids)
        )
        self.env.invalidate_all()
        told = [
            (lead.has_override_debt, lead.override_debt_date, lead.is_override_debt_overdue)
            for lead in leads
        ]
        days = [Date.add(self.today, days=days) for days in (5, 9, -3, 5, -3)]
        self.assertEqual(
            told, [(True, day, day < self.today) for day in days] + [(False, False, False)]
        )
        self.assertEqual(leads.mapped("has_arrival_debt"), [False] * 6)

    def test_it_shows_until_it_is_made_good(self):
        lead = self.overridden(days=10)
        self.assert_owing(lead)
        day = Date.add(self.today, days=10)
        self.assertEqual(lead.override_debt_date, day)
        self.assertEqual(
            lead.override_debt,
            f"Overridden by {self.manager.name} until {format_date(self.env, day)}: "
            "Need identified, Budget known, Buys within six months. Reason: Signed on paper",
        )
        lead.write({"need_level": "weak", "budget_status": "estimated"})
        self.assertIn(": Buys within six months. Reason", lead.override_debt)
        self.assert_owing(lead)
        lead.purchase_date = self.today
        self.assertFalse(lead.override_debt or lead.override_debt_date)
        self.assert_owing()
        # the answer did not hold
        lead.budget_status = "none"
        self.assert_owing(lead)

    def test_it_follows_the_form(self):
        lead = self.overridden()
        with Form(lead) as form:
            form.need_level = "weak"
            self.assertNotIn("Need", form.override_debt)
            form.budget_status = "estimated"
            form.purchase_date = self.today
            self.assertFalse(form.override_debt)

    def test_overdue(self):
        late = self.overridden("Late", days=-1)
        due_today = self.overridden("Due today", days=0)
        self.assert_owing(late, due_today, overdue=[late])
        late.write(self.answers(CONVERT_ANSWERS))
        self.assert_owing(due_today)

    def test_what_owes_nothing(self):
        """Without a date, where nothing was unmet, and where nothing was overridden."""
        self.overridden("No date", days=None)
        self.overridden("Met", **self.answers(CONVERT_ANSWERS))
        self.make_opportunity("Exempt")
        self.team.stage_rule_policy = GUIDE
        self.overridden("Guided")
        self.assert_owing()

    def test_lost_leads_owe_nothing(self):
        lead = self.overridden(days=-3)
        lead.action_set_lost()
        self.assert_owing()
        lead.action_restore()
        self.assert_owing(lead, overdue=[lead])

    def test_several_promises(self):
        lead = self.overridden(days=20)
        lead.with_user(self.manager).move_with_reason(
            {"stage_id": self.stage_qualified.id}, "Soon", str(self.today)
        )
        self.assertEqual(lead.override_debt_date, self.today)
        first, second = lead.override_debt.split("\n")
        self.assertIn("Relationship with the key contact", first)
        self.assertIn("Reason: Soon", first)
        self.assertNotIn("Relationship with the key contact", second)
        self.pass_days(lead, 1)
        lead.write(self.answers(CONVERT_ANSWERS))
        self.assertNotIn("\n", lead.override_debt)
        self.assert_owing(lead, overdue=[lead])

    def test_approved_moves_owe_too(self):
        lead = self.make_lead("Approved")
        note = MoveNote(
            REASON, permission=APPROVED, approver_id=self.manager.id, make_good_date=self.today
        )
        lead.with_context(**note.context()).write({"type": "opportunity"})
        self.assertIn(f"Approved by {self.manager.name}", lead.override_debt)
        self.assert_owing(lead)

    def test_what_nothing_requires_any_more(self):
        lead = self.overridden()
        self.framework.rule_ids.filtered(
            lambda rule: rule.criterion_id == self.criterion("need")
        ).tier = "recommended"
        self.env.invalidate_all()
        self.assertNotIn("Need", lead.override_debt)
        self.env["crm.stage.rule"].search([]).unlink()
        self.assert_owing()

    def test_another_team_does_not_take_it_away(self):
        lead = self.overridden()
        lead.sudo().team_id = self.make_team("Others", GUIDE)
        self.assert_owing(lead)

    def test_a_merge_takes_it_along(self):
        lead = self.overridden("Owing")
        head = self.make_opportunity("Head", self.stage_qualified)
        merged = (head + lead).merge_opportunity()
        self.assertEqual(merged, head)
        self.assert_owing(head)

    def test_each_company_has_its_time(self):
        """Criteria are evaluated in the time zone of the company that counts."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        company.resource_calendar_id.tz = "Pacific/Kiritimati"
        company.qualification_framework_id = self.framework
        here, there = self.overridden("Here"), self.overridden("There")
        there.sudo().write({"team_id": False, "user_id": False, "company_id": company.id})
        self.manager.company_ids += company
        self.manager.company_id = self.env.company
        self.env.invalidate_all()
        model = (
            self.env["crm.lead"]
            .with_user(self.manager)
            .with_context(allowed_company_ids=(self.env.company + company).ids)
        )
        self.assertEqual(model.search([("has_override_debt", "=", True)]), here + there)
        there.sudo().write(self.answers(CONVERT_ANSWERS))
        self.assertEqual(model.search([("has_override_debt", "=", True)]), here)

    def test_queries_do_not_grow(self):
        def count(leads):
            leads = leads.with_user(self.manager)
            self.env.invalidate_all()
            leads.mapped("name")
            before = self.env.cr.sql_log_count
            leads.mapped("override_debt")
            return self.env.cr.sql_log_count - before

        leads = self.env["crm.lead"].concat(*(self.overridden(f"Lead {n}") for n in range(6)))
        count(leads[:2])
        self.assertEqual(count(leads[:2]), count(leads))

    # ------------------------------------------------------------------
    # Who sees it
    # ------------------------------------------------------------------

    def test_teams_count_it(self):
        others = self.make_team("Others", GUIDE)
        self.overridden("One")
        self.overridden("Two", user=self.all_rep)
        self.make_opportunity("Exempt")
        for user, count in [(self.manager, 2), (self.all_rep, 2), (self.rep, 1)]:
            with self.subTest(user=user.login):
                teams = (self.team + others).with_user(user)
                self.env.invalidate_all()
                self.assertEqual(teams.mapped("override_debt_count"), [count, 0])
        action = self.team.with_user(self.manager).action_view_override_debts()
        model = self.env["crm.lead"].with_user(self.manager)
        self.assertEqual(len(model.search(action["domain"])), 3)
        self.assertEqual(action["context"], '{"search_default_override_debt": 1}')
        employee = new_test_user(self.env, "funnel_employee", "base.group_user")
        self.env.invalidate_all()
        self.assertEqual(self.team.with_user(employee).override_debt_count, 0)

    def test_a_rep_finds_their_own(self):
        mine = self.overridden("Mine")
        self.overridden("Theirs", user=self.all_rep)
        model = self.env["crm.lead"].with_user(self.rep)
        self.assertEqual(model.search([("has_override_debt", "=", True)]), mine)

    def test_what_is_owed_is_for_salespeople(self):
        for name in ("has_override_debt", "is_override_debt_overdue", "override_debt"):
            self.assertEqual(
                self.env["crm.lead"]._fields[name].groups, "sales_team.group_sale_salesman"
            )
