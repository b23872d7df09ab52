from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ..support.common import CONVERT_ANSWERS
from .test_stage_request import WHY, StageRequestCommon


class SeveralCommon(StageRequestCommon):
    def ask_several(self, *names, stage=None):
        """Ask for a move of a new opportunity of each name; return requests, as the leader."""
        requests = [
            self.ask(self.make_opportunity(name), stage or self.stage_qualified) for name in names
        ]
        return self.env["crm.stage.request"].concat(*requests).with_user(self.leader)

    def decide(self, decision, requests, **values):
        """Return the dialog of a decision on some requests, as whoever they are read by."""
        model = requests.env[f"crm.stage.request.{decision}"]
        return model.create({"request_ids": requests.ids, **values})

    def assert_states(self, requests, *states):
        self.assertEqual([request.state for request in requests], [*states])


@tagged("post_install", "-at_install")
class TestApprovingSeveral(SeveralCommon):
    def test_all(self):
        requests = self.ask_several("One", "Two", "Three")
        action = requests.action_approve()
        self.assertEqual(action["params"]["message"], "Approved: 3.")
        self.assertEqual(action["params"]["type"], "success")
        self.assert_states(requests, *["approved"] * 3)
        for lead in requests.sudo().lead_id:
            self.assert_moved(lead, self.stage_qualified)
            self.assert_step(lead, verdict="approved", reason=WHY, approver_id=self.leader)
            self.assert_waiting(lead)

    def test_moves_of_several_kinds(self):
        lead = self.make_lead("A lead")
        requests = self.ask_several("One") + self.ask(lead).with_user(self.leader)
        requests.action_approve()
        self.assert_states(requests, "approved", "approved")
        self.assert_moved(lead, self.stage_new)

    def make_mixed(self):
        """Return four requests: one good, one decided, one of another team, one that lacks more."""
        good, decided = self.ask_several("Good", "Decided")
        decided.action_decline("Not now")
        other_leader = new_test_user(self.env, "funnel_leader_2", "sales_team.group_sale_salesman")
        elsewhere = self.make_team("Elsewhere", "enforce")
        elsewhere.user_id = other_leader
        # what somebody asks for themselves
        theirs = self.make_opportunity("Theirs", user=self.leader, team_id=elsewhere.id)
        theirs = self.ask(theirs, self.stage_qualified)
        lead = self.make_opportunity("Worse", **self.answers(CONVERT_ANSWERS))
        worse = self.ask(lead, self.stage_qualified).with_user(self.leader)
        lead.budget_status = False
        return good + decided + theirs + worse

    def test_some_cannot_be(self):
        requests = self.make_mixed()
        states = ["pending", "declined", "pending", "pending"]
        action = requests.action_approve()
        self.assertEqual(action["res_model"], "crm.stage.request.approve")
        self.assertEqual(action["context"]["default_request_ids"], requests.ids)
        self.assert_states(requests, *states)
        dialog = self.decide("approve", requests)
        self.assertEqual(dialog.ready, "“Good” to enter Qualified")
        self.assertEqual(dialog.ready_count, 1)
        self.assertEqual(dialog.button_text, "Approve the One That Can Be")
        budget = self.criterion("budget").name
        for text in (
            "“Decided” to enter Qualified: declined by funnel_leader",
            "“Theirs” to enter Qualified: that is up to funnel_leader_2",
            f"“Worse” to enter Qualified: more is missing by now: {budget}.",
        ):
            self.assertIn(text, dialog.others)
        action = dialog.action_approve()
        self.assertEqual(action["params"]["message"], "Approved: 1.")
        self.assert_states(requests, "approved", *states[1:])

    def test_none_can_be(self):
        requests = self.make_mixed()[1:]
        dialog = self.decide("approve", requests)
        self.assertFalse(dialog.ready or dialog.ready_count)
        with self.assertRaisesRegex(UserError, "“Decided” to enter Qualified"):
            dialog.action_approve()
        self.assert_states(requests, "declined", "pending", "pending")

    def test_what_the_dialog_shows_is_found_out_anew(self):
        requests = self.ask_several("One", "Two", "Three")
        requests[0].action_decline("No")
        dialog = self.decide("approve", requests)
        requests[1].action_decline("No, too")
        dialog.action_approve()
        self.assert_states(requests, "declined", "declined", "approved")

    def test_one_that_has_moved(self):
        requests = self.ask_several("One", "Two")
        # past the gate, which would have made it outdated
        moved = requests[0].sudo()
        moved.place = ["opportunity", self.stage_won.id, 0, "pending"]
        dialog = self.decide("approve", requests)
        self.assertIn("“One” to enter Qualified: it has moved since.", dialog.others)

    def test_one_that_fails_does_not_stop_the_others(self):
        requests = self.ask_several("One", "Two", "Three")
        lead_model = type(self.env["crm.lead"])
        refusal = UserError("Some rule of ours")
        make_move, broken = lead_model._make_move, requests[1].sudo().lead_id

        def fail_for_one(leads, *args):
            make_move(leads, *args)
            if leads == broken:
                raise refusal

        with patch.object(lead_model, "_make_move", fail_for_one):
            action = requests.action_approve()
        self.assertEqual(action["params"]["message"], "Approved: 2.\nSome rule of ours")
        self.assertTrue(action["params"]["sticky"])
        self.assert_states(requests, "approved", "pending", "approved")
        self.assert_moved(broken, self.stage_new)
        self.assert_waiting(broken, requests[1])

    def test_two_of_one_lead(self):
        """The first takes it where it was asked for; the second is not as it was asked for."""
        lead = self.make_opportunity()
        qualified = self.ask(lead, self.stage_qualified)
        proposition = self.ask(lead, self.stage_proposition)
        requests = (proposition + qualified).with_user(self.leader)
        action = requests.action_approve()
        self.assert_states(requests, "outdated", "approved")
        self.assertIn("Approved: 1.", action["params"]["message"])
        self.assertIn("no longer valid", action["params"]["message"])

    def test_of_one_that_is_not_to_be_read(self):
        mine = self.ask_several("Mine")
        other = new_test_user(self.env, "funnel_other", "sales_team.group_sale_salesman")
        for model in ("approve", "decline"):
            with self.assertRaises(AccessError):
                self.env[f"crm.stage.request.{model}"].with_user(other).create(
                    {"request_ids": mine.ids, "reason": "x"}
                    if model == "decline"
                    else {"request_ids": mine.ids}
                )
        with self.assertRaises(AccessError):
            (mine + mine).with_user(other)._get_obstacles()

    def test_what_the_list_shows_costs_the_same_for_many(self):
        spec = {
            name: {}
            for name in ("display_name", "expected_revenue", "unmet_text", "can_decide", "reason")
        }
        model = self.env["crm.stage.request"].with_user(self.manager)

        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = model.search([]).web_read(spec)
            return self.env.cr.sql_log_count - before, rows

        self.ask_several("One", "Two")
        count()
        few, _rows = count()
        self.ask_several(*map(str, range(8)))
        self.ask_several("Further", stage=self.stage_proposition)
        many, rows = count()
        self.assertLessEqual(many, few + 1)
        self.assertEqual(len(rows), 11)
        self.assertTrue(all(row["unmet_text"] for row in rows))

    def test_the_amount(self):
        lead = self.make_opportunity("Big", expected_revenue=12000)
        request = self.ask(lead, self.stage_qualified).with_user(self.leader)
        self.assertFalse(lead.with_user(self.leader).has_access("read"))
        self.assertEqual(request.expected_revenue, 12000)
        self.assertEqual(request.company_currency, self.env.company.currency_id)
        self.assertTrue(
            request.formatted_read_group([], ["to_stage_id"], ["__count"]),
            "the list can be grouped",
        )


@tagged("post_install", "-at_install")
class TestDecliningSeveral(SeveralCommon):
    def test_one_reason(self):
        requests = self.ask_several("One", "Two")
        dialog = self.decide("decline", requests, reason=" Call them first ")
        self.assertEqual(dialog.ready.splitlines()[0], "“One” to enter Qualified")
        self.assertFalse(dialog.others)
        self.assertEqual(dialog.button_text, "Decline All 2")
        dialog.action_decline()
        self.assert_states(requests, "declined", "declined")
        self.assertEqual({*requests.mapped("decision_reason")}, {"Call them first"})
        for lead in requests.sudo().lead_id:
            self.assert_waiting(lead)
            self.assertIn("Call them first", lead.message_ids[0].body)
        self.assertEqual(len(self.told(self.rep)), 2)

    def test_some_cannot_be(self):
        requests = self.ask_several("One", "Two")
        requests[0].action_approve()
        with self.assertRaisesRegex(UserError, "approved by"):
            requests.action_decline("No")
        self.assert_states(requests, "approved", "pending")
        dialog = self.decide("decline", requests, reason="No")
        self.assertEqual(dialog.button_text, "Decline the One That Can Be")
        self.assertIn("“One” to enter Qualified: approved by funnel_leader", dialog.others)
        dialog.action_decline()
        self.assert_states(requests, "approved", "declined")

    def test_what_is_asked_for_of_others_too(self):
        """Whoever asks may not decide."""
        requests = self.ask_several("One", "Two").with_user(self.rep)
        with self.assertRaisesRegex(UserError, "up to funnel_leader"):
            requests.action_decline("No")
        with self.assertRaisesRegex(UserError, "up to funnel_leader"):
            self.decide("decline", requests, reason="No").action_decline()
        self.assert_states(requests, "pending", "pending")


@tagged("post_install", "-at_install")
class TestApprovalTours(HttpCase, SeveralCommon):
    """A manager decides on several, in few clicks, and without a mouse."""

    def setUp(self):
        super().setUp()
        self.requests = self.ask_several("Tour: desks", "Tour: lamps", "Tour: shelves")

    def start(self, name):
        self.start_tour("/odoo", f"sales_funnel_stages_{name}", login=self.leader.login)
        self.env.invalidate_all()

    def test_approve_several(self):
        """In two clicks."""
        self.start("approve_several")
        self.assert_states(self.requests, *["approved"] * 3)

    def test_approve_some_of_several(self):
        """In two clicks, and one for those that can be approved."""
        self.requests[0].sudo().place = ["opportunity", self.stage_won.id, 0, "pending"]
        self.start("approve_some")
        self.assert_states(self.requests, "pending", "approved", "approved")

    def test_decline_several(self):
        self.start("decline_several")
        self.assert_states(self.requests, *["declined"] * 3)
        self.assertEqual({*self.requests.mapped("decision_reason")}, {"Call them first"})

    def test_with_the_keyboard(self):
        self.start("approve_with_the_keyboard")
        self.assert_states(self.requests, "approved", "pending", "approved")
