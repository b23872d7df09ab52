from contextlib import suppress

from markupsafe import Markup
from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..support.case import StageRuleAssertions
from ..support.common import (
    CONVERT_ANSWERS,
    CONVERT_UNMET,
    QUALIFIED_UNMET,
    WON_UNMET,
    StageRuleCommon,
)


@tagged("post_install", "-at_install")
class TestStageGateUndo(StageRuleCommon, StageRuleAssertions):
    """A refusal leaves nothing behind, also where the caller swallows the error.

    Everything here reads what the database has at the end of the transaction: what
    would have been committed.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=False))
        cls.lead_model = cls.env["crm.lead"].with_user(cls.rep)

    def setUp(self):
        super().setUp()
        self.flush_tracking()

    def flush_tracking(self):
        """Do what Odoo does before it commits."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def stored(self, records):
        """Return everything that the database has of some records, but their chatter."""
        self.flush_tracking()
        table = SQL.identifier(records._table)
        return self.env.execute_query(
            SQL("SELECT * FROM %s WHERE id IN %s ORDER BY id", table, tuple(records.ids) or (0,))
        )

    def counted(self):
        """Return how many rows everything has that a move may make."""
        self.flush_tracking()
        return {
            table: self.env.execute_query(SQL("SELECT count(*) FROM %s", SQL.identifier(table)))
            for table in (
                "crm_lead",
                "crm_lead_scoring_frequency",
                "crm_lead_stakeholder",
                "ir_attachment",
                "mail_activity",
                "mail_followers",
                "mail_mail",
                "mail_message",
                "mail_notification",
                "mail_tracking_value",
                "res_partner",
            )
        }

    def assert_nothing_left(self, leads, move, unmet, refused=None):
        """Assert that ``move`` is refused and that, swallowed, it might not have been."""
        before, rows = self.stored(leads), self.counted()
        with self.assert_refused(leads if refused is None else refused, unmet=unmet):
            move()
        self.assertEqual(self.stored(leads), before)
        self.assertEqual(self.counted(), rows)

    # ------------------------------------------------------------------
    # Each door
    # ------------------------------------------------------------------

    def test_write(self):
        opportunity = self.make_opportunity(user=self.manager)
        self.assert_nothing_left(
            opportunity,
            lambda: opportunity.write(
                {
                    "stage_id": self.stage_qualified.id,
                    "description": "Rushed",
                    "user_id": self.rep.id,
                    "stakeholder_ids": [(0, 0, {"contact_name": "Ada"})],
                }
            ),
            QUALIFIED_UNMET,
        )

    def test_create(self):
        rows = self.counted()
        with self.assert_creation_refused("Refused", unmet=CONVERT_UNMET):
            self.lead_model.with_user(self.manager).create(
                [
                    {
                        "name": name,
                        "type": "opportunity",
                        "team_id": self.team.id,
                        "user_id": self.rep.id,
                        "stakeholder_ids": [(0, 0, {"contact_name": "Ada"})],
                        **values,
                    }
                    for name, values in (
                        ("Good", self.answers(CONVERT_ANSWERS)),
                        ("Refused", {}),
                    )
                ]
            )
        self.assertEqual(self.counted(), rows)

    def test_convert(self):
        good = self.make_lead("Good", **self.answers(CONVERT_ANSWERS))
        bad = self.make_lead("Bad")
        self.assert_nothing_left(
            good + bad,
            lambda: (good + bad).convert_opportunity(self.customer, user_ids=self.manager.ids),
            CONVERT_UNMET,
            refused=bad,
        )

    def test_win_of_a_lost_one(self):
        """Odoo brings it back to life in a write of its own."""
        opportunity = self.make_opportunity()
        reason = self.env["crm.lost.reason"].create({"name": "Too dear"})
        opportunity.with_user(self.env.user).action_set_lost(lost_reason_id=reason.id)
        self.assert_nothing_left(opportunity, opportunity.action_set_won, WON_UNMET)
        self.assertEqual(opportunity.won_status, "lost")
        self.assertEqual(opportunity.lost_reason_id, reason)

    def test_lost_with_a_stage(self):
        """Losing is free, but not a way to get further."""
        opportunity = self.make_opportunity()
        self.assert_nothing_left(
            opportunity,
            lambda: opportunity.action_set_lost(stage_id=self.stage_qualified.id),
            QUALIFIED_UNMET,
        )
        self.assertTrue(opportunity.active)

    def test_a_merge_that_is_refused_later_on(self):
        first = self.make_lead("First", stakeholder_ids=[(0, 0, {"contact_name": "Ada"})])
        second = self.make_lead("Second", stakeholder_ids=[(0, 0, {"contact_name": "Bob"})])
        (first + second).write({"email_from": "ada@acme.example.com"})
        second.sudo().message_post(body=Markup("<p>Called twice</p>"), message_type="comment")
        second.sudo().activity_schedule("mail.mail_activity_data_todo", user_id=self.rep.id)
        leads = first + second
        wizard = (
            self.env["crm.lead2opportunity.partner"]
            .with_user(self.rep)
            .with_context(active_model="crm.lead", active_id=first.id, active_ids=first.ids)
            .create({"name": "merge", "duplicated_lead_ids": leads.ids, "action": "create"})
        )
        messages = leads.message_ids.mapped("res_id")
        before, rows = self.stored(leads), self.counted()
        with self._swallowed_refusal():
            wizard.action_apply()
        self.assertEqual(self.stored(leads), before)
        self.assertEqual(self.counted(), rows)
        self.assertEqual(leads.message_ids.mapped("res_id"), messages)
        self.assertEqual(first.stakeholder_ids.mapped("contact_name"), ["Ada"])
        self.assertEqual(second.stakeholder_ids.mapped("contact_name"), ["Bob"])
        self.assertEqual(second.activity_ids.res_id, second.id)

    def test_a_stage_that_becomes_a_won_one(self):
        opportunity = self.make_opportunity(stage=self.stage_qualified)
        stage = self.stage_qualified.with_user(self.manager)
        before = self.stored(stage)
        self.assert_nothing_left(
            opportunity, lambda: stage.write({"is_won": True, "name": "Signed"}), WON_UNMET[:-2]
        )
        self.assertEqual(self.stored(stage), before)

    # ------------------------------------------------------------------
    # What is not undone
    # ------------------------------------------------------------------

    def test_what_was_done_before_stays(self):
        """Pending changes of any record, and what the lead itself has been told before."""
        opportunity = self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        other = self.make_opportunity("Other")
        with self.assert_refused(opportunity, unmet=["relationship", "requirements", "engagement"]):
            opportunity.priority = "3"
            other.description = "Pending"
            self.customer.comment = "Pending"
            opportunity.write({"stage_id": self.stage_qualified.id, "need_level": "strong"})
        self.env.invalidate_all()
        self.assertEqual(opportunity.priority, "3")
        self.assertEqual(opportunity.need_level, "weak")
        self.assertIn("Pending", other.description)
        self.assertIn("Pending", self.customer.comment)

    def test_tracking(self):
        """The chatter tells what has happened in the transaction, first to last, and no more."""
        opportunity = self.make_opportunity()
        self.flush_tracking()
        opportunity.budget_status = "estimated"
        with self.assert_refused(opportunity, unmet=[n for n in QUALIFIED_UNMET if n != "budget"]):
            opportunity.write({"stage_id": self.stage_qualified.id, "budget_amount": 5000})
        opportunity.budget_status = "confirmed"
        messages = opportunity.message_ids
        self.flush_tracking()
        values = (opportunity.message_ids - messages).sudo().tracking_value_ids
        self.assertEqual(values.field_id.name, "budget_status")
        self.assertEqual(values.old_value_char, "")
        self.assertEqual(values.new_value_char, "Confirmed")

    def test_many_writes_are_one_message(self):
        """The gate does not send the messages of a transaction before its end."""
        opportunity = self.make_opportunity(user=self.manager)
        self.flush_tracking()
        messages = opportunity.message_ids
        for user in (self.rep, self.all_rep, self.rep):
            opportunity.user_id = user
        self.flush_tracking()
        new = (opportunity.message_ids - messages).sudo().tracking_value_ids
        self.assertEqual(new.field_id.name, "user_id")
        self.assertEqual(len(new), 1)

    def test_what_follows_a_refusal(self):
        """After a refusal the transaction goes on as if it had not been tried."""
        opportunity = self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        with self._swallowed_refusal():
            opportunity.stage_id = self.stage_qualified
        self.assertEqual(opportunity.stage_id, self.stage_new)
        opportunity.write({"name": "Renamed"})
        created = self.lead_model.create({"name": "Next", "type": "lead", "team_id": self.team.id})
        self.flush_tracking()
        self.env.invalidate_all()
        self.assertEqual(opportunity.name, "Renamed")
        self.assertTrue(created.exists())

    # ------------------------------------------------------------------
    # Other errors
    # ------------------------------------------------------------------

    def test_an_error_of_odoo(self):
        """A won deal has 100 %: nothing is left of what says otherwise."""
        won = self.make_opportunity(stage=self.stage_won)
        before = self.stored(won)
        with suppress(ValidationError):
            won.write({"probability": 20, "description": "Lost with the error"})
            self.fail("Odoo accepts a won deal at 20 % now: find another error")
        self.assertEqual(self.stored(won), before)

    def test_an_error_in_the_middle_of_a_batch(self):
        """A customer of one company cannot be that of a lead of another."""
        other = self.env["res.company"].create({"name": "Other house"})
        self.manager.company_ids += other
        customer = self.env["res.partner"].create(
            {"name": "Ours", "company_id": self.env.company.id}
        )
        ours = self.make_lead("Ours", self.manager, **self.answers(CONVERT_ANSWERS))
        theirs = self.make_lead("Theirs", self.manager, **self.answers(CONVERT_ANSWERS))
        theirs.company_id = other
        before = self.stored(ours + theirs)
        with suppress(UserError):
            (ours + theirs).convert_opportunity(customer)
            self.fail("Odoo accepts a customer of another company now: find another error")
        self.assertEqual(self.stored(ours + theirs), before)

    @mute_logger("odoo.sql_db")
    def test_an_error_of_the_database(self):
        """What the database refuses is undone as well, and the transaction can go on."""
        lead = self.make_lead()
        before = self.stored(lead)
        with suppress(IntegrityError), self.lead_model._undone_if_refused():
            lead.description = "Lost with the error"
            lead.flush_recordset()
            self.env.cr.execute("UPDATE crm_lead SET probability = 200 WHERE id = %s", (lead.id,))
            self.fail("no error")
        self.assertEqual(self.stored(lead), before)
        lead.description = "Kept"
        self.assertNotEqual(self.stored(lead), before)
