from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..support.case import StageRuleAssertions
from ..support.common import (
    CONVERT_ANSWERS,
    QUALIFIED_ANSWERS,
    QUALIFIED_UNMET,
    StageRuleCommon,
)

REASON = "They sign on paper"


@tagged("post_install", "-at_install")
class TestStageMove(StageRuleCommon, StageRuleAssertions):
    """The wizard behind the dialog of a move that was refused for some of several leads."""

    def wizard(self, leads, stage=None, is_conversion=False, ready=None):
        """Return the form that the dialog opens for a refused move."""
        return Form(
            self.env["crm.stage.move"]
            .with_user(leads.env.user)
            .with_context(
                default_lead_ids=[Command.set(leads.ids)],
                default_ready_ids=[Command.set(ready.ids if ready else [])],
                default_to_stage_id=stage and stage.id,
                default_is_conversion=is_conversion,
            )
        )

    def make_both(self, user=None):
        """Return two leads that are not ready for Qualified, and two that are."""
        held = self.make_opportunity("Desks", user=user) + self.make_opportunity(
            "Chairs", user=user
        )
        ready = self.env["crm.lead"].with_user(held.env.user)
        for name in ("Lamps", "Shelves"):
            answers = self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS)
            ready += self.make_opportunity(name, user=user, **answers)
        return held, ready

    def test_what_it_says(self):
        held, ready = self.make_both()
        form = self.wizard(held, self.stage_qualified, ready=ready)
        self.assertEqual(form.description, "2 of 4 opportunities cannot enter Qualified yet.")
        self.assertEqual(
            [line.split(":")[0] for line in form.missing.split("\n")], held.mapped("name")
        )
        self.assertEqual(form.ready, "Lamps\nShelves")
        self.assertEqual(form.move_ready_text, "Move the 2 That Are Ready")
        self.assertEqual(form.override_text, "Override for the Other 2")
        self.assertEqual(form.ask_text, "Ask for Approval of the Other 2")
        self.assertFalse(form.can_override)
        form = self.wizard(held[0], self.stage_qualified, ready=ready[0])
        self.assertEqual(form.description, "“Desks” cannot enter Qualified yet.")
        self.assertEqual(form.move_ready_text, "Move the One That Is Ready")
        self.assertEqual(form.override_text, "Override for the Other One")

    def test_what_it_says_where_none_is_ready(self):
        lead = self.make_lead("Desks", **self.answers(CONVERT_ANSWERS))
        leads = lead + self.make_lead("Chairs", need_level="weak") + self.make_lead("Lamps")
        form = self.wizard(leads, is_conversion=True)
        self.assertEqual(form.description, "3 leads cannot become an opportunity yet.")
        self.assertEqual(
            form.missing,
            "Chairs: Budget known, Buys within six months\n"
            "Lamps: Need identified, Budget known, Buys within six months",
        )
        self.assertEqual(form.override_text, "Override for All 3")
        with self.assertRaisesRegex(UserError, "None of these is ready"):
            form.save().action_move_ready()

    def test_of_many_some_are_named(self):
        ready = self.env["crm.lead"].with_user(self.rep)
        for number in range(22):
            ready += self.make_opportunity(f"Deal {number}")
        form = self.wizard(self.make_opportunity("Desks"), self.stage_qualified, ready=ready)
        self.assertEqual(form.ready.split("\n")[-2:], ["Deal 19", "and 2 more"])

    def test_moving_those_that_are_ready(self):
        """And nothing else, as the button says; whatever reason stands below."""
        held, ready = self.make_both(self.manager)
        form = self.wizard(held, self.stage_qualified, ready=ready)
        form.reason = REASON
        self.assertTrue(form.save().action_move_ready()["infos"]["is_done"])
        self.assert_moved(ready, self.stage_qualified)
        self.assert_moved(held, self.stage_new)
        for lead in ready:
            self.assert_step(lead, verdict="passed", reason=False)

    def test_overriding_the_others(self):
        held, ready = self.make_both(self.manager)
        form = self.wizard(held, self.stage_qualified, ready=ready)
        self.assertTrue(form.can_override)
        form.reason = REASON
        form.make_good_date = "2090-12-31"
        form.save().action_override()
        self.assert_moved(held, self.stage_qualified)
        self.assert_moved(ready, self.stage_new)
        for lead in held:
            self.assert_step(
                lead,
                verdict="overridden",
                reason=REASON,
                make_good_date=Date.to_date("2090-12-31"),
            )

    def test_all_with_a_reason(self):
        """Only those that need it are overridden."""
        held, ready = self.make_both(self.manager)
        form = self.wizard(held, self.stage_qualified, ready=ready)
        form.reason = REASON
        form.save().action_override_all()
        self.assert_moved(held + ready, self.stage_qualified)
        for lead in held:
            self.assert_step(lead, verdict="overridden", reason=REASON)
        for lead in ready:
            self.assert_step(lead, verdict="passed", reason=False)

    def test_asking_for_the_others(self):
        self.team.user_id = self.all_rep
        held, ready = self.make_both()
        form = self.wizard(held, self.stage_qualified, ready=ready)
        form.reason = REASON
        form.save().action_ask()
        self.assertEqual(held.stage_request_ids.mapped("state"), ["pending"] * 2)
        self.assertFalse(ready.stage_request_ids)
        self.assert_moved(held + ready, self.stage_new)

    def test_moving_some_and_asking_for_the_others(self):
        self.team.user_id = self.all_rep
        held, ready = self.make_both()
        form = self.wizard(held, self.stage_qualified, ready=ready)
        wizard = form.save()
        with self.assertRaisesRegex(UserError, "Give a reason"), self.env.cr.savepoint():
            wizard.action_move_ready_and_ask()
        self.assert_moved(ready, self.stage_new)
        wizard.reason = REASON
        action = wizard.action_move_ready_and_ask()
        self.assertIn(self.all_rep.name, action["params"]["message"])
        self.assert_moved(ready, self.stage_qualified)
        self.assertEqual(len(held.stage_request_ids), 2)

    def test_who_is_ready_is_judged_anew(self):
        """Whatever a client says."""
        held, ready = self.make_both()
        wizard = self.wizard(held[0], self.stage_qualified, ready=ready + held[1]).save()
        with self.assert_refused(held[1], QUALIFIED_UNMET), self.env.cr.savepoint():
            wizard.action_move_ready()
        self.assert_moved(ready, self.stage_new)

    def test_what_the_refusal_says_of_the_others(self):
        held, ready = self.make_both()
        leads = held + ready
        for attempt in (
            lambda: leads.write({"stage_id": self.stage_qualified.id}),
            lambda: leads.web_save_multi([{"stage_id": self.stage_qualified.id}] * 4, {}),
        ):
            with self._swallowed_refusal() as caught, self.env.cr.savepoint():
                attempt()
            context = caught.exception.context
            told = {each["lead_id"] for each in context["stage_rule_refusals"]}
            self.assertEqual(told, {*held.ids})
            self.assertEqual(context["stage_rule_ready_ids"], sorted(ready.ids))
        leads = self.make_lead("Desks") + self.make_lead("Lamps", **self.answers(CONVERT_ANSWERS))
        with self._swallowed_refusal() as caught, self.env.cr.savepoint():
            leads.convert_opportunity(self.env["res.partner"])
        self.assertEqual(caught.exception.context["stage_rule_ready_ids"], leads[1].ids)

    def test_edited_alike(self):
        """As Odoo answers, whether or not it moves."""
        _held, ready = self.make_both()
        spec = {"stage_id": {}, "color": {}}
        stage = self.stage_qualified.id
        self.assertEqual(
            ready.web_save_multi([{"stage_id": stage}] * 2, spec),
            [{"id": id_, "stage_id": stage, "color": 0} for id_ in ready.ids],
        )
        told = ready.web_save_multi([{"color": 1}, {"color": 2}], spec)
        self.assertEqual([each["color"] for each in told], [1, 2])

    def test_overriding_several_conversions(self):
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
        for button in (wizard.action_override, wizard.action_override_all, wizard.action_ask):
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

    def test_leads_of_others(self):
        """It tells nothing of them, whatever a client puts into it."""
        lead = self.make_lead("Secret", self.all_rep)
        with self.assertRaises(AccessError):
            self.wizard(lead.with_user(self.rep), is_conversion=True)
        with self.assertRaises(AccessError):
            self.wizard(self.make_lead(), is_conversion=True, ready=lead)

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
