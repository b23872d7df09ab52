from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ...tools.mass_conversion import CREATE, Choices
from ..support.common import CONVERT_ANSWERS, LeadsInUseCommon


@tagged("post_install", "-at_install")
class TestMassConversionHooks(LeadsInUseCommon):
    """What another addon does for each lead that is converted, it does for each still."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.team.stage_rule_policy = "off"
        cls.leads = cls.make_lead("Ann", cls.all_rep, contact_name="Ann", user_id=False)
        cls.leads += cls.make_lead("Bob", cls.all_rep, partner_name="Bob Ltd", user_id=False)
        cls.lead_class = type(cls.env["crm.lead"])
        cls.wizard_class = type(cls.env["crm.lead2opportunity.partner.mass"])

    def override(self, cls, name):
        """Let another addon override a method of a model, in this test.

        :return: the list of those it has been called for
        """
        called = []
        original = getattr(cls, name)

        def method(records, *args, **kwargs):
            called.append(records)
            return original(records, *args, **kwargs)

        self.startPatcher(patch.object(cls, name, method))
        return called

    def convert(self, **choices):
        values = {"user_ids": tuple((self.all_rep + self.manager).ids), "team_id": self.team.id}
        return self.leads._convert_in_mass(Choices(**{**values, **choices}))

    def assert_converted(self, leads):
        self.assertEqual(leads.mapped("type"), ["opportunity"] * len(leads))
        self.assertEqual(leads.partner_id.mapped("name"), ["Ann", "Bob Ltd"])
        self.assertEqual(leads.user_id, self.all_rep + self.manager)

    def test_without_any(self):
        outcome = self.convert()
        self.assert_converted(self.leads)
        self.assertEqual(outcome.converted, self.leads._ids)
        self.assertEqual(len(outcome.created_partner_ids), 2)

    def test_customers(self):
        for name in ("_create_customer", "_handle_partner_assignment", "_find_matching_partner"):
            with self.subTest(name=name), self.env.cr.savepoint() as savepoint:
                called = self.override(self.lead_class, name)
                outcome = self.convert()
                self.assertEqual(called, [*self.leads])
                self.assert_converted(self.leads)
                self.assertEqual(outcome.converted, self.leads._ids)
                savepoint.rollback()

    def test_conversion(self):
        called = self.override(self.lead_class, "convert_opportunity")
        self.convert(action=CREATE)
        self.assertEqual(called, [*self.leads])
        self.assert_converted(self.leads)

    def test_duplicates(self):
        called = self.override(self.lead_class, "_get_lead_duplicates")
        self.leads.write({"email_from": "ann@example.com"})
        outcome = self.convert()
        self.assertEqual(len(called), 1, "the other is merged by then")
        self.assertEqual(len(outcome.merged), 1)

    def test_duplicates_of_what_is_merged(self):
        """What is merged is no duplicate any more, and is deleted together."""
        self.leads[0].email_from = "Ann <ann@example.com>, bob@example.com"
        self.leads += self.make_lead("Bob again", self.all_rep, user_id=False)
        self.leads[1:].write({"email_from": "bob@example.com"})
        for name in ("_get_lead_duplicates", "convert_opportunity"):
            with self.subTest(name=name), self.env.cr.savepoint() as savepoint:
                self.override(self.lead_class, name)
                merged = self.override(self.lead_class, "merge_opportunity")
                deleted = self.override(self.lead_class, "unlink")
                outcome = self.convert()
                self.assertEqual([len(leads) for leads in merged], [2, 2])
                self.assertEqual([set(leads.ids) for leads in deleted], [outcome.merged.keys()])
                self.assertEqual(self.leads.exists().ids, outcome.kept_ids)
                savepoint.rollback()

    def test_link(self):
        for name in ("write", "_message_auto_subscribe"):
            with self.subTest(name=name), self.env.cr.savepoint() as savepoint:
                called = self.override(self.lead_class, name)
                self.convert()
                self.assertEqual(called[:2], [*self.leads])
                self.assert_converted(self.leads)
                savepoint.rollback()

    def test_followers_of_the_customer(self):
        """They follow the lead that is linked to it, where a subtype says so."""
        subtype = self.env["mail.message.subtype"].create(
            {
                "name": "Opportunity of the customer won",
                "res_model": "res.partner",
                "parent_id": self.env.ref("crm.mt_lead_won").id,
                "relation_field": "partner_id",
            }
        )
        follower = self.rep.partner_id
        self.customer.message_subscribe(follower.ids, subtype.ids)
        self.convert(action="exist", partner_id=self.customer.id)
        for lead in self.leads:
            self.assertIn(follower, lead.message_partner_ids)

    def test_notification(self):
        called = self.override(self.lead_class, "_message_auto_subscribe_notify")
        self.env["crm.lead"].with_user(self.all_rep).browse(self.leads.ids)._convert_in_mass(
            Choices(user_ids=(self.manager.id,))
        )
        self.assertEqual(called, [self.leads])

    def test_x2many_of_others(self):
        """What an addon adds to the values of a conversion may be a command."""
        tag = self.env["crm.tag"].create({"name": "Converted"})
        original = self.lead_class._convert_opportunity_data

        def prepare(lead, *args):
            return {**original(lead, *args), "tag_ids": [Command.link(tag.id)]}

        self.startPatcher(patch.object(self.lead_class, "_convert_opportunity_data", prepare))
        self.convert()
        self.assert_converted(self.leads)
        self.assertEqual([lead.tag_ids for lead in self.leads], [tag, tag])

    def test_wizard_of_many(self):
        """They are converted, even where so many would become a batch in a request."""
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("sales_funnel_stages.conversion_batch_limit", 1)
        self.override(self.wizard_class, "_convert_and_allocate")
        outcome = self.convert()
        self.assert_converted(self.leads)
        self.assertEqual(outcome.converted, self.leads._ids)

    def test_wizard(self):
        """Where the wizard itself is another, it converts; the outcome is told all the same."""
        self.team.stage_rule_policy = "enforce"
        for name in ("_convert_handle_partner", "_convert_and_allocate", "action_mass_convert"):
            with self.subTest(name=name), self.env.cr.savepoint() as savepoint:
                called = self.override(self.wizard_class, name)
                leads = self.leads
                leads += self.make_lead("Good", self.all_rep, **self.answers(CONVERT_ANSWERS))
                outcome = leads._convert_in_mass(Choices(deduplicate=False))
                self.assertTrue(called)
                self.assertEqual(outcome.skipped.keys(), set(self.leads.ids))
                self.assertEqual(outcome.converted, leads[-1:]._ids)
                savepoint.rollback()
