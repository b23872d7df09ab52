from odoo.tests import new_test_user, tagged

from ..support.case import StageRuleAssertions
from ..support.common import (
    CONVERT_ANSWERS,
    CONVERT_UNMET,
    QUALIFIED_UNMET,
    WON_UNMET,
    StageRuleCommon,
)
from ..support.remote import RemoteCase

# what programs call
OWN = ("move_with_reason",)
# where the methods of the gate and of its ledger are
PARTS = tuple(f"odoo.addons.sales_funnel_stages.models.{name}" for name in ("gate", "ledger"))


@tagged("post_install", "-at_install")
class TestStageGateRPC(RemoteCase, StageRuleCommon, StageRuleAssertions):
    """What a client gets that moves a lead over the network."""

    def setUp(self):
        super().setUp()
        self.authenticate(self.rep.login, self.rep.login)

    def test_a_refusal(self):
        bad = self.make_opportunity("Bad", **self.answers(CONVERT_ANSWERS))
        worse = self.make_opportunity("Worse")
        error = self.call("write", (bad + worse).ids, {"stage_id": self.stage_qualified.id})[
            "error"
        ]
        self.assertEqual(
            error["data"]["name"], "odoo.addons.sales_funnel_stages.exceptions.StageRuleError"
        )
        message = error["data"]["message"]
        self.assertIn("“Bad” cannot enter Qualified yet", message)
        self.assertIn("“Worse” cannot enter Qualified yet", message)
        refusals = error["data"]["context"]["stage_rule_refusals"]
        self.assertEqual([refusal["lead_id"] for refusal in refusals], (bad + worse).ids)
        self.assertEqual([refusal["index"] for refusal in refusals], [0, 1])
        self.assertEqual({refusal["stage_id"] for refusal in refusals}, {self.stage_qualified.id})
        for refusal, names in zip(
            refusals, [QUALIFIED_UNMET[len(CONVERT_UNMET) :], QUALIFIED_UNMET], strict=True
        ):
            self.assertEqual(
                refusal["criterion_ids"], sorted(self.criterion(name).id for name in names)
            )
            self.assertIn(refusal["message"], message)
            self.assertFalse(refusal["is_conversion"] or refusal["is_new"])
        self.assertEqual(
            [refusal["furthest_stage_id"] for refusal in refusals], [self.stage_new.id, False]
        )
        self.assert_moved(bad + worse, self.stage_new)

    def test_methods_that_a_client_may_call(self):
        lead = self.make_lead("Bad")
        opportunity = self.make_opportunity("Bad")
        for method, record, args in [
            ("convert_opportunity", lead, [False]),
            ("web_save", lead, [{"type": "opportunity"}, {}]),
            ("action_set_won", opportunity, []),
            ("action_set_won_rainbowman", opportunity, []),
            # as a copy that is to be one; else it is a lead
            ("copy", opportunity, [{"type": "opportunity"}]),
        ]:
            with self.subTest(method):
                answer = self.call(method, record.ids, *args)
                self.assertIn("“Bad", answer["error"]["data"]["message"])
                self.assertTrue(answer["error"]["data"]["context"]["stage_rule_refusals"])
        self.assert_moved(lead, type_="lead")
        self.assert_moved(opportunity, self.stage_new)

    def test_no_part_of_the_gate_is_a_door(self):
        """Nothing of the gate itself can be called from outside."""
        lead = self.make_lead("Bad")
        names = {
            name
            for cls in type(lead).mro()
            if cls.__module__.startswith(PARTS)
            for name, value in vars(cls).items()
            if name.startswith("_") and not name.startswith("__") and callable(value)
        }
        self.assertTrue(names.issuperset(["_pass_gate", "_record_transitions", "_judge_moves"]))
        for name in names:
            with self.subTest(name):
                answer = self.call(name, lead.ids, {})
                self.assertIn("Private methods", answer["error"]["data"]["message"])

    def test_what_is_added_for_clients_are_buttons(self):
        """Of all that this addon adds, clients may call what buttons and programs call."""

        def is_ours(cls):
            return cls.__module__.startswith("odoo.addons.sales_funnel_stages")

        for model in self.env.registry.values():
            known = {name for cls in model.mro() if not is_ours(cls) for name in dir(cls)}
            for cls in filter(is_ours, model.mro()):
                for name, value in vars(cls).items():
                    if callable(value) and not name.startswith(("_", "action_")):
                        self.assertIn(name, [*known, *OWN], cls)

    def test_a_context_from_a_client(self):
        lead = self.make_lead("Bad")
        for context in [
            {"stage_rule_override_reason": "Because I say so"},
            {"sales_funnel_stages.ImportReport": {"is_lenient": True}},
            {"install_mode": True, "tracking_disable": True, "uid": 1, "su": True},
        ]:
            with self.subTest(context=context):
                answer = self.call("write", lead.ids, {"type": "opportunity"}, context=context)
                self.assertIn(
                    "“Bad” cannot become an opportunity", answer["error"]["data"]["message"]
                )
        self.assert_moved(lead, type_="lead")

    def test_an_email_of_ones_own_making(self):
        """Odoo takes it for one of whoever it says it is from, managers and customers too."""
        self.manager.email = "manager@house.example.com"
        new_test_user(
            self.env, "funnel_customer", "base.group_portal", email="customer@acme.example.com"
        )
        senders = (self.manager.email, "customer@acme.example.com", "nobody@acme.example.com")
        for sender in senders:
            for stage in (self.stage_new, self.stage_won):
                with self.subTest(sender=sender, stage=stage.name):
                    email = (
                        f"From: {sender}\nTo: sales@house.example.com\nSubject: Made up\n"
                        f"Message-Id: <{stage.id}.{sender}>\n\nWe buy!"
                    )
                    values = {"type": "opportunity", "stage_id": stage.id, "team_id": self.team.id}
                    answer = self.call(
                        "message_process",
                        "crm.lead",
                        email,
                        custom_values=values,
                        context={"stage_rule_override_reason": "They signed on paper"},
                    )
                    lead = self.env["crm.lead"].browse(answer["result"])
                    self.assert_moved(lead, type_="lead")
                    self.assert_step(lead, direction="created", by_user_id=self.rep)

    def test_what_qualifies(self):
        lead = self.make_lead("Good", **self.answers(CONVERT_ANSWERS))
        self.assertNotIn("error", self.call("convert_opportunity", lead.ids, False))
        self.assert_moved(lead, self.stage_new)

    # ------------------------------------------------------------------
    # The links in crm's e-mails
    # ------------------------------------------------------------------

    def test_the_links_leave_nothing_behind(self):
        lead = self.make_lead()
        lost = self.make_opportunity("Lost")
        lost.with_user(self.env.user).action_set_lost()
        for record, action in [(lead, "convert"), (lead, "case_mark_won"), (lost, "case_mark_won")]:
            with self.subTest(record=record.name, action=action):
                before = self._position(record)
                self.follow_link(record, action)
                self.assertEqual(self._position(record), before)

    def test_the_links_do_what_qualifies(self):
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        self.follow_link(lead, "convert")
        self.assert_moved(lead, self.stage_new)
        self.follow_link(lead, "case_mark_lost")
        self.assertEqual(lead.won_status, "lost")

    def test_over_json_2(self):
        """The same over Odoo's other way in, where the context comes from the client too."""
        opportunity = self.make_opportunity("Bad")
        response = self.call_json_2(
            self.rep,
            "action_set_won",
            opportunity.ids,
            context={"stage_rule_override_reason": "Because I say so"},
        )
        self.assertEqual(response.status_code, 422)
        answer = response.json()
        self.assertIn("“Bad” cannot enter Won yet", answer["message"])
        self.assertEqual(
            answer["context"]["stage_rule_refusals"][0]["criterion_ids"],
            sorted(self.criterion(name).id for name in WON_UNMET),
        )
        self.assert_moved(opportunity, self.stage_new)
