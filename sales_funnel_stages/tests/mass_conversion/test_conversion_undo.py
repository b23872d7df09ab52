from datetime import timedelta

from markupsafe import Markup

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date, Datetime, Domain
from odoo.tests import tagged

from ...models.insight.digest import CONVERTED
from ..support.case import StageRuleAssertions
from ..support.columns import get_differences, read_columns
from ..support.conversion_batch_common import ConversionBatchCommon
from ..support.guard import let_history_change
from ..support.pages import read_table

# all that an undo does not give back, as readme/MASS_CONVERSION.md says
NOT_GIVEN_BACK = {"write_uid", "write_date"}


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
        return read_columns(self.leads, NOT_GIVEN_BACK)

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
        let_history_change(self.env)
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
        self.assertIn("archived: 6.", text)
        self.assertNotIn("Merged", text)
        self.assertNotIn("not converted", text)
        self.assertEqual(get_differences(self.before, self.snapshot()), {})
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

    def test_the_example_that_people_read(self):
        self.customer.write({"street": "Rue Haute 2", "function": "Buyer"})
        self.rep.name = "Rita"
        names = {
            self.env["crm.lead"]._fields[name].string: name
            for name in (
                *("partner_id", "contact_name", "partner_name", "email_from"),
                *("street", "function", "user_id"),
            )
        }
        head = "of the lead", "before", "as an opportunity", "undone"
        rows = {names[name]: cells for name, *cells in read_table("MASS_CONVERSION.md", *head)}
        self.assertEqual(rows.keys(), set(names.values()))
        before = {name: row[0] or False for name, row in rows.items()}
        leads = self.make_leads("Four", "Five", **before)
        batch = self.convert(
            leads, self.rep, action="exist", partner_id=self.customer, deduplicate=False
        )

        def tell():
            return {
                name: value.display_name or "" if name.endswith("_id") else value
                for name in rows
                for value in [leads.sudo()[0][name]]
            }

        self.work()
        self.assertEqual(tell(), {name: row[1] for name, row in rows.items()})
        self.undo(batch)
        self.assertEqual(tell(), {name: row[2] for name, row in rows.items()})

    def test_whoever_undoes_it_has_written_last(self):
        self.undo(self.batch.with_user(self.manager))
        writers = {row["write_uid"] for row in read_columns(self.leads).values()}
        self.assertEqual(writers, {self.manager.id})

    def test_whoever_converts_has_written_last(self):
        writers = {row["write_uid"] for row in read_columns(self.leads).values()}
        self.assertEqual(writers, {self.all_rep.id})

    def test_what_a_team_has_of_its_own(self):
        """The properties of the team before are there again, whatever the next one asks for."""
        others = self.make_team("Others", "guide", member_ids=[Command.set(self.rep.ids)])
        for team, name in ((self.team, "aaaa"), (others, "bbbb")):
            team.lead_properties_definition = [
                {"name": name, "string": name, "type": "char", "default": "some"}
            ]
        leads = self.make_leads("Four", "Five")
        for number, lead in enumerate(leads):
            lead.lead_properties = {"aaaa": f"Onwards {number}"}
        before = read_columns(leads, NOT_GIVEN_BACK)
        batch = self.convert(leads, self.rep, team_id=others, force_assignment=True)
        self.work()
        self.assertEqual(leads.sudo().team_id, others)
        self.undo(batch)
        self.assertEqual(get_differences(before, read_columns(leads, NOT_GIVEN_BACK)), {})

    def test_a_team_that_does_not_use_leads(self):
        """They come back to the team before, wherever the conversion has put them."""
        others = self.make_team("Others", "guide", member_ids=[Command.set(self.rep.ids)])
        leads = self.make_leads("Four", "Five")
        batch = self.convert(leads, self.rep, team_id=others, force_assignment=True)
        self.work()
        others.use_leads = False
        self.undo(batch)
        self.assertEqual(leads.mapped("type"), ["lead", "lead"])
        self.assertEqual(leads.team_id, self.team)

    def test_what_others_have_changed_meanwhile_stays(self):
        """The customer that a lead had before keeps its e-mail, whatever the lead's was."""
        leads = self.make_leads("Four", "Five", partner_id=self.customer.id)
        leads.sudo().write({"email_from": "info@acme.example.com", "phone": False})
        other = self.env["res.partner"].create({"name": "Bo", "email": "bo@bo.example.com"})
        batch = self.convert(leads, action="exist", partner_id=other, deduplicate=False)
        self.work()
        self.assertEqual(leads.partner_id, other)
        self.customer.write({"email": "new@acme.example.com", "phone": "+32 2 290 34 99"})
        self.undo(batch)
        self.assertEqual(leads.partner_id, self.customer)
        self.assertEqual(set(leads.mapped("email_from")), {"info@acme.example.com"})
        self.assertEqual(self.customer.email, "new@acme.example.com")
        self.assertEqual(self.customer.phone, "+32 2 290 34 99")
        self.assertEqual(other.email, "bo@bo.example.com")

    def test_what_is_gone_meanwhile(self):
        """What was before and is no more is left as it is now; all else is as it was."""
        gone = self.env["res.partner"].create({"name": "Gone", "email": "gone@g.example.com"})
        leads = self.make_leads("Four", "Five", partner_id=gone.id)
        before = read_columns(leads, {*NOT_GIVEN_BACK, "partner_id"})
        batch = self.convert(leads, action="exist", partner_id=self.customer, deduplicate=False)
        self.work()
        gone.unlink()
        self.undo(batch)
        self.assertEqual(leads.mapped("type"), ["lead", "lead"])
        self.assertEqual(leads.partner_id, self.customer)
        self.assertEqual(get_differences(before, read_columns(leads)), {})

    def test_a_batch_of_an_earlier_release(self):
        """It had read some fields, and only what had changed: no name is computed from nothing."""
        names = {"stage_id", "user_id", "team_id", "partner_id", "email_from", "phone", "lang_id"}
        for line in self.batch.sudo().line_ids:
            line.values_before = {
                name: value or False for name, value in line.values_before.items() if name in names
            }
        self.undo()
        # when it was assigned, and what is predicted, it had not read
        but = {*NOT_GIVEN_BACK, "date_open", "day_open", "date_last_stage_update"}
        but |= {"probability", "automated_probability", "company_id"}
        found = get_differences(self.before, read_columns(self.leads, NOT_GIVEN_BACK))
        self.assertEqual({name for each in found.values() for name in each} - but, set())
        self.assertEqual(self.leads.mapped("contact_name"), ["Ann One", "Ann Two", "Ann Three"])

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
        customers = self.leads.partner_id.mapped("name")
        self.undo()
        self.assertEqual(self.convert(self.leads).state, "running")
        self.work()
        self.assert_moved(self.leads, self.stage_new)
        self.assertEqual(self.leads.partner_id.mapped("name"), customers)

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
                self.assertEqual(wizard.button_text, "Undo the 2 That Were Not Touched")
                self.assertIn("worked on since, and stay: 1.", wizard.outcome)
                self.assertIn("become leads again, as before: 2.", wizard.outcome)
                self.assertNotIn("others were merged into", wizard.outcome)
                self.assertIn("“Two”", wizard.outcome)
                self.assertIn(what, wizard.outcome)
                with self.assertRaisesRegex(UserError, f"“Two” .*{what}"):
                    self.batch.action_undo()
                savepoint.rollback()
        self.assertEqual(set(self.leads.mapped("type")), {"opportunity"})

    def test_those_that_were_not_touched_are_undone(self):
        self.touch("message")
        self.undo()
        self.assertEqual(
            self.outcomes(self.batch), {"One": "undone", "Two": "done", "Three": "undone"}
        )
        [line] = self.batch.line_ids.filtered(lambda line: line.state == "done")
        self.assertIn("“Two” has a new message", line.reason)
        self.assertEqual(self.leads.mapped("type"), ["lead", "opportunity", "lead"])

    def test_where_all_were_touched(self):
        for lead in self.leads:
            self.later(lead, "write_date")
        action = self.batch.action_open_undo()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
        self.assertFalse(wizard.is_possible)
        self.assertIn("can no longer be undone", wizard.outcome)
        for how in ({}, {"only_untouched": True}):
            with self.assertRaisesRegex(UserError, "“Two” has been changed"):
                self.batch.action_undo(**how)

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
        self.assertIn("merged into, and that stay: 1.", text)
        self.assertIn("stay merged: 1.", text)
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

    def test_figures_leave_it_out(self):
        """Unless they are asked to count it: dashboard and velocity, worth, and the digest."""
        of_leads = [("lead_id", "in", self.leads.ids)]
        steps = self.env["crm.stage.transition"]
        self.assertEqual(steps.search_count(CONVERTED & Domain(of_leads)), 3)
        self.undo()
        self.assertFalse(steps.search_count(CONVERTED & Domain(of_leads)))
        # all but that they were created
        left = steps.search([*of_leads, ("is_undone", "=", False)])
        self.assertEqual(left.mapped("direction"), ["created"] * 3)
        first, last = (str(Date.today() + timedelta(days=days)) for days in (-1, 1))
        for domain, count in ((of_leads, 0), ([*of_leads, ("with_undone", "=", True)], 3)):
            dashboard = self.env["crm.funnel.report"].get_dashboard(domain, first, last)
            self.assertEqual(dashboard["velocity"]["now"]["opportunities"], count)
            worth = self.env["crm.criterion.worth"]
            self.assertEqual(len(worth.search(domain).lead_id), count)
            self.assertEqual(bool(worth.get_worth(domain)), bool(count))
        for model in ("crm.criterion.worth", "crm.funnel.report"):
            row = self.env[model].search([*domain, ("lead_id", "=", self.leads[0].id)])[-1:]
            self.env.invalidate_all()
            action = self.env[model].browse(row.id).action_open_lead()
            self.assertEqual(action["res_id"], self.leads[0].id)

    def test_nothing_to_undo(self):
        self.undo()
        with self.assertRaisesRegex(UserError, "nothing to undo"):
            self.batch.action_undo()
