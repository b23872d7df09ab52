from odoo.exceptions import UserError
from odoo.tests import tagged

from ..support.case import StageRuleAssertions
from ..support.common import StageRuleCommon
from ..support.remote import RemoteCase


@tagged("post_install", "-at_install")
class TestDerivedFields(RemoteCase, StageRuleCommon, StageRuleAssertions):
    """Nobody is won, or lost, by saying so."""

    def setUp(self):
        super().setUp()
        self.authenticate(self.rep.login, self.rep.login)

    def test_what_is_derived(self):
        self.assertEqual(self.env["crm.lead"]._get_derived_names(), {"won_status"})

    def test_over_the_network(self):
        deal = self.make_opportunity("Bad")
        steps = self.rows(deal)
        for status in ("won", "lost", "nonsense", True):
            for method, args in [
                ("write", [deal.ids, {"won_status": status}]),
                ("write", [deal.ids, {"won_status": status, "name": "Good"}]),
                ("web_save", [deal.ids, {"won_status": status}, {}]),
                ("create", [[{"name": "New", "type": "lead", "won_status": status}]]),
            ]:
                with self.subTest(method, status=status):
                    answer = self.call(method, *args)
                    self.assertIn("cannot be set", answer["error"]["data"]["message"])
                    self.assertEqual((deal.won_status, deal.name), ("pending", "Bad"))
        self.assertEqual(self.rows(deal), steps)
        response = self.call_json_2(self.rep, "write", deal.ids, vals={"won_status": "won"})
        self.assertIn("cannot be set", response.json()["message"])

    def test_in_an_import(self):
        deal = self.make_opportunity("Bad")
        fields = [".id", "won_status"]
        result = deal.load(fields, [[str(deal.id), "Won"]])
        self.assertIn("cannot be set", result["messages"][0]["message"])
        self.assertEqual(deal.won_status, "pending")
        # as where an export is imported again
        result = deal.load(fields, [[str(deal.id), "Pending"]])
        self.assertFalse(result["messages"])

    def test_what_is_so_anyway(self):
        self.team.stage_rule_policy = "off"
        deal = self.make_opportunity()
        deal.write({"won_status": "won", "stage_id": self.stage_won.id})
        self.assert_step(deal, to_status="won", verdict="passed")
        won = deal.create({"name": "Won", "stage_id": self.stage_won.id, "won_status": "won"})
        self.assertEqual(won.won_status, "won")

    def test_no_gate_no_difference(self):
        """Nor where nothing is enforced."""
        self.team.stage_rule_policy = "off"
        deal = self.make_opportunity()
        with self.assertRaisesRegex(UserError, "Move it instead"), self.env.cr.savepoint():
            deal.won_status = "won"
        self.assertEqual(deal.won_status, "pending")
