from odoo.tests import tagged
from odoo.tools import SQL

from ..support.case import StageRuleAssertions
from ..support.common import PROPOSITION_UNMET, WON_UNMET, StageRuleCommon

PHONE = "+32 81 81 37 00"


@tagged("post_install", "-at_install")
class TestScoring(StageRuleCommon, StageRuleAssertions):
    """A score by itself wins no deal of those that a stage, becoming a won one, left open."""

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("crm.pls_start_date", "2000-01-01")
        house = self.env["res.company"].create({"name": "Other house"})
        self.rep.company_ids += house
        theirs = self.make_opportunity("Theirs", self.stage_proposition, company_id=house.id)
        archived = self.make_opportunity("Archived", self.stage_proposition, active=False)
        self.open = theirs + archived
        self.stage_proposition.with_user(self.manager).is_won = True
        archived.active = True
        self.make_older(self.open)

    def make_older(self, leads):
        """Let leads be those of another transaction."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_lead SET create_date = create_date - INTERVAL '1d' WHERE id = ANY(%s)",
                leads.ids,
            )
        )
        self.env.invalidate_all()

    def assert_left_open(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.open.mapped("won_status"), ["pending", "pending"])

    def test_what_is_written_by_the_by(self):
        self.open.phone = PHONE
        self.assert_left_open()
        self.open.write({"email_from": "ada@acme.example.com"})
        self.assert_left_open()
        # and what is no part of the score
        self.open.write({"priority": "3", "need_level": "weak"})
        self.assertEqual(self.open.mapped("priority"), ["3", "3"])

    def test_what_is_written_on_the_customer(self):
        self.open.partner_id = self.customer
        self.customer.write({"phone": PHONE, "email": "sales@acme.example.com"})
        self.assertEqual(self.open.mapped("phone"), [PHONE, PHONE])
        self.assert_left_open()

    def test_the_scoring_job(self):
        self.env["crm.lead"]._cron_update_automated_probabilities()
        self.assertNotIn(100, self.open.mapped("probability"))
        self.assert_left_open()

    def test_who_moves_them(self):
        """What wins them passes the gate, be it a change of hands, for which Odoo scores them."""
        for move, unmet in [
            (lambda lead: lead.action_set_won(), WON_UNMET),
            (lambda lead: lead.write({"probability": 100}), PROPOSITION_UNMET),
            (lambda lead: lead.action_set_automated_probability(), PROPOSITION_UNMET),
            (lambda lead: lead.write({"phone": PHONE, "active": True}), PROPOSITION_UNMET),
            (lambda lead: lead.write({"user_id": self.all_rep.id}), PROPOSITION_UNMET),
        ]:
            for lead in self.open:
                with self.assert_refused(lead, unmet=unmet):
                    move(lead.with_context(allowed_company_ids=self.rep.company_ids.ids))
        exempt = self.open.with_env(self.env)
        exempt[0].user_id = False
        exempt[1].probability = 100
        for lead in exempt:
            self.assert_step(lead, verdict="exempt", direction="forward", to_status="won")
