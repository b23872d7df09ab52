from odoo.tests import tagged

from ...models.gate.doors.import_rows import ImportReport
from ...models.rules.real_user import OnBehalf
from ...tools.move_note import MoveNote
from ...tools.rulebook import ENFORCE, GUIDE
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, QUALIFIED_ANSWERS, QUALIFIED_UNMET, StageRuleCommon
from ..support.remote import RemoteCase

NOTES = [
    {"reason": "Because I say so", "permission": "overridden", "approver_id": 1, "lead_ids": []},
    "MoveNote(permission='approved')",
    True,
]


@tagged("post_install", "-at_install")
class TestDoorContexts(RemoteCase, StageRuleCommon, StageRuleAssertions):
    """No key of the context, Odoo's or ours, opens the gate or changes a verdict.

    All of it over the network, where a client says what it likes.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.other_company = cls.env["res.company"].create({"name": "Other house"})
        cls.rep.company_ids += cls.other_company

    def setUp(self):
        super().setUp()
        self.authenticate(self.rep.login, self.rep.login)

    def contexts(self):
        """Yield contexts that a client may send."""
        yield {}
        yield from ({"tz": tz} for tz in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "No/Where"))
        yield {"lang": "fr_FR"}
        both = self.env.company + self.other_company
        yield from ({"allowed_company_ids": ids} for ids in (both.ids, both.ids[::-1]))
        yield {"tracking_disable": True, "mail_notrack": True, "mail_create_nolog": True}
        yield {"install_mode": True, "module": "sales_funnel_stages", "noupdate": True}
        yield {"import_file": True, "import_compat": True, "_import_current_module": "base"}
        yield {"active_test": False, "bin_size": True, "prefetch_fields": False}
        yield {"uid": 1, "su": True, "sudo": True, "no_gate": True, "from_ui": True}
        yield {"default_is_qualified": True, "default_probability": 100, "default_active": True}
        yield {"default_need_level": "strong", "default_stage_rule_policy": "off"}
        yield from ({MoveNote.key: note} for note in NOTES)
        yield from ({OnBehalf.key: user_id} for user_id in (1, {"user_id": 1}, True))
        yield from (
            {ImportReport.key: report} for report in ({"is_lenient": True}, "lenient", True)
        )
        yield {"stage_rule_override_reason": "Because I say so"}

    def moves(self):
        """Yield ``(method, args, kwargs)`` for each way to move leads that a client has."""
        lead, opportunity = self.make_lead("Bad"), self.make_opportunity("Bad")
        qualified = self.stage_qualified.id
        new = {
            "name": "Bad",
            "type": "opportunity",
            "team_id": self.team.id,
            "need_level": "none",
            "stage_id": qualified,
            "active": True,
        }
        stageless, ahead = self.make_opportunity("Bad"), self.make_lead("Ahead")
        stageless.sudo().stage_id, ahead.sudo().stage_id = False, self.stage_proposition
        yield "write", [lead.ids, {"type": "opportunity"}], {}
        yield "write", [opportunity.ids, {"stage_id": qualified}], {}
        yield "web_save", [opportunity.ids, {"stage_id": qualified}, {}], {}
        yield "web_save_multi", [opportunity.ids, [{"stage_id": qualified}], {}], {}
        yield "action_set_won", [opportunity.ids], {}
        yield "action_set_won_rainbowman", [opportunity.ids], {}
        yield "action_set_lost", [opportunity.ids], {"stage_id": qualified}
        yield "convert_opportunity", [lead.ids, False], {}
        yield "merge_opportunity", [(stageless + ahead).ids], {}
        yield "copy", [opportunity.ids], {"default": {"type": "opportunity"}}
        yield "create", [[new]], {}
        yield "web_save", [[], new, {}], {}
        yield "load", [[".id", "stage_id/.id"], [[str(opportunity.id), str(qualified)]]], {}

    def places(self):
        """Return where the database has each lead, and the last row of the ledger."""
        self.env.invalidate_all()
        leads = self.env["crm.lead"].with_context(active_test=False).search([], order="id")
        last = self.env["crm.stage.transition"].search([], order="id desc", limit=1)
        return [(lead.id, self._position(lead)) for lead in leads], last

    def test_no_door_opens(self):
        for method, args, kwargs in list(self.moves()):
            before = self.places()
            for context in self.contexts():
                with self.subTest(method, context=context):
                    answer = self.call(method, *args, context=context, **kwargs)
                    if method == "load":
                        said = answer["result"]["messages"][0]["message"]
                    else:
                        error = answer["error"]["data"]
                        self.assertTrue(error["context"]["stage_rule_refusals"], error["debug"])
                        said = error["message"]
                    self.assertIn("Bad", said)
                    self.assertEqual(self.places(), before)

    def test_no_verdict_changes(self):
        """Nor does a context keep anybody out, or change what the ledger keeps."""
        to_qualified = {"stage_id": self.stage_qualified.id}
        for policy, answers, verdict, unmet in [
            (GUIDE, {}, "guided", QUALIFIED_UNMET),
            (ENFORCE, self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS), "passed", []),
        ]:
            self.team.stage_rule_policy = policy
            receipts = []
            for context in self.contexts():
                with self.subTest(policy=policy, context=context):
                    lead = self.make_opportunity(**answers)
                    answer = self.call("write", lead.ids, to_qualified, context=context)
                    self.assertNotIn("error", answer)
                    row = self.assert_step(
                        lead, verdict=verdict, policy=policy, by_user_id=self.rep, reason=False
                    )
                    self.assertEqual(len(row.unmet_criterion_ids), len(unmet))
                    receipts.append(row.receipt)
            self.assertTrue(all(receipt == receipts[0] for receipt in receipts))
