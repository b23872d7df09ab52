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
        self.assertLess(queries[200], 1, queries)
        # what each lead more takes
        self.assertLess((queries[200] * 200 - queries[100] * 100) / 100, 0.5, queries)

    def test_messages(self):
        """One message is created; those of the other customers are copies of it, in all columns."""
        leads = self.make_visitors(5)
        created = []
        original = type(self.env["mail.message"])._create

        def create(model, data_list):
            messages = original(model, data_list)
            created.extend(messages.filtered(lambda message: message.model == "res.partner"))
            return messages

        # the method of all models, in which no addon has a say
        with patch.object(type(self.env["mail.message"]), "_create", create):
            slowly = self.convert(leads).created_partner_ids
        self.assertEqual(len(created), 10, "another addon may have something to do with each")
        more = self.make_visitors(6)
        quickly = self.convert(more).created_partner_ids
        self.env.flush_all()
        rows = []
        for partner_ids in (slowly, quickly):
            messages = self.env["mail.message"].search(
                [("model", "=", "res.partner"), ("res_id", "in", partner_ids)], order="id"
            )
            self.assertEqual(messages.mapped("res_id"), sorted(partner_ids))
            self.env.cr.execute(
                "SELECT to_jsonb(m) - '{id,res_id,message_id,date,create_date,write_date}'::text[]"
                "  FROM mail_message m WHERE id = ANY(%s)",
                [messages.ids],
            )
            rows.append({str(row) for (row,) in self.env.cr.fetchall()})
        self.assertEqual(*rows)
        self.assertEqual(len(rows[0]), 1)

    def test_what_is_made_by_the_database_is_known(self):
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

    def test_other_addons(self):
        """What an addon does for each customer when it is created, it does for each still."""
        called = []
        partner_class = type(self.env["res.partner"])
        original = partner_class._fields_sync

        def sync(partner, values):
            called.append(partner.id)
            return original(partner, values)

        leads = self.make_visitors(3)
        with patch.object(partner_class, "_fields_sync", sync):
            outcome = self.convert(leads)
        self.assertEqual(called, sorted(outcome.created_partner_ids))

    def test_customers_take_over_values(self):
        """A contact whose address is another than that of its company takes it over."""
        company = self.env["res.partner"].create({"name": "Acme", "city": "Ghent", "vat": "X1"})
        values = {"parent_id": company.id, "type": "contact", "user_id": self.rep.id}
        together, alone = (
            create([{"name": "Ann", "city": "Bruges", **values}, {"name": "Bob", **values}])
            for create in (
                self.env["res.partner"]._create_together,
                self.env["res.partner"].create,
            )
        )
        for name in ("city", "vat", "lang", "commercial_partner_id", "user_id", "image_128"):
            self.assertEqual(together.mapped(name), alone.mapped(name), name)
        self.assertEqual(together.mapped("city"), ["Ghent", "Ghent"])
        self.assertEqual(together.mapped("vat"), ["X1", "X1"])
