from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import Form, tagged

from ...models.mass_conversion.extended import WIZARD
from ...names import BATCH_LIMIT_PARAMETER
from ..support.case import StageRuleAssertions
from ..support.columns import get_differences, read_columns
from ..support.conversion_batch_common import ConversionBatchCommon

NOT_GIVEN_BACK = {"write_uid", "write_date"}


@tagged("post_install", "-at_install")
class TestRecordedConversion(ConversionBatchCommon, StageRuleAssertions):
    """A mass conversion that is done at once leaves the record that any other does."""

    def at_once(self):
        """Let all be converted in the request, however many they are."""
        self.env["ir.config_parameter"].set_param(BATCH_LIMIT_PARAMETER, "200")

    def make_all_kinds(self):
        """Return leads of which some are merged, left as they are, or opportunities already."""
        ann, bo, cy = self.make_leads("Ann", "Bo", "Cy", user_id=False)
        self.make_leads("Bo again", email_from=bo.email_from, user_id=False)
        cy.need_level = "none"
        [dan] = self.make_leads("Dan", type="opportunity", user_id=False)
        eve, eve_again = self.make_leads("Eve", "Eve again", user_id=False)
        eve_again.email_from = eve.email_from
        return ann + bo + cy + dan + eve + eve_again

    def convert_at_once(self, leads, users=(), **values):
        """Convert leads in the request; return the batch that it leaves."""
        self.at_once()
        # as a web client, and as the jobs, which have a context of their own
        form = self.open_wizard(leads.with_context(tracking_disable=False))
        for user in users:
            form.user_ids.add(user)
        for name, value in values.items():
            form[name] = value
        wizard = form.save()
        wizard.action_mass_convert()
        return wizard.recorded_batch_id

    def describe(self, batch):
        """Return what a batch says of its leads, whatever its numbers are."""
        lines = batch.sudo().line_ids
        return sorted(
            (
                line.lead_name,
                line.state,
                line.reason or "",
                line.is_selected,
                line.is_moved,
                line.lead_id.name,
                line.partner_id.name,
                line.user_id.login,
                line.team_id.name,
                line.created_partner_id.name,
                line.created_company_id.name,
                line.customer_user_id.login,
                # Odoo predicts by all there is
                sorted({*(line.values_before or {})} - {"automated_probability", "probability"}),
                len(line.follower_ids or ()),
                line.is_untold,
            )
            for line in lines
        )

    def test_it_says_the_same_as_a_batch(self):
        leads = self.make_all_kinds()
        with self.env.cr.savepoint() as savepoint:
            batch = self.convert(leads, self.rep)
            self.work()
            expected = self.describe(batch)
            counts = (batch.done_count, batch.merged_count, batch.skipped_count)
            received = batch.received
            savepoint.rollback()
        self.env.invalidate_all()
        batch = self.convert_at_once(leads, self.rep)
        self.assertEqual(self.describe(batch), expected)
        self.assertEqual((batch.done_count, batch.merged_count, batch.skipped_count), counts)
        self.assertEqual(batch.received, received)
        self.assertEqual(batch.outside_count, 1)
        self.assertRecordValues(
            batch.sudo(),
            [
                {
                    "state": "done",
                    "user_id": self.all_rep.id,
                    "user_ids": self.rep.ids,
                    "deduplicate": True,
                    "open_count": 0,
                    "line_count": len(expected),
                }
            ],
        )
        self.assertTrue(batch.end_date)

    def test_it_is_undone(self):
        leads = self.make_leads("One", "Two", "Three", user_id=False)
        before = read_columns(leads, NOT_GIVEN_BACK)
        batch = self.convert_at_once(leads, self.rep + self.all_rep)
        self.assert_moved(leads, self.stage_new)
        partners = leads.partner_id
        self.assertEqual(batch.done_count, 3)
        batch.action_undo()
        self.work()
        self.assertEqual((batch.state, batch.undone_count), ("undone", 3))
        self.assertEqual(get_differences(before, read_columns(leads, NOT_GIVEN_BACK)), {})
        self.assertFalse(partners.filtered("active"))

    def test_through_another_addon(self):
        """Where crm goes through them one by one, since an addon has its say in it."""
        leads = self.make_leads("One", "Two", user_id=False)
        again = self.make_leads("Two again", email_from=leads[1].email_from, user_id=False)
        wizard_class = type(self.env[WIZARD])
        with patch.object(wizard_class, "_is_extended", lambda self: True):
            batch = self.convert_at_once(leads + again)
        self.assertEqual(
            sorted(self.outcomes(batch).values()), ["done", "done", "merged"], "each has its line"
        )

    def test_a_batch_is_recorded_once(self):
        leads = self.make_leads("One", "Two", "Three")
        wizard_class = type(self.env[WIZARD])
        with patch.object(wizard_class, "_is_extended", lambda self: True):
            batch = self.convert(leads)
            self.work()
        self.assertEqual(self.env["crm.lead.conversion.batch"].search([]), batch)

    def test_a_merge_is_no_conversion(self):
        leads = self.make_leads("One", "Two", email_from="both@batch.example.com")
        self.at_once()
        wizard = self.open_wizard(leads).save()
        wizard.write({"name": "merge", "lead_tomerge_ids": [Command.set(leads.ids)]})
        wizard.action_mass_convert()
        self.assertEqual(len(leads.exists()), 1)
        self.assertFalse(self.env["crm.lead.conversion.batch"].search([]))

    def test_the_result_leads_to_it(self):
        leads = self.make_leads("One", "Two")
        leads[0].need_level = "none"
        self.at_once()
        wizard = self.open_wizard(leads).save()
        action = wizard.action_mass_convert()
        form = Form(wizard, view=action["view_id"])
        self.assertEqual(form.recorded_batch_id, wizard.recorded_batch_id)
        action = wizard.action_view_recorded_batch()
        self.assertEqual(action["res_id"], wizard.recorded_batch_id.id)
        self.assertEqual(action["res_model"], "crm.lead.conversion.batch")

    def test_queries(self):
        """As many for 20 leads as for 4."""

        def record(count):
            leads = self.make_leads(*(f"Lead {count} {number}" for number in range(count)))
            moment = leads.sudo()._get_moment()
            wizard = self.open_wizard(leads).save()
            result = leads._convert_but_failing(wizard._get_choices())
            self.env.flush_all()
            values = wizard._prepare_batch_values()
            before = self.env.cr.sql_log_count
            leads.env["crm.lead.conversion.batch"]._record(leads, values, moment, result)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        record(4)
        self.assertLessEqual(record(20), record(4) + 3)
