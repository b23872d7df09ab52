from unittest.mock import patch

from odoo.tests import tagged

from ...tools.mass_conversion import Choices
from ..support.common import CONVERT_ANSWERS, LeadsInUseCommon


@tagged("post_install", "-at_install")
class TestMassConversionQueries(LeadsInUseCommon):
    """What many leads cost that are converted together, up to the end of the transaction."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})

    def make_visitors(self, size):
        answers = self.answers(CONVERT_ANSWERS)
        return self.env["crm.lead"].create(
            [
                {
                    "name": f"Visitor {number} of {size}",
                    "type": "lead",
                    "team_id": self.team.id,
                    "user_id": False,
                    "partner_name": f"Firm {number} of {size}",
                    "contact_name": f"Ann {number}",
                    "email_from": f"ann@firm{number}of{size}.example.com",
                    "phone": f"+32 2 290 {number // 100:02d} {number % 100:02d}",
                    **answers,
                }
                for number in range(size)
            ]
        )

    def count_queries(self, action):
        """Return how many queries something takes, to the end of the transaction."""
        self.env.flush_all()
        self.env.cr.flush()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        action()
        self.env.flush_all()
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def convert(self, leads):
        leads = self.env["crm.lead"].with_user(self.all_rep).browse(leads.ids)
        choices = Choices(user_ids=tuple((self.all_rep + self.manager).ids), team_id=self.team.id)
        return leads._convert_in_mass(choices)

    def test_fewer_for_each_the_more_there_are(self):
        queries = {}
        for size in (20, 100, 200):
            leads = self.make_visitors(size)
            queries[size] = self.count_queries(lambda leads=leads: self.convert(leads)) / size
            self.assertEqual(set(leads.mapped("type")), {"opportunity"})
            self.assertEqual(len(leads.partner_id.parent_id), size)
        self.assertLess(queries[100], queries[20], queries)
        self.assertLess(queries[200], queries[100], queries)
        # what each lead more takes: Odoo creates tracked values message by message
        self.assertLess((queries[200] * 200 - queries[100] * 100) / 100, 1.2, queries)

    def test_tracked_changes(self):
        """They are logged by one ``create``, whose overrides see what has changed."""
        leads = self.make_visitors(5)
        self.env.cr.flush()
        created = []
        message_class = type(self.env["mail.message"])
        original = message_class.create

        def create(model, vals_list):
            created.append([vals.get("tracking_value_ids") for vals in vals_list])
            return original(model, vals_list)

        with patch.object(message_class, "create", create):
            self.convert(leads)
            self.env.flush_all()
            self.env.cr.flush()
        tracked = [commands for commands in created if any(commands)]
        self.assertEqual([len(commands) for commands in tracked], [len(leads)])
        self.assertTrue(all(tracked[0]))

    def test_what_is_made_at_once_is_known(self):
        """Messages, followers and tracked values are found on records that were read before."""
        leads = self.make_visitors(4)
        self.env.cr.flush()
        known = {lead: (lead.message_ids, lead.message_partner_ids) for lead in leads}
        outcome = self.convert(leads)
        self.env.flush_all()
        self.env.cr.flush()
        for lead in leads:
            messages, followers = known[lead]
            [message] = lead.message_ids - messages
            names = message.tracking_value_ids.field_id.mapped("name")
            self.assertIn("partner_id", names)
            self.assertIn("user_id", names)
            self.assertEqual(lead.message_partner_ids - followers, lead.user_id.partner_id)
            [follower] = lead.message_follower_ids.filtered(
                lambda follower, user=lead.user_id: follower.partner_id == user.partner_id
            )
            self.assertTrue(follower.subtype_ids)
        for partner in self.env["res.partner"].browse(outcome.created_partner_ids):
            self.assertEqual(len(partner.message_ids), 1)
            self.assertEqual(partner.message_partner_ids, self.all_rep.partner_id)
