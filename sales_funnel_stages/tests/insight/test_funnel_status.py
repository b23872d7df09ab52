from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import Form, new_test_user, tagged

from ..support.common import CONVERT_ANSWERS, LeadsInUseCommon

STATUSES = ("contact", "lead", "opportunity", "customer")


class FunnelStatusAssertions:
    def assert_status(self, partners, status, user=None):
        """Assert where contacts stand, on records, in a search and in groups alike."""
        partners = partners.with_user(user or self.rep)
        partners.env.flush_all()
        partners.invalidate_recordset(["funnel_status"])
        self.assertEqual(partners.mapped("funnel_status"), [status] * len(partners))
        among = Domain("id", "in", partners.ids)
        for each in STATUSES:
            found = partners.search(among & Domain("funnel_status", "=", each))
            self.assertEqual(found, partners if each == status else partners.browse(), each)
            others = partners.search(among & Domain("funnel_status", "!=", each))
            self.assertEqual(others, partners - found, each)
        groups = dict(partners._read_group(among, ["funnel_status"], ["__count"]))
        self.assertEqual(groups.get(status), len(partners))
        self.assertEqual(sum(groups.values()), len(partners))


@tagged("post_install", "-at_install")
class TestFunnelStatus(LeadsInUseCommon, FunnelStatusAssertions):
    """Where a contact stands: contact, lead, opportunity, customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.bob = cls.env["res.partner"].create(
            [
                {"name": "Ann", "parent_id": cls.customer.id, "email": "ann@acme.example.com"},
                {"name": "Bob", "parent_id": cls.customer.id},
            ]
        )
        cls.eve = cls.env["res.partner"].create({"name": "Eve", "phone": "+32 2 290 34 90"})
        cls.acme = cls.customer + cls.ann + cls.bob

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def test_step_by_step(self):
        """A company and its contacts go together, by their furthest lead."""
        self.assert_status(self.acme + self.eve, "contact")
        lead = self.make_lead(partner_id=self.ann.id, **self.answers(CONVERT_ANSWERS))
        self.assert_status(self.acme, "lead")
        lead.convert_opportunity(self.ann)
        self.assert_status(self.acme, "opportunity")
        self.make_lead("Another", partner_id=self.bob.id)
        self.assert_status(self.acme, "opportunity")
        lead.sudo().with_user(self.env.ref("base.user_root")).action_set_won()
        self.assert_status(self.acme, "customer")
        self.make_opportunity("One more", partner_id=self.customer.id)
        self.assert_status(self.acme, "customer")
        self.assert_status(self.eve, "contact")

    def test_lost(self):
        lead = self.make_opportunity(partner_id=self.eve.id)
        self.make_lead(partner_id=self.eve.id)
        lead.action_set_lost()
        self.assert_status(self.eve, "lead")

    def test_archived(self):
        """What is put aside is not being worked on; what was won stays won."""
        open_one = self.make_opportunity(partner_id=self.eve.id, probability=40)
        won_one = self.make_opportunity(partner_id=self.ann.id, stage=self.stage_won)
        (open_one + won_one).sudo().active = False
        self.assert_status(self.eve, "contact")
        self.assert_status(self.acme, "customer")

    def test_returned(self):
        lead = self.make_opportunity(partner_id=self.eve.id)
        self.assert_status(self.eve, "opportunity")
        lead.action_return_to_lead("No need yet")
        self.assert_status(self.eve, "lead")

    def test_a_contact_that_moves_to_another_company(self):
        self.make_opportunity(partner_id=self.eve.id)
        self.assert_status(self.acme, "contact")
        self.eve.parent_id = self.customer
        self.assert_status(self.acme + self.eve, "opportunity")

    def test_an_archived_contact(self):
        self.make_opportunity(partner_id=self.bob.id)
        self.bob.active = False
        self.assert_status(self.customer + self.ann, "opportunity")

    def test_of_a_contact_being_made(self):
        with Form(self.env["res.partner"].with_user(self.manager)) as form:
            form.name = "New here"
            self.assertEqual(form.funnel_status, "contact")

    def test_a_search_looks_for_no_more_than_it_has_to(self):
        partners = self.env["res.partner"].with_user(self.rep)
        for status, looks in [("customer", 1), ("opportunity", 2), ("lead", 3), ("contact", 3)]:
            query = partners._search([("funnel_status", "=", status)])
            self.assertEqual(query.select().code.count("EXISTS"), looks, status)

    def test_search_for_several(self):
        self.make_lead(partner_id=self.eve.id)
        partners = self.env["res.partner"].with_user(self.rep)
        among = Domain("id", "in", (self.acme + self.eve).ids)
        for statuses, expected in (
            (["contact", "lead"], self.acme + self.eve),
            (["lead", "customer"], self.eve),
            ([False], partners),
            ([], partners),
        ):
            with self.subTest(statuses=statuses):
                found = partners.search(among & Domain("funnel_status", "in", statuses))
                self.assertEqual(found, expected)
                domain = among & Domain("funnel_status", "in", statuses)
                kept = (self.acme + self.eve).with_user(self.rep).filtered_domain(domain)
                self.assertEqual(kept, expected)

    def test_grouped_in_the_order_of_the_funnel(self):
        groups = (
            self.env["res.partner"]
            .with_user(self.rep)
            .with_context(read_group_expand=True)
            .web_read_group([("id", "=", self.eve.id)], ["funnel_status"])["groups"]
        )
        self.assertEqual(
            [(group["funnel_status"], group["__count"]) for group in groups],
            [(status, int(status == "contact")) for status in STATUSES],
        )

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_leads_of_others_count(self):
        """Nobody takes for new whom a colleague works with; and reads nothing more of it."""
        lead = self.make_opportunity(partner_id=self.eve.id, user=self.all_rep)
        self.assertFalse(lead.with_user(self.rep).has_access("read"))
        self.assert_status(self.eve, "opportunity")
        self.assertEqual(self.eve.with_user(self.rep).funnel_lead_count, 0)
        self.assertEqual(self.eve.with_user(self.all_rep).funnel_lead_count, 1)

    def test_for_people_of_sales_only(self):
        user = new_test_user(self.env, "funnel_stranger", "base.group_user")
        partner = self.eve.with_user(user)
        with self.assertRaises(AccessError):
            partner.read(["funnel_status"])
        with self.assertRaises(AccessError):
            partner.search([("funnel_status", "=", "lead")])
        with self.assertRaises(AccessError):
            partner._read_group([], ["funnel_status"])
        with self.assertRaises(AccessError):
            partner.action_make_lead()
        arch = partner.get_views([(False, "form"), (False, "kanban"), (False, "search")])
        self.assertNotIn("funnel", str(arch["views"]))

    def test_companies(self):
        """What another company knows is no business of this one."""
        other = self.env["res.company"].create({"name": "Other"})
        self.rep.company_ids += other
        self.make_opportunity(partner_id=self.eve.id, company_id=other.id, team_id=False)
        self.make_lead(partner_id=self.eve.id, company_id=self.env.company.id)
        eve = self.eve.with_user(self.rep)
        for companies, status in (
            (self.env.company, "lead"),
            (other, "opportunity"),
            (other + self.env.company, "opportunity"),
        ):
            with self.subTest(companies=companies.mapped("name")):
                partner = eve.with_context(allowed_company_ids=companies.ids)
                self.assertEqual(partner.funnel_status, status)
                self.assertEqual(
                    partner.search([("id", "=", eve.id), ("funnel_status", "=", status)]), eve
                )
                groups = dict(
                    partner._read_group([("id", "=", eve.id)], ["funnel_status"], ["__count"])
                )
                self.assertEqual(groups, {status: 1})

    # ------------------------------------------------------------------
    # Queries
    # ------------------------------------------------------------------

    def test_queries(self):
        counted = {}
        for size in (5, 80):
            partners = self.env["res.partner"].create([{"name": f"P {i}"} for i in range(size)])
            self.env["crm.lead"].create(
                [
                    {"name": "L", "type": type_, "partner_id": partner.id, "team_id": self.team.id}
                    for partner, type_ in zip(
                        partners, ("lead", "opportunity", "lead", "lead") * size, strict=False
                    )
                ]
            )
            self.env.flush_all()
            partners = partners.with_user(self.rep)
            for _turn in range(2):  # what a first call reads for all that follow is no cost
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                partners.mapped("funnel_status")
                counted[size] = self.env.cr.sql_log_count - before
        self.assertEqual(counted[5], counted[80])
        # three steps, and the companies
        self.assertLessEqual(counted[80], 6, counted)

    # ------------------------------------------------------------------
    # Its leads
    # ------------------------------------------------------------------

    def test_leads_by_step(self):
        leads = self.make_lead(partner_id=self.ann.id)
        leads += self.make_opportunity(partner_id=self.customer.id)
        lost = self.make_opportunity("Lost", partner_id=self.bob.id)
        lost.action_set_lost()
        bob = self.bob.with_user(self.rep)
        self.assertEqual(bob.funnel_lead_count, 3)
        action = bob.action_view_funnel_leads()
        self.assertEqual(action["context"]["group_by"], ["type", "stage_id"])
        lead_model = self.env["crm.lead"].with_user(self.rep).with_context(**action["context"])
        self.assertEqual(set(lead_model.search(action["domain"])), set(leads + lost))

    def test_a_lead_in_one_click(self):
        action = self.ann.with_user(self.rep).action_make_lead()
        lead = self.env["crm.lead"].browse(action["res_id"])
        self.assertRecordValues(
            lead,
            [
                {
                    "type": "lead",
                    "name": "Ann's lead",
                    "partner_id": self.ann.id,
                    "contact_name": "Ann",
                    "partner_name": "Acme",
                    "email_from": "ann@acme.example.com",
                    "user_id": self.rep.id,
                    "team_id": self.team.id,
                }
            ],
        )
        self.assert_status(self.acme, "lead")
        eve_lead = self.env["crm.lead"].browse(
            self.eve.with_user(self.rep).action_make_lead()["res_id"]
        )
        self.assertEqual(eve_lead.phone, self.eve.phone)

    def test_an_opportunity_where_leads_are_not_used(self):
        self.stop_using_leads()
        self.team.use_leads = False
        lead = self.env["crm.lead"].browse(
            self.eve.with_user(self.rep).action_make_lead()["res_id"]
        )
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.name, "Eve's opportunity")
        self.assert_status(self.eve, "opportunity")

    def test_several_at_once(self):
        action = self.env.ref("sales_funnel_stages.res_partner_action_make_lead")
        partners = self.ann + self.eve
        result = (
            action.with_user(self.rep)
            .with_context(
                active_model="res.partner", active_ids=partners.ids, active_id=partners[0].id
            )
            .run()
        )
        leads = self.env["crm.lead"].search(result["domain"])
        self.assertEqual(leads.partner_id, partners)
        self.assertEqual(set(leads.mapped("type")), {"lead"})
        bindings = self.env["ir.actions.actions"].with_user(self.rep).get_bindings("res.partner")
        self.assertIn(action.id, [each["id"] for each in bindings["action"]])

    def test_addresses_without_a_name(self):
        address = self.env["res.partner"].create(
            {"type": "delivery", "parent_id": self.customer.id, "street": "Some street 1"}
        )
        action = address.with_user(self.rep).action_make_lead()
        lead = self.env["crm.lead"].browse(action["res_id"])
        self.assertTrue(lead.name.startswith("Acme"), lead.name)
