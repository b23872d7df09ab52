from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.ledger.proof import seal as seals
from ...names import SEAL_ADDRESS_PARAMETER
from ..support.common import StageRuleCommon
from ..support.forger import Forger


@tagged("post_install", "-at_install")
class TestSeal(StageRuleCommon):
    """What is in no seal yet is sealed each night, and sent out of the house."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seals = cls.env["crm.stage.seal"]
        cls.seals._seal()

    def test_what_is_in_no_seal_yet(self):
        self.assertFalse(self.seals._seal())
        self.make_opportunity()
        last = self.seals.search([], limit=1)
        seal = self.seals._seal()
        self.assertEqual((len(seal), seal.row_count, seal.previous_id), (1, 1, last))
        self.assertFalse(self.seals._seal())
        self.assertFalse(self.env["crm.stage.transition"].verify_ledger()["problems"])

    def test_numbers_that_are_there_later(self):
        """A transaction that began earlier, and ended later, is sealed with the next ones."""
        self.env.cr.execute("SELECT nextval('crm_stage_transition_id_seq')")
        [(number,)] = self.env.cr.fetchall()
        self.make_opportunity()
        before = self.seals._seal()
        lead = self.make_opportunity("Later")
        row = self.rows(lead)
        forger = Forger(self.env)
        forger.run(
            "DELETE FROM crm_qualification_criterion_crm_stage_transition_rel"
            " WHERE crm_stage_transition_id = %(id)s",
            id=row.id,
        )
        forger.change(row.id, id=number, hash=None)
        self.env["crm.stage.transition"]._chain()
        self.env.invalidate_all()
        seal = self.seals._seal()
        self.assertEqual((seal.row_count, seal.row_ranges), (1, [[number, number]]))
        self.assertNotIn(number, range(*before.row_ranges[0]))
        self.assertFalse(self.env["crm.stage.transition"].verify_ledger()["problems"])

    def test_many_rows(self):
        self.patch(seals, "ROWS_AT_ONCE", 2)
        for number in range(5):
            self.make_opportunity(f"Deal {number}")
        made = self.seals._seal()
        self.assertEqual(made.sorted("id").mapped("row_count"), [2, 2, 1])
        self.assertFalse(self.env["crm.stage.transition"].verify_ledger()["problems"])

    def test_nobody_changes_one(self):
        self.make_opportunity()
        seal = self.seals._seal()
        self.assertTrue(seal.with_user(self.manager).read(["date", "row_count", "hash"]))
        for records in (seal, seal.with_user(self.manager)):
            for change in (
                lambda records=records: records.write({"row_count": 2}),
                records.unlink,
                lambda records=records: records.create({"row_count": 1}),
            ):
                with self.assertRaises(UserError):
                    change()
        with self.assertRaises(AccessError):
            seal.with_user(self.rep).read(["hash"])

    def test_it_is_sent(self):
        mails = self.env["mail.mail"]
        self.make_opportunity()
        self.seals._cron_seal()
        sent = mails.search([("email_to", "=", "notary@example.com")])
        self.assertFalse(sent)
        settings = self.env["res.config.settings"].create(
            {"stage_seal_address": "notary@example.com"}
        )
        settings.execute()
        parameters = self.env["ir.config_parameter"].sudo()
        self.assertEqual(parameters.get_param(SEAL_ADDRESS_PARAMETER), "notary@example.com")
        self.seals._cron_seal()
        self.assertFalse(mails.search([("email_to", "=", "notary@example.com")]))
        self.make_opportunity("Another")
        with self.enter_registry_test_mode():
            self.env.ref("sales_funnel_stages.ir_cron_stage_seal").method_direct_trigger()
        sent = mails.search([("email_to", "=", "notary@example.com")])
        seal = self.seals.search([], limit=1)
        self.assertEqual(len(sent), 1)
        self.assertIn(seal.hash, sent.body_html)
        kept = self.env["crm.stage.transition"].verify_ledger(sent.body_html)
        self.assertFalse(kept["problems"])
