from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ...tools.rulebook import GUIDE
from ..support.case import StageRuleAssertions
from ..support.common import (
    CONVERT_ANSWERS,
    PROPOSITION_ANSWERS,
    QUALIFIED_ANSWERS,
    StageRuleCommon,
)

REASON = "They sign on paper"
# what enters Qualified but for the requirements and the engagement
MET_KEY_CONTACT = {"contact_role": "decision_maker", "first_contact_date": "today"}


@tagged("post_install", "-at_install")
class TestStageMove(StageRuleCommon, StageRuleAssertions):
    """The wizard behind the dialog of a refused move."""

    def wizard(self, leads, stage=None, is_conversion=False):
        """Return the form that the dialog opens for a refused move."""
        return Form(
            self.env["crm.stage.move"]
            .with_user(leads.env.user)
            .with_context(
                default_lead_ids=[Command.set(leads.ids)],
                default_to_stage_id=stage and stage.id,
                default_is_conversion=is_conversion,
            )
        )

    def assert_checklist(self, form, stage, expected):
        """Assert for which stage the checklist is, and what it says: ``{name: is met}``."""
        lines = {line["name"]: line["is_met"] for line in form.checklist["lines"]}
        self.assertEqual((form.checklist["stage"], lines), (stage, expected))

    def test_what_it_says(self):
        lead = self.make_opportunity("Desks", **self.answers(CONVERT_ANSWERS))
        form = self.wizard(lead, self.stage_qualified)
        self.assertEqual(form.description, "“Desks” cannot enter Qualified yet.")
        self.assertEqual(
            form.missing,
            "Requirements identified\nRelationship with the key contact\nEngagement discussed",
        )
        self.assertFalse(form.can_override)
        lead.sudo().write(self.answers(QUALIFIED_ANSWERS))
        self.assertFalse(self.wizard(lead, self.stage_qualified).missing)

    def test_what_it_says_of_several(self):
        lead = self.make_lead("Desks", **self.answers(CONVERT_ANSWERS))
        leads = lead + self.make_lead("Chairs", need_level="weak") + self.make_lead("Lamps")
        form = self.wizard(leads, is_conversion=True)
        self.assertEqual(form.description, "3 leads cannot become an opportunity yet.")
        self.assertEqual(
            form.missing,
            "Chairs: Budget known, Buys within six months\n"
            "Lamps: Need identified, Budget known, Buys within six months",
        )

    def test_filling_in_and_moving(self):
        """In one step; the checklist follows, and nothing else is asked for."""
        lead = self.make_opportunity("Desks", **self.answers(CONVERT_ANSWERS, MET_KEY_CONTACT))
        form = self.wizard(lead, self.stage_qualified)
        self.assertEqual(form.fields_to_fill, ["engagement_date", "requirement_summary"])
        self.assertFalse(form.has_other_fields)
        self.assert_checklist(
            form, "Qualified", {"Requirements identified": False, "Engagement discussed": False}
        )
        form.requirement_summary = "Forty seats"
        self.assert_checklist(
            form, "Qualified", {"Requirements identified": True, "Engagement discussed": False}
        )
        form.engagement_date = Date.context_today(lead)
        self.assertEqual(form.checklist["met"], form.checklist["total"])
        wizard = form.save()
        self.assertFalse(lead.requirement_summary, "it is no answer before the move is made")
        self.assertTrue(wizard.action_move()["infos"]["is_done"])
        self.assert_moved(lead, self.stage_qualified)
        self.assertEqual(lead.requirement_summary, "Forty seats")
        self.assert_step(lead, verdict="passed", by_user_id=self.rep)

    def test_filling_in_less_than_is_missing(self):
        """It is refused as any move, and what was filled in goes with it."""
        lead = self.make_opportunity("Desks", **self.answers(CONVERT_ANSWERS, MET_KEY_CONTACT))
        form = self.wizard(lead, self.stage_qualified)
        form.requirement_summary = "Forty seats"
        wizard = form.save()
        with self.assert_refused(lead, ["engagement"]), self.env.cr.savepoint():
            wizard.action_move()
        self.assertFalse(lead.requirement_summary)
        self.assertEqual(wizard.requirement_summary, "Forty seats")

    def test_what_was_met_and_is_not_any_more(self):
        """It shows, too."""
        lead = self.make_opportunity(
            "Desks", **self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS), stage=self.stage_qualified
        )
        form = self.wizard(lead, self.stage_proposition)
        self.assertNotIn("Need identified", [line["name"] for line in form.checklist["lines"]])
        form.need_level = "none"
        self.assertIn("Need identified", [line["name"] for line in form.checklist["lines"]])

    def test_converting(self):
        lead = self.make_lead("Desks", need_level="weak", budget_status="confirmed")
        form = self.wizard(lead, is_conversion=True)
        self.assert_checklist(form, False, {"Buys within six months": False})
        form.purchase_date = Date.context_today(lead)
        form.save().action_move()
        self.assert_moved(lead, self.stage_new)
        self.assertEqual(lead.budget_status, "confirmed", "what was not asked for has changed")

    def test_winning(self):
        lead = self.make_opportunity(
            "Desks",
            stage=self.stage_proposition,
            **self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS, PROPOSITION_ANSWERS),
        )
        form = self.wizard(lead, self.stage_won)
        form.contract_status = "signed"
        form.partner_id = self.customer
        action = form.save().action_move()
        self.assert_moved(lead, self.stage_won)
        self.assertEqual(lead.partner_id, self.customer)
        self.assertEqual(action["effect"]["type"], "rainbow_man")

    def test_completing_a_guided_move(self):
        self.team.stage_rule_policy = GUIDE
        lead = self.make_opportunity("Desks", **self.answers(CONVERT_ANSWERS, MET_KEY_CONTACT))
        lead.stage_id = self.stage_qualified
        wizard_model = self.env["crm.stage.move"].with_user(self.rep)
        form = Form(
            wizard_model.with_context(
                default_lead_ids=[Command.set(lead.ids)], default_is_made=True
            )
        )
        self.assertEqual(
            form.description, "“Desks” is now in Qualified. Complete what is still missing."
        )
        self.assert_checklist(
            form, "Qualified", {"Requirements identified": False, "Engagement discussed": False}
        )
        form.requirement_summary = "Forty seats"
        rows = len(self.rows(lead))
        form.save().action_move()
        self.assertEqual(lead.requirement_summary, "Forty seats")
        self.assertEqual(len(self.rows(lead)), rows)

    def test_what_cannot_be_filled_in_here(self):
        self.criterion("requirements").domain = "[('tag_ids', '!=', False)]"
        lead = self.make_opportunity("Desks", **self.answers(CONVERT_ANSWERS, MET_KEY_CONTACT))
        form = self.wizard(lead, self.stage_qualified)
        self.assertTrue(form.has_other_fields)
        self.assertEqual(form.fields_to_fill, ["engagement_date"])
        action = form.save().action_open_lead()
        self.assertEqual((action["res_model"], action["res_id"]), ("crm.lead", lead.id))

    def test_what_is_answered_stays_where_it_is_overridden(self):
        lead = self.make_opportunity(user=self.manager)
        form = self.wizard(lead, self.stage_qualified)
        form.budget_status = "estimated"
        form.reason = REASON
        form.save().action_override()
        self.assertEqual(lead.budget_status, "estimated")
        row = self.assert_step(lead, verdict="overridden")
        self.assertNotIn(self.criterion("budget"), row.unmet_criterion_ids)

    def test_overriding(self):
        lead = self.make_opportunity(user=self.manager)
        form = self.wizard(lead, self.stage_qualified)
        self.assertTrue(form.can_override)
        form.reason = REASON
        form.make_good_date = "2090-12-31"
        action = form.save().action_override()
        self.assertTrue(action["infos"]["is_done"])
        self.assert_moved(lead, self.stage_qualified)
        self.assert_step(
            lead,
            verdict="overridden",
            reason=REASON,
            make_good_date=Date.to_date("2090-12-31"),
            direction="forward",
        )

    def test_overriding_several(self):
        leads = self.make_lead(user=self.manager) + self.make_lead("Other", self.manager)
        form = self.wizard(leads, self.stage_qualified, is_conversion=True)
        form.reason = REASON
        form.save().action_override()
        self.assert_moved(leads, self.stage_qualified)
        for lead in leads:
            self.assert_step(lead, verdict="overridden", from_type="lead")
            self.assertTrue(lead.date_conversion)

    def test_what_is_no_reason(self):
        lead = self.make_opportunity(user=self.manager)
        form = self.wizard(lead, self.stage_qualified)
        form.reason = " ... "
        wizard = form.save()
        for button in (wizard.action_override, wizard.action_ask):
            with self.assertRaisesRegex(UserError, "Give a reason"):
                button()
        form = self.wizard(lead, self.stage_qualified)
        form.reason = REASON
        form.make_good_date = "2001-01-01"
        with self.assertRaisesRegex(UserError, "in the past"):
            form.save().action_override()
        self.assert_moved(lead, self.stage_new)

    def test_without_the_right(self):
        lead = self.make_opportunity()
        form = self.wizard(lead, self.stage_qualified)
        form.reason = REASON
        with self.assertRaisesRegex(UserError, "do not have the right"):
            form.save().action_override()
        self.assert_moved(lead, self.stage_new)

    def test_asking(self):
        self.team.user_id = self.all_rep
        leads = self.make_lead() + self.make_lead("Other")
        form = self.wizard(leads, is_conversion=True)
        form.reason = REASON
        form.make_good_date = "2090-12-31"
        action = form.save().action_ask()
        self.assertIn(self.all_rep.name, action["params"]["message"])
        self.assertTrue(action["params"]["next"]["infos"]["is_done"])
        self.assertRecordValues(
            leads.stage_request_ids,
            [
                {
                    "lead_id": lead.id,
                    "is_conversion": True,
                    "to_stage_id": self.stage_new.id,
                    "reason": REASON,
                    "make_good_date": Date.to_date("2090-12-31"),
                }
                for lead in leads
            ],
        )
        self.assert_moved(leads, type_="lead")

    def test_leads_of_others(self):
        """It tells nothing of them, whatever a client puts into it."""
        lead = self.make_lead("Secret", self.all_rep)
        with self.assertRaises(AccessError):
            self.wizard(lead.with_user(self.rep), is_conversion=True)

    def test_who_has_no_part_in_it(self):
        employee = new_test_user(self.env, "funnel_employee", "base.group_user")
        for model in ("crm.stage.move", "crm.stage.request", "crm.stage.request.decline"):
            for operation in ("read", "write", "create", "unlink"):
                with self.subTest(model=model, operation=operation):
                    self.assertFalse(self.env[model].with_user(employee).has_access(operation))


@tagged("post_install", "-at_install")
class TestApprovalRPC(HttpCase, StageRuleCommon, StageRuleAssertions):
    """Asking and deciding over the network."""

    def call(self, user, model, method, *args, **kwargs):
        self.authenticate(user.login, user.login)
        self.env.flush_all()
        response = self.url_open(
            "/web/dataset/call_kw",
            json={"params": {"model": model, "method": method, "args": args, "kwargs": kwargs}},
        )
        self.env.invalidate_all()
        return response.json()

    def assert_error(self, answer, says):
        self.assertIn(says, answer["error"]["data"]["message"])

    @mute_logger("odoo.http")
    def test_asking_and_deciding(self):
        lead = self.make_lead()
        answer = self.call(
            self.rep,
            "crm.lead",
            "action_request_stage_approval",
            lead.ids,
            {"type": "opportunity", "reason": REASON, "make_good_date": "2090-12-31"},
        )
        id_ = answer["result"]
        self.assert_error(
            self.call(self.rep, "crm.stage.request", "action_approve", [id_]), "cannot decide"
        )
        self.assertIn(
            "result", self.call(self.manager, "crm.stage.request", "action_approve", [id_])
        )
        self.assert_moved(lead, self.stage_new)
        self.assert_step(lead, verdict="approved", by_user_id=self.manager, reason=REASON)
        self.assert_error(
            self.call(self.manager, "crm.stage.request", "action_approve", [id_]), "approved by"
        )

    @mute_logger("odoo.http")
    def test_declining(self):
        lead = self.make_lead()
        vals = {"type": "opportunity", "reason": REASON}
        id_ = self.call(self.rep, "crm.lead", "action_request_stage_approval", lead.ids, vals)[
            "result"
        ]
        for args in ([], [""]):
            self.assertIn(
                "error",
                self.call(self.manager, "crm.stage.request", "action_decline", [id_], *args),
            )
        self.assertIn(
            "result", self.call(self.manager, "crm.stage.request", "action_decline", [id_], "No")
        )
        self.assertEqual(lead.stage_request_ids.state, "declined")

    @mute_logger("odoo.http")
    def test_what_a_client_cannot_forge(self):
        """Neither the permission of an approval, nor a decision."""
        lead = self.make_lead()
        note = {"reason": REASON, "permission": "approved", "approver_id": self.manager.id}
        answer = self.call(
            self.rep,
            "crm.lead",
            "write",
            lead.ids,
            {"type": "opportunity"},
            context={"sales_funnel_stages.MoveNote": note},
        )
        self.assert_error(answer, "cannot become an opportunity yet")
        refusals = answer["error"]["data"]["context"]
        self.assertFalse(refusals["stage_rule_can_override"])
        vals = {"type": "opportunity", "reason": REASON}
        id_ = self.call(self.rep, "crm.lead", "action_request_stage_approval", lead.ids, vals)[
            "result"
        ]
        for user in (self.rep, self.manager):
            for method, *args in [
                ("write", {"state": "approved"}),
                ("web_save", {"decided_by_id": self.manager.id}, {}),
                ("_end", "approved"),
                ("unlink",),
            ]:
                with self.subTest(user=user.login, method=method):
                    self.assertIn(
                        "error", self.call(user, "crm.stage.request", method, [id_], *args)
                    )
        self.assertEqual(lead.stage_request_ids.state, "pending")

    @mute_logger("odoo.http")
    def test_an_override_with_a_date(self):
        lead = self.make_lead(user=self.manager)
        move = ("crm.lead", "move_with_reason", lead.ids, {"type": "opportunity"}, REASON)
        self.assert_error(self.call(self.manager, *move, "yesterday"), "is no date")
        self.assertEqual(self.call(self.manager, *move, "2090-12-31")["result"], lead.ids)
        self.assert_step(lead, make_good_date=Date.to_date("2090-12-31"))
