from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ...names import OVERRIDE_GROUP
from ...tools.rulebook import GUIDE
from ..support.case import StageRuleAssertions
from ..support.common import (
    CONVERT_ANSWERS,
    CONVERT_UNMET,
    PROPOSITION_ANSWERS,
    QUALIFIED_ANSWERS,
    QUALIFIED_UNMET,
    StageRuleCommon,
)
from ..support.guard import let_history_change

WHY = "The ministry signs first and answers later"


class StageRequestCommon(StageRuleCommon, StageRuleAssertions):
    """A team whose leader sees no lead but their own, and who asks whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = new_test_user(cls.env, "funnel_leader", "sales_team.group_sale_salesman")
        cls.team.user_id = cls.leader
        cls.stage_type = cls.env.ref("sales_funnel_stages.mail_activity_type_stage_approval")
        # those whom the database has already
        managers = cls.env.ref("sales_team.group_sale_manager").all_user_ids
        (managers - cls.manager).group_ids -= cls.env.ref("sales_team.group_sale_manager")

    def ask(self, lead, stage=None, reason=WHY, **vals):
        """Ask to enter a stage, or to convert; return the request, as the rep sees it."""
        if stage:
            vals["stage_id"] = stage.id
        else:
            vals["type"] = "opportunity"
        id_ = lead.action_request_stage_approval({"reason": reason, **vals})
        return self.env["crm.stage.request"].with_user(lead.env.user).browse(id_)

    def unmet_criteria(self, names):
        return self.env["crm.qualification.criterion"].concat(*map(self.criterion, names))

    def activities(self, lead):
        return lead.sudo().activity_ids.filtered(lambda a: a.activity_type_id == self.stage_type)

    def told(self, user):
        """Return what somebody was notified of, the newest first."""
        notifications = self.env["mail.notification"].search(
            [("res_partner_id", "=", user.partner_id.id)], order="id desc"
        )
        return notifications.mail_message_id.sorted("id", reverse=True).mapped("body")

    def assert_waiting(self, lead, *requests):
        """Assert what waits for a decision on a lead, and that its activities say so."""
        pending = lead.sudo().stage_request_ids.filtered(lambda r: r.state == "pending")
        expected = self.env["crm.stage.request"].concat(*requests)
        self.assertEqual(pending, expected.sudo())
        self.assertEqual(self.activities(lead), expected.sudo().activity_ids)
        self.assertEqual(bool(lead.stage_request_waiting), bool(requests))


@tagged("post_install", "-at_install")
class TestAsking(StageRequestCommon):
    def test_what_is_asked_for(self):
        lead = self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        request = self.ask(lead, self.stage_qualified, f"  {WHY}\n", make_good_date="2090-12-31")
        unmet = QUALIFIED_UNMET[len(CONVERT_UNMET) :]
        self.assertRecordValues(
            request.sudo(),
            [
                {
                    "lead_id": lead.id,
                    "is_conversion": False,
                    "to_stage_id": self.stage_qualified.id,
                    "requester_id": self.rep.id,
                    "approver_id": self.leader.id,
                    "reason": WHY,
                    "make_good_date": Date.to_date("2090-12-31"),
                    "state": "pending",
                    "unmet_criterion_ids": [self.criterion(name).id for name in unmet],
                    "missing": "\n".join(self.unmet_criteria(unmet).sorted().mapped("name")),
                }
            ],
        )
        self.assertEqual(request.display_name, "“Some opportunity” to enter Qualified")
        self.assertEqual(request.missing_now, request.missing)
        self.assert_waiting(lead, request)
        self.assert_moved(lead, self.stage_new)

    def test_the_activity(self):
        lead = self.make_lead()
        self.ask(lead, make_good_date="2090-12-31")
        activity = self.activities(lead)
        self.assertEqual(activity.user_id, self.leader)
        for text in (self.rep.name, WHY, "Need identified, Budget known", "12/31/2090"):
            self.assertIn(text, activity.note)
        self.assertIn("become an opportunity", activity.summary)
        self.assertTrue(self.told(self.leader), "who decides is told at once")

    def test_what_is_typed_is_text(self):
        lead = self.make_lead("<b>Lead</b>")
        request = self.ask(lead, reason="<img src=x onerror=alert(1)>")
        self.assertIn("&lt;img", self.activities(lead).note)
        self.assertNotIn("<b>", self.activities(lead).note)
        request.with_user(self.leader).action_decline("<i>no</i>")
        self.assertIn("&lt;i&gt;no", self.told(self.rep)[0])

    def test_where_somebody_has_deleted_the_type_of_activities(self):
        self.stage_type.unlink()
        lead = self.make_lead()
        request = self.ask(lead)
        activity = lead.sudo().activity_ids
        self.assertEqual(activity, request.sudo().activity_ids)
        self.assertEqual(activity.user_id, self.leader)
        self.assertEqual(activity.activity_type_id, self.env.ref("mail.mail_activity_data_todo"))

    def test_the_lead_says_so(self):
        lead = self.make_lead()
        self.assertFalse(lead.stage_request_waiting or lead.stage_request_count)
        request = self.ask(lead)
        self.assertEqual(
            lead.stage_request_waiting,
            f"{self.rep.name} asked for this to become an opportunity in New. "
            f"Waiting for {self.leader.name} to decide.",
        )
        self.assertEqual(lead.stage_request_count, 1)
        action = lead.action_view_stage_requests()
        self.assertEqual(action["res_id"], request.id)
        request.action_cancel()
        self.assertFalse(lead.stage_request_waiting)
        self.assertEqual(lead.stage_request_count, 1)
        action = lead.action_view_stage_requests()
        self.assertFalse(action["res_id"])
        self.assertEqual(
            self.env["crm.stage.request"].with_user(self.rep).search(action["domain"]), request
        )

    def test_what_cannot_be_asked_for(self):
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        opportunity = self.make_opportunity(stage=self.stage_qualified)
        proposition = {"stage_id": self.stage_proposition.id, "reason": WHY}
        for record, vals, says in [
            (lead, {"type": "opportunity", "reason": WHY}, "needs no approval"),
            (opportunity, {"stage_id": self.stage_new.id, "reason": WHY}, "needs no approval"),
            (opportunity, {"reason": WHY}, "Say what you ask for"),
            (opportunity, {"type": "opportunity", "reason": WHY}, "Say what you ask for"),
            (opportunity, {"stage_id": 999999, "reason": WHY}, "Say what you ask for"),
            (opportunity, {**proposition, "reason": " ... "}, "Give a reason for your request"),
            (opportunity, {**proposition, "reason": False}, "Give a reason for your request"),
            (opportunity, {**proposition, "make_good_date": "soon"}, "is no date"),
            (opportunity, {**proposition, "make_good_date": "2001-01-01"}, "in the past"),
            (opportunity, {**proposition, "state": "approved"}, "“state” cannot be asked for"),
        ]:
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, says):
                record.action_request_stage_approval(vals)
        self.assertFalse(self.env["crm.stage.request"].search([]))

    def test_by_keyword_arguments(self):
        """As the README has it, and as JSON-2 calls whatever it calls."""
        stage_id = self.stage_qualified.id
        for arguments in (
            {"stage_id": stage_id, "reason": WHY, "make_good_date": "2090-12-31"},
            {"vals": {"stage_id": stage_id, "reason": WHY, "make_good_date": "2090-12-31"}},
            {"vals": {"stage_id": stage_id}, "reason": WHY, "make_good_date": "2090-12-31"},
        ):
            with self.subTest(arguments):
                deal = self.make_opportunity()
                id_ = call_kw(deal.browse(), "action_request_stage_approval", [deal.ids], arguments)
                request = self.env["crm.stage.request"].browse(id_)
                self.assertEqual(request.lead_id, deal.sudo())
                self.assertEqual(request.to_stage_id, self.stage_qualified)
                self.assertEqual(request.reason, WHY)
                self.assertEqual(str(request.make_good_date), "2090-12-31")
        deal = self.make_opportunity()
        for arguments, says in (
            ({}, "Say what you ask for"),
            ({"vals": None}, "Say what you ask for"),
            ({"vals": "x", "reason": WHY}, "Say what you ask for"),
            ({"stage_id": stage_id, "reason": WHY, "state": "approved"}, "“state” cannot be"),
        ):
            with self.subTest(arguments), self.assertRaisesRegex(UserError, says):
                deal.action_request_stage_approval(**arguments)

    def test_nothing_to_ask_where_nothing_is_enforced(self):
        self.team.stage_rule_policy = GUIDE
        with self.assertRaisesRegex(UserError, "needs no approval"):
            self.ask(self.make_lead())

    def test_nobody_asks_for_leads_of_others(self):
        lead = self.make_lead(user=self.all_rep).with_user(self.rep)
        with self.assertRaises(AccessError):
            self.ask(lead)

    def test_asking_again_brings_it_up_to_date(self):
        lead = self.make_opportunity()
        request = self.ask(lead, self.stage_qualified)
        lead.write(self.answers(CONVERT_ANSWERS))
        again = self.ask(lead, self.stage_qualified, "They called again")
        self.assertEqual(again, request)
        self.assertEqual(request.reason, "They called again")
        self.assertNotIn("Need identified", request.missing)
        self.assert_waiting(lead, request)
        self.assertIn("They called again", self.activities(lead).note)

    def test_another_asks_for_the_same(self):
        lead = self.make_opportunity()
        self.ask(lead, self.stage_qualified)
        with self.assertRaisesRegex(UserError, "already asked for this"):
            self.ask(lead.with_user(self.all_rep), self.stage_qualified)
        other = self.ask(lead.with_user(self.all_rep), self.stage_proposition)
        self.assertEqual(len(lead.sudo().stage_request_ids), 2)
        self.assertEqual(other.to_stage_id, self.stage_proposition)

    # ------------------------------------------------------------------
    # Who decides
    # ------------------------------------------------------------------

    def test_the_managers_where_there_is_no_other_leader(self):
        second = new_test_user(self.env, "funnel_second", "sales_team.group_sale_manager")
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        new_test_user(
            self.env,
            "funnel_elsewhere",
            "sales_team.group_sale_manager",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        gone = new_test_user(self.env, "funnel_gone", "sales_team.group_sale_manager")
        gone.active = False
        employee = new_test_user(self.env, "funnel_employee", "base.group_user")
        retired = new_test_user(self.env, "funnel_retired", "sales_team.group_sale_salesman")
        retired.active = False
        for leader in (self.rep, self.env["res.users"], employee, retired):
            with self.subTest(leader=leader.login):
                self.team.user_id = leader
                lead = self.make_lead(company_id=self.env.company.id)
                request = self.ask(lead)
                self.assertFalse(request.approver_id)
                self.assertEqual(self.activities(lead).user_id, self.manager + second)
                self.assertIn("a sales manager", lead.stage_request_waiting)
                request.with_user(second).action_approve()
                self.assert_waiting(lead)

    def test_nobody_to_ask(self):
        self.team.user_id = False
        self.manager.active = False
        with self.assertRaisesRegex(UserError, "nobody to ask"):
            self.ask(self.make_lead())


@tagged("post_install", "-at_install")
class TestDeciding(StageRequestCommon):
    def test_approving_moves_the_lead(self):
        lead = self.make_opportunity()
        request = self.ask(lead, self.stage_qualified, make_good_date="2090-12-31")
        self.assertFalse(
            lead.with_user(self.leader).has_access("read"), "the leader sees no lead but their own"
        )
        request.with_user(self.leader).action_approve()
        self.assert_moved(lead, self.stage_qualified)
        self.assert_step(
            lead,
            verdict="approved",
            reason=WHY,
            approver_id=self.leader,
            by_user_id=self.leader,
            make_good_date=Date.to_date("2090-12-31"),
            to_stage_id=self.stage_qualified,
            unmet_criterion_ids=self.unmet_criteria(QUALIFIED_UNMET),
        )
        self.assertRecordValues(request, [{"state": "approved", "decided_by_id": self.leader.id}])
        self.assertTrue(request.decided_on)
        self.assert_waiting(lead)
        self.assertIn("approved by", self.told(self.rep)[0])
        note = lead.message_ids.filtered(lambda message: "Approved to enter" in message.body)
        self.assertIn(WHY, note.body)
        self.assertIn("Budget known", note.body)
        self.assertEqual(note.author_id, self.leader.partner_id)
        self.assertIn("Approved by", lead.override_debt)

    def test_approving_a_conversion(self):
        lead = self.make_lead(partner_id=self.customer.id)
        self.ask(lead).with_user(self.manager).action_approve()
        self.assert_moved(lead, self.stage_new)
        self.assertEqual(lead.partner_id, self.customer)
        self.assertTrue(lead.date_conversion)
        self.assert_step(lead, verdict="approved", from_type="lead", to_type="opportunity")
        further = self.make_lead("Further")
        self.ask(further, self.stage_qualified, type="opportunity").with_user(
            self.leader
        ).action_approve()
        self.assert_moved(further, self.stage_qualified)

    def test_approving_a_win(self):
        lead = self.make_opportunity(stage=self.stage_proposition)
        self.ask(lead, self.stage_won).with_user(self.leader).action_approve()
        self.assertEqual(lead.won_status, "won")
        lost = self.make_opportunity("Lost")
        lost.action_set_lost()
        request = self.ask(lost, self.stage_won).with_user(self.leader)
        request.action_approve()
        self.assertEqual((lost.won_status, lost.active), ("won", True))
        self.assertEqual(request.state, "approved")

    def test_where_all_is_met_meanwhile(self):
        lead = self.make_opportunity()
        request = self.ask(lead, self.stage_qualified)
        lead.write(self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS))
        self.assertFalse(request.missing_now)
        request.with_user(self.leader).action_approve()
        self.assert_moved(lead, self.stage_qualified)
        self.assert_step(lead, verdict="passed", reason=False)

    def test_it_is_for_once(self):
        lead = self.make_opportunity()
        request = self.ask(lead, self.stage_qualified).with_user(self.leader)
        request.action_approve()
        lead.stage_id = self.stage_new
        for again in (request.action_approve, lambda: request.action_decline("No")):
            with self.assertRaisesRegex(UserError, "approved by funnel_leader"):
                again()
        with self.assert_refused(lead, unmet=QUALIFIED_UNMET):
            lead.stage_id = self.stage_qualified

    def test_it_is_for_one_lead_and_one_move(self):
        """What moves along with it, as by an automation, needs permission of its own."""
        lead, other = self.make_opportunity(), self.make_opportunity("Other")
        request = self.ask(lead, self.stage_qualified).with_user(self.leader)
        lead_model = type(self.env["crm.lead"])
        make_move = lead_model._make_move

        def make_move_and_more(leads, *args):
            make_move(leads, *args)
            leads.browse(other.id).stage_id = self.stage_qualified

        with (
            patch.object(lead_model, "_make_move", make_move_and_more),
            self.assert_refused(other, unmet=QUALIFIED_UNMET),
        ):
            request.action_approve()
        self.assert_moved(lead + other, self.stage_new)
        self.assertEqual(request.state, "pending")

        def make_move_and_go_on(leads, *args):
            make_move(leads, *args)
            leads.stage_id = self.stage_proposition

        with patch.object(lead_model, "_make_move", make_move_and_go_on):
            with self.assertRaisesRegex(UserError, "cannot enter Proposition"):
                request.action_approve()
        self.assert_moved(lead, self.stage_new)
        self.assert_waiting(lead, request)

    def test_another_error(self):
        lead = self.make_opportunity()
        request = self.ask(lead, self.stage_qualified).with_user(self.leader)
        with (
            patch.object(
                type(self.env["crm.lead"]), "_make_move", side_effect=UserError("Some rule of ours")
            ),
            self.assertRaisesRegex(UserError, "Some rule of ours"),
        ):
            request.action_approve()
        self.assert_waiting(lead, request)
        request.action_approve()
        self.assert_moved(lead, self.stage_qualified)

    def test_declining(self):
        lead = self.make_opportunity()
        request = self.ask(lead, self.stage_qualified).with_user(self.leader)
        for reason in ("", "  ", False, None, "..."):
            with (
                self.subTest(reason=reason),
                self.assertRaisesRegex(UserError, "Give a reason for declining"),
            ):
                request.action_decline(reason)
        self.env["crm.stage.request.decline"].with_user(self.leader).create(
            {"request_ids": request.ids, "reason": " Call them first "}
        ).action_decline()
        self.assert_moved(lead, self.stage_new)
        self.assertRecordValues(
            request,
            [
                {
                    "state": "declined",
                    "decision_reason": "Call them first",
                    "decided_by_id": self.leader.id,
                }
            ],
        )
        self.assert_waiting(lead)
        self.assertIn("Call them first", self.told(self.rep)[0])
        self.assertIn("Call them first", lead.message_ids[0].body)
        self.assertTrue(self.ask(lead, self.stage_qualified), "one may ask again")

    def test_cancelling(self):
        lead = self.make_opportunity()
        request = self.ask(lead, self.stage_qualified)
        for user in (self.leader, self.manager):
            with self.assertRaisesRegex(UserError, "Only"):
                request.with_user(user).action_cancel()
        request.action_cancel()
        self.assertEqual(request.state, "cancelled")
        self.assert_waiting(lead)
        with self.assertRaisesRegex(UserError, "cancelled by"):
            request.with_user(self.leader).action_approve()

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def test_who_may_decide(self):
        trusted = new_test_user(
            self.env, "funnel_trusted", f"sales_team.group_sale_salesman_all_leads,{OVERRIDE_GROUP}"
        )
        lead = self.make_opportunity()
        request = self.ask(lead, self.stage_qualified)
        for user, may in [
            (self.rep, False),
            (self.all_rep, False),
            (self.leader, True),
            (self.manager, True),
            (trusted, True),
        ]:
            with self.subTest(user=user.login):
                self.assertEqual(request.with_user(user).can_decide, may)
                if not may:
                    for decide in (
                        request.with_user(user).action_approve,
                        lambda user=user: request.with_user(user).action_decline("No"),
                    ):
                        with self.assertRaisesRegex(UserError, "up to funnel_leader"):
                            decide()
        self.assert_waiting(lead, request)

    def test_nobody_approves_what_they_ask_for(self):
        """Unless they need not ask."""
        self.team.user_id = self.rep
        lead = self.make_opportunity()
        request = self.ask(lead, self.stage_qualified)
        self.assertFalse(request.approver_id)
        # made leader of the request past its rules
        request.sudo().approver_id = self.rep
        with self.assertRaisesRegex(UserError, "You cannot decide"):
            request.action_approve()
        theirs = self.make_opportunity("Theirs", user=self.manager)
        self.team.user_id = self.leader
        self.ask(theirs, self.stage_qualified).action_approve()
        self.assert_moved(theirs, self.stage_qualified)

    def test_who_may_override_but_not_see_the_lead(self):
        trusted = new_test_user(
            self.env, "funnel_trusted", f"sales_team.group_sale_salesman,{OVERRIDE_GROUP}"
        )
        lead = self.make_opportunity(user=trusted)
        request = self.ask(lead, self.stage_qualified)
        self.assertTrue(request.can_decide)
        lead.sudo().user_id = self.rep
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            request.action_approve()

    def test_who_sees_requests(self):
        mine, theirs = self.make_lead("Mine"), self.make_lead("Theirs", self.all_rep)
        mine, theirs = self.ask(mine), self.ask(theirs)
        other = new_test_user(self.env, "funnel_other", "sales_team.group_sale_salesman")
        model = self.env["crm.stage.request"]
        for user, expected in [
            (self.rep, mine),
            (self.all_rep, mine + theirs),
            (self.leader, mine + theirs),
            (self.manager, mine + theirs),
            (other, model),
        ]:
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                self.assertEqual(model.with_user(user).search([], order="id"), expected)
        employee = new_test_user(self.env, "funnel_employee", "base.group_user")
        with self.assertRaises(AccessError):
            model.with_user(employee).search([])
        # what there is to read for who may not read the lead
        self.env.invalidate_all()
        row = mine.with_user(self.leader).web_read(
            {
                "display_name": {},
                "lead_name": {},
                "lead_id": {"fields": {"display_name": {}}},
                "to_stage_id": {"fields": {"display_name": {}}},
                "team_id": {"fields": {"display_name": {}}},
                "missing_now": {},
                "can_decide": {},
                "is_mine": {},
            }
        )
        self.assertEqual(row[0]["lead_name"], "Mine")
        self.assertTrue(row[0]["can_decide"])

    def test_companies(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids += elsewhere
        request = self.ask(self.make_lead(company_id=self.env.company.id))
        model = self.env["crm.stage.request"].with_user(self.manager)
        self.assertEqual(model.search([]), request)
        self.assertFalse(model.with_context(allowed_company_ids=elsewhere.ids).search([]))

    def test_nobody_writes_requests(self):
        request = self.ask(self.make_lead())
        for user in (self.rep, self.leader, self.manager):
            as_user = request.with_user(user)
            for change in (
                lambda r=as_user: r.write({"state": "approved"}),
                lambda r=as_user: r.write({"reason": "Another"}),
                lambda r=as_user: r.create({"lead_id": r.lead_id.id, "reason": "Why"}),
                as_user.unlink,
                as_user.copy,
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    change()
            with self.assertRaises(AccessError):
                request.sudo().lead_id.with_user(self.manager).write(
                    {"stage_request_ids": [Command.update(request.id, {"state": "approved"})]}
                )

    # ------------------------------------------------------------------
    # When the lead has moved
    # ------------------------------------------------------------------

    def test_a_move_makes_it_outdated(self):
        others = self.make_team("Others", GUIDE)
        for move in (
            lambda lead: lead.write({"stage_id": self.stage_new.id}),
            lambda lead: lead.action_set_lost(),
            lambda lead: lead.write({"type": "lead"}),
            lambda lead: lead.write({"team_id": others.id}),
            lambda lead: lead.write(
                {
                    **self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS, PROPOSITION_ANSWERS),
                    "stage_id": self.stage_proposition.id,
                }
            ),
        ):
            lead = self.make_opportunity(stage=self.stage_qualified)
            request = self.ask(lead, self.stage_proposition)
            move(lead.with_user(self.all_rep))
            self.assertEqual(request.state, "outdated")
            self.assert_waiting(lead)
            self.assertIn("Ask again", self.told(self.rep)[0])
            place = self._position(lead)
            with self.assertRaisesRegex(UserError, f"It is in {lead.sudo().stage_id.name} now"):
                request.with_user(self.leader).action_approve()
            self.assertEqual(self._position(lead), place)

    def test_who_moves_it_knows(self):
        lead = self.make_opportunity(stage=self.stage_qualified)
        request = self.ask(lead, self.stage_proposition)
        told = self.told(self.rep)
        lead.stage_id = self.stage_new
        self.assertEqual(request.state, "outdated")
        self.assertEqual(self.told(self.rep), told)

    def test_what_does_not_move_it(self):
        lead = self.make_opportunity()
        request = self.ask(lead, self.stage_qualified)
        lead.write({"user_id": self.all_rep.id, "expected_revenue": 5})
        self.assert_waiting(lead.with_user(self.all_rep), request)

    def test_one_approval_makes_the_others_outdated(self):
        lead = self.make_opportunity()
        qualified = self.ask(lead, self.stage_qualified)
        proposition = self.ask(lead, self.stage_proposition)
        qualified.with_user(self.leader).action_approve()
        self.assertEqual((qualified + proposition).mapped("state"), ["approved", "outdated"])

    def test_a_move_past_the_ledger(self):
        """Who approves is told, where nobody had noticed that the lead has moved."""
        lead = self.make_opportunity()
        request = self.ask(lead, self.stage_proposition)
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE crm_lead SET stage_id = %s WHERE id = %s RETURNING id",
                self.stage_qualified.id,
                lead.id,
            )
        )
        self.env.invalidate_all()
        action = request.with_user(self.leader).action_approve()
        self.assertIn("It is in Qualified now", action["params"]["message"])
        self.assertEqual(request.state, "outdated")
        self.assertIn("Ask again", self.told(self.rep)[0])
        self.assert_moved(lead, self.stage_qualified)
        lead.sudo().stage_id = self.stage_new
        let_history_change(self.env)
        self.env.execute_query(
            SQL("DELETE FROM crm_stage_transition WHERE lead_ref = %s RETURNING id", lead.id)
        )
        lead.sudo().unlink()

    def test_a_stage_that_is_deleted(self):
        stage = self.env["crm.stage"].create({"name": "Demo", "sequence": 2})
        request = self.ask(self.make_opportunity(), stage)
        lead = self.make_lead()
        converted = self.ask(lead, stage, type="opportunity")
        stage.unlink()
        self.assertEqual((request + converted).mapped("state"), ["outdated", "outdated"])
        with self.assertRaisesRegex(UserError, "Demo was deleted"):
            converted.with_user(self.leader).action_approve()
        self.assert_moved(lead, type_="lead")

    def test_what_was_blanked_meanwhile(self):
        """An approval lets pass what was told when it was asked for, and no more."""
        lead = self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        request = self.ask(lead, self.stage_qualified)
        lead.budget_status = False
        action = request.with_user(self.leader).action_approve()
        budget = self.criterion("budget").name
        self.assertIn(
            f"More is missing by now than when it was asked for: {budget}.",
            action["params"]["message"],
        )
        self.assertEqual(request.state, "outdated")
        self.assertIn(budget, self.told(self.rep)[0])
        self.assert_moved(lead, self.stage_new)
        # asked for anew, it is let pass
        again = self.ask(lead, self.stage_qualified)
        again.with_user(self.leader).action_approve()
        self.assert_moved(lead, self.stage_qualified)

    def test_another_leader(self):
        """Whoever leads the team by now decides."""
        lead = self.make_opportunity()
        request = self.ask(lead, self.stage_qualified)
        other = new_test_user(self.env, "funnel_new_leader", "sales_team.group_sale_salesman")
        self.team.user_id = other
        self.assertEqual(request.sudo().approver_id, other)
        self.assertEqual(self.activities(lead).user_id, other)
        self.assertFalse(request.with_user(self.leader).sudo(False)._filter_decidable())
        self.team.user_id = False
        self.assertFalse(request.sudo().approver_id)
        self.assertEqual(self.activities(lead).user_id, self.manager)
        self.assertFalse(request.with_user(other)._filter_decidable())
        request.with_user(self.manager).action_approve()
        self.assert_moved(lead, self.stage_qualified)

    def test_leads_that_end(self):
        deleted, tail = self.make_opportunity("Deleted"), self.make_opportunity("Tail")
        head = self.make_opportunity("Head", self.stage_qualified)
        gone, merged = self.ask(deleted, self.stage_qualified), self.ask(tail, self.stage_qualified)
        kept = self.ask(head, self.stage_proposition)
        deleted.sudo().unlink()
        self.assertFalse(gone.exists())
        self.assertEqual((head + tail).merge_opportunity(), head)
        self.assertEqual((merged.state, merged.lead_id), ("outdated", head))
        self.assert_waiting(head, kept)
