from contextlib import closing
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ...models.rules.append_only import Recording
from ...tools.rulebook import ENFORCE, GUIDE, OFF
from ..support.case import StageRuleAssertions
from ..support.common import (
    CONVERT_ANSWERS,
    CONVERT_UNMET,
    PROPOSITION_ANSWERS,
    QUALIFIED_ANSWERS,
    QUALIFIED_UNMET,
    WON_ANSWERS,
    StageRuleCommon,
)
from ..support.guard import let_history_change

REASON = "Signed on paper, the answers follow"


class LedgerCommon(StageRuleCommon, StageRuleAssertions):
    """What the ledger tests share: a clock, and leads that meet everything."""

    def at(self, moment):
        """Let a transaction of that moment begin, for a ``with`` statement."""
        return patch.object(self.env.cr, "now", lambda: moment)

    @classmethod
    def make_qualified(cls, name="Qualified", **values):
        """Create an opportunity that meets all criteria."""
        return cls.make_opportunity(
            name,
            partner_id=cls.customer.id,
            **cls.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS, PROPOSITION_ANSWERS, WON_ANSWERS),
            **values,
        )

    def unmet(self, names):
        return self.env["crm.qualification.criterion"].concat(*map(self.criterion, names))


@tagged("post_install", "-at_install")
class TestLedger(LedgerCommon):
    """One row for each step of a lead: what it says."""

    # ------------------------------------------------------------------
    # From where to where
    # ------------------------------------------------------------------

    def test_a_lead_is_created(self):
        lead = self.make_lead(expected_revenue=100)
        row = self.assert_step(
            lead,
            lead_id=lead.sudo(),
            direction="created",
            from_type=False,
            to_type="lead",
            from_stage_id=self.env["crm.stage"],
            to_stage_id=self.stage_new,
            from_status=False,
            to_status="open",
            seconds_in_previous=0,
            expected_revenue=100,
            verdict="passed",
            policy=ENFORCE,
            by_user_id=self.env.user,
            user_id=self.rep,
            team_id=self.team,
            is_reconstructed=False,
            is_gap=False,
        )
        self.assertEqual(row.lead_name, "Some lead")
        self.assertEqual(row.to_stage_name, "New")
        self.assertEqual(row.team_name, "Enforcers")
        self.assertEqual(row.user_name, self.rep.name)
        self.assertEqual(row.by_user_name, self.env.user.name)

    def test_born_and_converted_are_told_apart(self):
        born = self.make_opportunity()
        self.assert_step(born, direction="created", from_type=False, to_type="opportunity")
        converted = self.make_lead(**self.answers(CONVERT_ANSWERS))
        converted.convert_opportunity(self.customer)
        self.assert_step(
            converted,
            direction="forward",
            from_type="lead",
            to_type="opportunity",
            to_stage_id=self.stage_new,
            by_user_id=self.rep,
        )

    def test_directions(self):
        opportunity = self.make_qualified()
        for stage, direction in (
            (self.stage_qualified, "forward"),
            (self.stage_new, "backward"),
            (self.stage_proposition, "skipped"),
        ):
            opportunity.stage_id = stage
            self.assert_step(opportunity, direction=direction, to_stage_id=stage)
        on_hold = self.env["crm.stage"].create({"name": "Hold", "is_outside_pipeline": True})
        opportunity.stage_id = on_hold
        self.assert_step(opportunity, direction="sideways", from_stage_id=self.stage_proposition)
        opportunity.stage_id = self.stage_proposition
        opportunity.action_set_won()
        self.assert_step(opportunity, direction="forward", from_status="open", to_status="won")
        opportunity.stage_id = self.stage_new
        self.assert_step(opportunity, direction="backward", from_status="won", to_status="open")
        opportunity.action_set_lost()
        self.assert_step(opportunity, direction="lost", from_status="open", to_status="lost")
        opportunity.action_restore()
        self.assert_step(opportunity, direction="reopened", from_status="lost", to_status="open")
        opportunity.type = "lead"
        self.assert_step(opportunity, direction="backward", to_type="lead")
        other = self.make_team("Others", GUIDE)
        opportunity.sudo().team_id = other
        self.assert_step(
            opportunity, direction="handed_over", team_id=other, from_team_name="Enforcers"
        )

    def test_one_row_for_each_step(self):
        """Whatever one call writes is one step; what moves nothing is none."""
        opportunity = self.make_qualified()
        rows = len(self.rows(opportunity))
        for values in (
            {"description": "Something"},
            {"stage_id": self.stage_new.id},
            {"type": "opportunity", "probability": 40},
            {"user_id": self.rep.id, "team_id": self.team.id},
            {"active": False},
            {"active": True},
        ):
            opportunity.write(values)
            self.assertEqual(len(self.rows(opportunity)), rows, values)
        opportunity.write(
            {"stage_id": self.stage_qualified.id, "user_id": self.all_rep.id, "name": "Renamed"}
        )
        self.assertEqual(len(self.rows(opportunity)), rows + 1)
        self.assert_step(opportunity, user_id=self.all_rep, lead_name="Renamed")

    def test_a_batch(self):
        leads = self.make_qualified("One") + self.make_qualified("Two", expected_revenue=20)
        leads += self.make_qualified("Back", stage=self.stage_proposition)
        leads.write({"stage_id": self.stage_qualified.id})
        self.assertEqual(
            [self.rows(lead)[-1].direction for lead in leads], ["forward", "forward", "backward"]
        )
        self.assertEqual([self.rows(lead)[-1].expected_revenue for lead in leads], [0, 20, 0])

    def test_a_stage_becomes_a_won_one_and_back(self):
        opportunity = self.make_qualified(stage=self.stage_proposition)
        self.stage_proposition.is_won = True
        self.assert_step(opportunity, direction="forward", to_status="won")
        self.stage_proposition.is_won = False
        self.assert_step(opportunity, direction="backward", to_status="open")

    # ------------------------------------------------------------------
    # When, and how long
    # ------------------------------------------------------------------

    def test_seconds(self):
        start = datetime(2026, 3, 1, 10, 0, 0)
        with self.at(start):
            opportunity = self.make_qualified()
        with self.at(start + timedelta(days=1)):
            opportunity.stage_id = self.stage_qualified
        row = self.assert_step(opportunity, seconds_in_previous=86400)
        self.assertEqual(row.date, start + timedelta(days=1))
        with self.at(start + timedelta(days=2)):
            opportunity.sudo().team_id = self.make_team("Others", GUIDE)
        self.assert_step(opportunity, direction="handed_over", seconds_in_previous=0)
        with self.at(start + timedelta(days=4)):
            opportunity.stage_id = self.stage_proposition
        # a change of hands is no step: the clock of the stage has gone on
        self.assert_step(opportunity, seconds_in_previous=3 * 86400)

    # ------------------------------------------------------------------
    # Verdicts and receipts
    # ------------------------------------------------------------------

    def test_what_came_in_past_odoo(self):
        """It may have neither a date nor a beginning, and moves all the same."""
        lead = self.make_qualified()
        lead.flush_recordset()
        others = self.make_team("Others", GUIDE)
        with closing(self.env.cr.savepoint()):
            self.env.cr.execute("UPDATE crm_lead SET create_date = NULL WHERE id = %s", [lead.id])
            let_history_change(self.env)
            self.env.cr.execute("DELETE FROM crm_stage_transition WHERE lead_ref = %s", [lead.id])
            self.env.invalidate_all()
            lead.stage_id = self.stage_qualified
            lead.sudo().team_id = others
            self.env.cr.execute(
                "SELECT seconds_in_previous FROM crm_stage_transition WHERE lead_ref = %s",
                [lead.id],
            )
            self.assertEqual(self.env.cr.fetchall(), [(None,), (None,)])
        self.env.invalidate_all(flush=False)

    def test_passed(self):
        opportunity = self.make_qualified()
        opportunity.stage_id = self.stage_qualified
        row = self.assert_step(
            opportunity,
            verdict="passed",
            policy=ENFORCE,
            reason=False,
            unmet_criterion_ids=self.unmet([]),
        )
        self.assertEqual({each["met"] for each in row.receipt}, {True})

    def test_guided(self):
        self.team.stage_rule_policy = GUIDE
        opportunity = self.make_opportunity(need_level="weak")
        opportunity.stage_id = self.stage_qualified
        unmet = [name for name in QUALIFIED_UNMET if name != "need"]
        row = self.assert_step(
            opportunity,
            verdict="guided",
            policy=GUIDE,
            unmet_criterion_ids=self.unmet(unmet).sorted(),
        )
        receipt = {each["id"]: each for each in row.receipt}
        self.assertEqual(
            receipt[self.criterion("budget").id],
            {
                "id": self.criterion("budget").id,
                "name": "Budget known",
                "tier": "required",
                "met": False,
            },
        )
        self.assertTrue(receipt[self.criterion("need").id]["met"])
        self.assertEqual(receipt[self.criterion("authority").id]["tier"], "recommended")
        # what a later stage asks for is told, too: whether it helped is known afterwards only
        self.assertEqual(receipt[self.criterion("contract").id]["tier"], "")
        self.assertEqual(set(receipt), set(self.framework.rule_ids.criterion_id.ids))

    def test_off(self):
        self.team.stage_rule_policy = OFF
        opportunity = self.make_opportunity()
        opportunity.stage_id = self.stage_qualified
        self.assert_step(
            opportunity, verdict="passed", policy=OFF, unmet_criterion_ids=self.unmet([])
        )
        self.assertFalse(self.rows(opportunity)[-1].receipt)

    def test_overridden(self):
        opportunity = self.make_opportunity(user=self.manager)
        opportunity.move_with_reason({"stage_id": self.stage_qualified.id}, f" {REASON} ")
        self.assert_step(
            opportunity,
            verdict="overridden",
            policy=ENFORCE,
            reason=REASON,
            unmet_criterion_ids=self.unmet(QUALIFIED_UNMET).sorted(),
        )

    def test_a_reason_that_was_not_needed(self):
        opportunity = self.make_qualified().with_user(self.manager)
        opportunity.move_with_reason({"stage_id": self.stage_qualified.id}, REASON)
        self.assert_step(opportunity, verdict="passed", reason=False)

    def test_exempt(self):
        lead = self.make_lead().sudo().with_user(self.env.ref("base.user_root"))
        lead.convert_opportunity(self.customer)
        self.assert_step(
            lead,
            verdict="exempt",
            policy=ENFORCE,
            by_user_id=self.env.ref("base.user_root"),
            unmet_criterion_ids=self.unmet(CONVERT_UNMET),
        )

    def test_refused_leaves_nothing(self):
        opportunity = self.make_opportunity()
        rows = self.rows(opportunity)
        with self.assert_refused(opportunity, unmet=QUALIFIED_UNMET):
            opportunity.stage_id = self.stage_qualified
        self.assertEqual(self.rows(opportunity), rows)

    def test_a_laxer_team(self):
        opportunity = self.make_opportunity()
        lax, strict = self.make_team("Lax", GUIDE), self.make_team("Strict", ENFORCE)
        for team, is_laxer in ((strict, False), (lax, True), (strict, False)):
            opportunity.sudo().team_id = team
            self.assert_step(opportunity, team_id=team, is_to_laxer_team=is_laxer)

    def test_receipts_are_frozen(self):
        self.team.stage_rule_policy = GUIDE
        opportunity = self.make_opportunity()
        opportunity.stage_id = self.stage_qualified
        row = self.rows(opportunity)[-1]
        receipt = row.receipt
        self.assertIn("Budget known", row.missing)
        self.criterion("budget").name = "Money talks"
        self.stage_qualified.name = "Vetted"
        opportunity.budget_status = "confirmed"
        self.framework.rule_ids.filtered(
            lambda rule: rule.criterion_id == self.criterion("need")
        ).unlink()
        self.criterion("need").unlink()
        self.env.invalidate_all()
        self.assertEqual(row.receipt, receipt)
        self.assertIn("Budget known", row.missing)
        self.assertIn("Need identified", row.missing)
        self.assertIn("Qualified", row.summary)
        self.assertEqual(row.to_stage_name, "Qualified")

    def test_receipts_say_what_criteria_are_called_now(self):
        self.make_qualified().stage_id = self.stage_qualified
        self.criterion("budget").name = "Money talks"
        self.criterion("need")._update_field_translations("name", {"en_US": "Need shown"})
        opportunity = self.make_qualified()
        opportunity.stage_id = self.stage_qualified
        names = {each["name"] for each in self.rows(opportunity)[-1].receipt}
        self.assertLessEqual({"Money talks", "Need shown"}, names)

    def test_names_that_are_not_saved_yet(self):
        self.stage_qualified.name = "Vetted"
        self.rep.name = "Ann"
        opportunity = self.make_qualified()
        opportunity.stage_id = self.stage_qualified
        self.assert_step(opportunity, to_stage_name="Vetted", by_user_name="Ann", user_name="Ann")

    # ------------------------------------------------------------------
    # Append-only
    # ------------------------------------------------------------------

    def test_nobody_changes_it(self):
        row = self.rows(self.make_lead())
        admin = new_test_user(self.env, "funnel_admin", "base.group_system")
        admin.group_ids += self.env.ref("sales_team.group_sale_manager")
        for rows in (row, row.with_user(self.manager), row.with_user(admin).sudo()):
            for change in (
                lambda rows=rows: rows.write({"reason": "Nicer"}),
                rows.unlink,
                lambda rows=rows: rows.create({"lead_ref": 1}),
                lambda rows=rows: rows.copy(),
                lambda rows=rows: setattr(rows, "reason", "Nicer"),
            ):
                with self.assertRaisesRegex(UserError, "cannot be changed"):
                    change()
        for user in (self.manager, admin):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(row.with_user(user).has_access(operation))

    def test_nobody_adds_to_it(self):
        """Nor does what runs because a row was added, such as an automation rule."""
        values = {"lead_ref": 1, "date": datetime(2020, 1, 1), "direction": "forward"}
        rows = self.env["crm.stage.transition"].sudo()
        with self.assertRaises(UserError):
            rows.create([values])
        while_recorded = rows.with_context(**Recording(1).context())
        with self.assertRaises(UserError):
            while_recorded.create([values, values])
        while_recorded = rows.with_context(**Recording(1).context())
        row = while_recorded.create([values])
        with self.assertRaises(UserError):
            row.create([values])
        with self.assertRaises(UserError):
            row.copy()

    def test_no_default_has_a_say_in_it(self):
        self.env["ir.default"].sudo().set("crm.stage.transition", "reason", "Says who?")
        lead = self.make_qualified()
        lead.with_context(
            default_reason="I say", default_is_gap=True
        ).stage_id = self.stage_qualified
        row = self.rows(lead)[-1]
        self.assertEqual((row.reason, row.is_gap), (False, False))

    def test_a_merge_moves_the_rows(self):
        first = self.make_qualified("First", stage=self.stage_qualified)
        second = self.make_qualified("Second")
        own, others = self.rows(first), self.rows(second)
        kept = (first + second).sudo().merge_opportunity()
        self.assertEqual(kept, first.sudo())
        self.assertEqual(others.lead_id, kept)
        self.assertEqual(others.mapped("lead_name"), ["Second"])
        self.assertEqual(set(others.mapped("lead_ref")), {second.id})
        merged = self.rows(second) - others
        self.assertEqual(merged.direction, "merged")
        self.assertEqual(merged.lead_id, kept)
        self.assertIn("“Second”", merged.summary)
        self.assertEqual(kept.transition_ids, own + others + merged)

    def test_a_merge_that_deletes_nothing(self):
        """Who merges may keep the others; they go on, and end when they are deleted."""
        first, second = self.make_qualified("First"), self.make_qualified("Second")
        others = self.rows(second)
        kept = (first + second).sudo().merge_opportunity(auto_unlink=False)
        self.assert_ledger_complete()
        self.assertEqual(others.lead_id, kept)
        second_id = second.id
        second.sudo().unlink()
        self.assert_step(
            self.env["crm.lead"].browse(second_id),
            direction="merged",
            lead_id=kept,
            lead_name="Second",
        )

    def test_a_merged_lead_that_went_on(self):
        """What it did since is its own, and erased with it."""
        first, second = self.make_qualified("First"), self.make_qualified("Second")
        others = self.rows(second)
        (first + second).sudo().merge_opportunity(auto_unlink=False)
        second.stage_id = self.stage_qualified
        since = self.rows(second) - others
        self.assertEqual(since.lead_id, second.sudo())
        second.sudo().unlink()
        self.assertEqual((since.lead_name, others.lead_name), (False, "Second"))
        self.assert_step(second, direction="deleted", lead_name=False)

    def test_a_deleted_lead(self):
        """Rows stay, without what could be personal."""
        lead = self.make_opportunity("Ann's deal", user=self.manager, expected_revenue=50)
        lead.move_with_reason({"stage_id": self.stage_qualified.id}, REASON)
        rows, lead_id = self.rows(lead), lead.id
        lead.sudo().unlink()
        self.assertEqual(len(rows.exists()), 2)
        ended = self.env["crm.stage.transition"].search([("lead_ref", "=", lead_id)]) - rows
        self.assertEqual(ended.direction, "deleted")
        self.assertEqual(ended.from_stage_id, self.stage_qualified)
        self.assertFalse(ended.to_stage_id or ended.to_type or ended.to_status)
        self.assertEqual(ended.expected_revenue, 50)
        for row in rows + ended:
            self.assertFalse(
                row.lead_id
                or row.lead_name
                or row.reason
                or row.user_name
                or row.by_user_name
                or row.approver_name
            )
        self.assertEqual(rows.mapped("verdict"), ["exempt", "overridden"])
        self.assertEqual(rows[1].unmet_criterion_ids, self.unmet(QUALIFIED_UNMET).sorted())

    def test_a_merged_lead_that_is_deleted(self):
        """What it left to another lead is the other one's, also what it is erased with."""
        first, second = self.make_qualified("First"), self.make_qualified("Second")
        ids = [first.id, second.id]
        kept = (first + second).sudo().merge_opportunity()
        rows = self.env["crm.stage.transition"].search([("lead_ref", "in", ids)])
        self.assertNotIn("deleted", rows.mapped("direction"))
        self.assertIn("Second", rows.mapped("lead_name"))
        kept.unlink()
        self.assertEqual(set(rows.mapped("lead_name")), {False})
        rows = self.env["crm.stage.transition"].search([("lead_ref", "in", ids)])
        self.assertEqual(rows.mapped("direction").count("deleted"), 1)

    def test_what_rows_outlive(self):
        """A stage, a team and a user go; what the rows tell of them stays."""
        other = self.make_team("Others", GUIDE)
        passing = self.env["crm.stage"].create({"name": "Passing", "sequence": 2})
        user = new_test_user(self.env, "funnel_gone", "sales_team.group_sale_salesman")
        other.member_ids = user
        lead = self.make_opportunity(team_id=other.id, stage_id=passing.id)
        lead.sudo().user_id = user
        lead.with_user(user).stage_id = self.stage_qualified
        row = self.assert_step(lead, by_user_id=user)
        name = user.name
        lead.sudo().user_id = self.rep
        passing.unlink()
        self.env["crm.team"].browse(other.id).unlink()
        user.unlink()
        self.env.invalidate_all()
        self.assertEqual(row.from_stage_name, "Passing")
        self.assertEqual(row.team_name, "Others")
        self.assertEqual((row.by_user_name, row.user_name), (name, name))
        self.assertFalse(row.from_stage_id or row.team_id or row.by_user_id or row.user_id)
        self.assertIn(name, row.summary)

    # ------------------------------------------------------------------
    # Who reads it
    # ------------------------------------------------------------------

    def test_reps_read_what_they_see(self):
        mine, other = self.make_lead("Mine"), self.make_lead("Other", self.all_rep)
        archived = self.make_lead("Archived", active=False)
        deleted = self.make_lead("Gone")
        refs = [mine.id, other.id, archived.id, deleted.id]
        deleted.sudo().unlink()

        def seen(user):
            rows = self.env["crm.stage.transition"].with_user(user)
            return set(rows.search([("lead_ref", "in", refs)]).mapped("lead_ref"))

        self.assert_seen_as_leads_are(seen, {mine.id, archived.id}, set(refs), {deleted.id})

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Other house"})
        lead = self.make_lead(user_id=False, team_id=False, company_id=company.id)
        deleted = self.make_lead(user_id=False, team_id=False, company_id=company.id)
        refs = [lead.id, deleted.id]
        deleted.sudo().unlink()
        rows = self.env["crm.stage.transition"].with_user(self.manager)
        self.assertFalse(rows.search([("lead_ref", "in", refs)]))
