from datetime import timedelta

from markupsafe import Markup

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Datetime
from odoo.tests import tagged

from ..support.case import StageRuleAssertions
from ..support.conversion_batch_common import ConversionBatchCommon

CHANGED = ["type", "stage_id", "user_id", "team_id", "partner_id", "email_from", "phone"]


@tagged("post_install", "-at_install")
class TestConversionUndo(ConversionBatchCommon, StageRuleAssertions):
    """A batch is taken back as a whole, as long as its opportunities have not been touched."""

    def setUp(self):
        super().setUp()
        self.leads = self.make_leads("One", "Two", "Three", user_id=False)
        self.before = self.snapshot()
        self.batch = self.convert(self.leads, self.rep + self.all_rep)
        self.work()
        self.assertEqual(self.batch.done_count, 3)

    def snapshot(self):
        return self.leads.sudo().read(CHANGED, load=None)

    def undo(self, batch=None):
        """Undo a batch as the web client does; return what was said before."""
        batch = batch or self.batch
        action = batch.action_open_undo()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        wizard = wizard.with_user(batch.env.user).create({})
        text = wizard.outcome
        wizard.action_undo()
        self.work()
        return text

    def later(self, record, name="create_date"):
        """Have something happen a minute after it did; in a test, all happens at once."""
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {record._table} SET {name} = %s WHERE id IN %s",
            (Datetime.now() + timedelta(minutes=1), tuple(record.ids)),
        )
        self.env.invalidate_all()

    def test_they_are_leads_again(self):
        partners = self.leads.partner_id
        companies = partners.parent_id
        self.assertEqual((len(partners), len(companies)), (3, 3))
        self.assertEqual(len(self.leads.user_id), 2)
        text = self.undo()
        self.assertIn("become leads again, as before: 3.", text)
        self.assertIn("archived, unless they are in use: 6.", text)
        self.assertNotIn("Merged", text)
        self.assertNotIn("not converted", text)
        self.assertEqual(self.snapshot(), self.before)
        self.assertEqual(self.batch.state, "undone")
        self.assertEqual((self.batch.undone_count, self.batch.handled_count), (3, 3))
        self.assertFalse((partners + companies).filtered("active"))
        for lead in self.leads:
            self.assertIn("The mass conversion was undone", str(lead.message_ids.mapped("body")))
            self.assert_step(
                lead,
                from_type="opportunity",
                to_type="lead",
                reason="The mass conversion was undone.",
                by_user_id=self.all_rep,
            )

    def merge_contacts(self, partners, left):
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set(partners.ids)], "dst_partner_id": left.id}
        )
        wizard.action_merge()

    def test_a_contact_that_was_merged_since_is_not_archived(self):
        """It is more by now than what the conversion has created."""
        created = self.leads[0].partner_id
        known = self.env["res.partner"].create({"name": "Known", "email": created.email})
        self.merge_contacts(created + known, known)
        self.assertEqual(self.leads[0].partner_id, known)
        self.undo()
        self.assertTrue(known.active)
        self.assertFalse(self.leads.partner_id)

    def test_the_customer_from_before_was_merged_since(self):
        """An undo gives back the contact that is left."""
        before, left = self.env["res.partner"].create(
            [{"name": name, "email": "old@example.com"} for name in ("Before", "Left")]
        )
        line = self.batch.sudo().line_ids[0]
        line.values_before = {**line.values_before, "partner_id": before.id}
        self.merge_contacts(before + left, left)
        self.undo()
        self.assertEqual(line.lead_id.partner_id, left)

    def test_they_can_be_converted_again(self):
        self.undo()
        self.assertEqual(self.convert(self.leads).state, "running")
        self.work()
        self.assert_moved(self.leads, self.stage_new)

    def test_customers_that_somebody_uses_stay(self):
        used, contact, unused = self.leads.partner_id
        self.make_opportunity("Theirs", partner_id=used.id)
        self.env["res.partner"].create({"name": "Bo", "parent_id": contact.parent_id.id})
        self.undo()
        self.assertEqual((used.active, used.parent_id.active), (True, True))
        self.assertEqual((contact.active, contact.parent_id.active), (False, True))
        self.assertEqual((unused.active, unused.parent_id.active), (False, False))

    def test_customers_that_were_there_stay(self):
        leads = self.make_leads("Known", "Other", email_from="info@acme.example.com")
        batch = self.convert(leads, deduplicate=False)
        self.work()
        self.assertEqual(leads.partner_id, self.customer)
        self.undo(batch)
        self.assertFalse(leads.partner_id)
        self.assertTrue(self.customer.active)

    def touch(self, what):
        """Let something happen to the second lead, and return what it is called."""
        lead = self.leads[1]
        if what == "moved":
            lead.write(self.answers({"contact_role": "decision_maker"}))
            lead.sudo().with_user(self.env.ref("base.user_root")).stage_id = self.stage_qualified
            self.later(self.rows(lead)[-1], "date")
        elif what == "message":
            self.later(lead.message_post(body=Markup("<p>They have called</p>")))
        elif what == "activity":
            self.later(lead.activity_schedule("mail.mail_activity_data_todo"), "write_date")
        elif what == "meeting":
            meeting = self.env["calendar.event"].create(
                {
                    "name": "Lunch",
                    "opportunity_id": lead.id,
                    "start": Datetime.now(),
                    "stop": Datetime.now(),
                }
            )
            self.later(meeting, "write_date")
        elif what == "changed":
            self.later(lead, "write_date")
        elif what == "is lost":
            lead.action_set_lost()

    def test_one_that_was_touched_keeps_all(self):
        for what in ("moved", "message", "activity", "meeting", "changed", "is lost"):
            with self.subTest(what), self.env.cr.savepoint() as savepoint:
                self.touch(what)
                action = self.batch.action_open_undo()
                wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
                self.assertFalse(wizard.is_possible)
                self.assertIn("“Two”", wizard.outcome)
                self.assertIn(what, wizard.outcome)
                with self.assertRaisesRegex(UserError, f"“Two” .*{what}"):
                    self.batch.action_undo()
                savepoint.rollback()
        self.assertEqual(set(self.leads.mapped("type")), {"opportunity"})

    def test_what_is_touched_before_its_turn_stays(self):
        self.batch.action_undo()
        self.touch("message")
        self.work()
        self.assertEqual(
            self.outcomes(self.batch), {"One": "undone", "Two": "done", "Three": "undone"}
        )
        [line] = self.batch.line_ids.filtered(lambda line: line.state == "done")
        self.assertIn("message", line.reason)
        self.assertEqual(self.leads.mapped("type"), ["lead", "opportunity", "lead"])
        self.assertTrue(self.leads[1].partner_id.active)

    def test_merged_leads_stay(self):
        first, second, third = self.make_leads("First", "Second", "Third")
        second.email_from = first.email_from
        batch = self.convert(first + second + third)
        self.work()
        text = self.undo(batch)
        self.assertIn("become leads again, as before: 1.", text)
        self.assertIn("stay merged: 2.", text)
        self.assertEqual(third.type, "lead")
        self.assertEqual((first + second).exists().type, "opportunity")
        self.assertTrue((first + second).exists().partner_id.active)

    def test_what_was_not_converted_is_counted(self):
        leads = self.make_leads("Four", "Five", "Six")
        leads[0].need_level = False
        batch = self.convert(leads)
        self.work_on_chunk()
        batch.action_cancel()
        text = self.undo(batch)
        self.assertIn("become leads again, as before: 1.", text)
        self.assertIn("not converted, and stay as they are: 2.", text)

    def test_activities_that_the_conversion_started_go(self):
        plan = self.env["mail.activity.plan"].create(
            {
                "name": "Start",
                "res_model": "crm.lead",
                "template_ids": [
                    (
                        0,
                        0,
                        {
                            "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                            "responsible_type": "on_demand",
                        },
                    )
                ],
            }
        )
        self.team.conversion_plan_id = plan
        leads = self.make_leads("Four", "Five")
        batch = self.convert(leads)
        self.work()
        self.assertEqual(len(leads.activity_ids), 2)
        self.undo(batch)
        self.assertFalse(leads.activity_ids)
        self.assertFalse(leads.conversion_plan_id, "the next conversion starts it anew")

    def test_who_may_not_write_on_them_cannot_undo(self):
        leads = self.make_leads("Four", "Five", user=self.rep)
        batch = self.convert(leads, self.manager, force_assignment=True)
        self.work()
        self.assertEqual(batch.done_count, 2)
        with self.assertRaises(AccessError):
            batch.action_undo()
        self.undo(batch.with_user(self.manager))
        self.assertEqual(leads.sudo().mapped("type"), ["lead", "lead"])
        self.assertEqual(leads.user_id, self.rep)

    def test_nothing_to_undo(self):
        self.undo()
        with self.assertRaisesRegex(UserError, "nothing to undo"):
            self.batch.action_undo()
