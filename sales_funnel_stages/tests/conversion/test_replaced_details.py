from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, LeadsInUseCommon
from ..support.pages import read_table

WIZARD = "crm.lead2opportunity.partner"
BEFORE = "Until now:"
#: what the page tells of, as it is read there
DETAILS = {
    "Address": ["street", "zip", "city"],
    "Job Position": ["function"],
    "Website": ["website"],
}


@tagged("post_install", "-at_install")
class TestReplacedDetails(LeadsInUseCommon, StageRuleAssertions):
    """What a customer replaces of a lead is said before, and kept in the chatter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"street": "Rue Haute 2", "city": "Brussels"})

    def make_ready(self, name="Chairs", **values):
        values = {"street": "Meir 1", "zip": "2000", "city": "Antwerp", **values}
        return self.make_lead(name, **self.answers(CONVERT_ANSWERS), **values)

    def form(self, lead, **values):
        form = Form(
            self.env[WIZARD]
            .with_user(lead.env.user)
            .with_context(active_model="crm.lead", active_id=lead.id, active_ids=lead.ids)
        )
        form.name = "convert"
        for name, value in values.items():
            form[name] = value
        return form

    def notes(self, lead):
        bodies = [html2plaintext(body) for body in lead.sudo().message_ids.mapped("body")]
        return [body for body in bodies if BEFORE in body]

    def test_the_example_that_people_read(self):
        head = "of the lead", "until now", "its customer has", "as an opportunity"
        rows = read_table("MASS_CONVERSION.md", *head, "said before, and posted")
        self.assertGreater(len(rows), 5)
        for number, row in enumerate(rows):
            what, until_now, of_customer, _after, _told = row
            for is_mass in (False, True):
                with self.subTest(row, is_mass=is_mass):
                    customer = self.env["res.partner"].create(
                        {"name": "Beta", "is_company": True, **self.told(what, of_customer)}
                    )
                    lead = self.make_lead(
                        f"Lead {number}",
                        **self.answers(CONVERT_ANSWERS),
                        **self.told(what, until_now),
                    )
                    form = self.mass_form(lead) if is_mass else self.form(lead)
                    form.action = "exist"
                    form.partner_id = customer
                    said = html2plaintext(form.outcome)
                    wizard = form.save()
                    (wizard.action_mass_convert if is_mass else wizard.action_apply)()
                    self.assertEqual((lead.type, lead.partner_id), ("opportunity", customer))
                    posted = "".join(self.notes(lead))
                    told = posted.rpartition(BEFORE)[2].strip(" \n*")
                    after = ", ".join(filter(None, (lead[name] for name in DETAILS[what])))
                    self.assertEqual([what, until_now, of_customer, after, told], row)
                    self.assertEqual(until_now in said if told else BEFORE in said, bool(told))

    def told(self, what, text):
        """Return the values of a text that is told of a lead or a customer."""
        return dict(zip(DETAILS[what], text.split(", "), strict=True)) if text else {}

    def test_linked_to_a_customer(self):
        lead = self.make_ready()
        form = self.form(lead, action="exist", partner_id=self.customer)
        said = html2plaintext(form.outcome)
        self.assertIn("Address: replaced by what Acme has. Until now: Meir 1, 2000, Antwerp", said)
        form.save().action_apply()
        self.assertEqual((lead.street, lead.city), ("Rue Haute 2", "Brussels"))
        [note] = self.notes(lead)
        self.assertIn("Address: Meir 1, 2000, Antwerp", note)

    def test_a_contact_of_a_company(self):
        """It takes the company's address, and the lead takes the contact's."""
        lead = self.make_ready(contact_name="Ann")
        form = self.form(lead, action="create", commercial_partner_id=self.customer)
        self.assertIn("Until now: Meir 1, 2000, Antwerp", html2plaintext(form.outcome))
        form.save().action_apply()
        self.assertEqual(lead.street, "Rue Haute 2")
        self.assertEqual(len(self.notes(lead)), 1)

    def test_what_else_is_not_tracked(self):
        self.customer.write({"function": "Buyer", "website": "https://acme.example.com"})
        lead = self.make_ready(function="Director", website="https://own.example.com")
        form = self.form(lead, action="exist", partner_id=self.customer)
        said = html2plaintext(form.outcome)
        for text in ("Job Position: replaced", "Director", "Website: replaced", "own.example.com"):
            self.assertIn(text, said)
        form.save().action_apply()
        [note] = self.notes(lead)
        self.assertIn("Job Position: Director", note)
        self.assertIn("https://own.example.com", note)

    def test_nothing_is_replaced(self):
        unknown = self.make_lead("Tables", **self.answers(CONVERT_ANSWERS))
        homeless = self.env["res.partner"].create({"name": "Bo"})
        for lead, values in (
            (unknown, {"action": "exist", "partner_id": self.customer}),
            (self.make_ready(), {"action": "exist", "partner_id": homeless}),
            (self.make_ready(contact_name="Cy"), {"action": "create"}),
        ):
            with self.subTest(**values):
                form = self.form(lead, **values)
                self.assertNotIn(BEFORE, html2plaintext(form.outcome))
                form.save().action_apply()
                self.assertFalse(self.notes(lead))

    def mass_form(self, leads):
        form = Form(
            self.env[f"{WIZARD}.mass"]
            .with_user(self.rep)
            .with_context(active_model="crm.lead", active_id=leads[0].id, active_ids=leads.ids)
        )
        form.deduplicate = False
        return form

    def test_in_mass(self):
        email = self.customer.email
        leads = self.make_ready("One", email_from=email) + self.make_ready("Two")
        form = self.mass_form(leads)
        said = html2plaintext(form.outcome)
        self.assertIn("Of which the address is replaced by the customer's: 1.", said)
        self.assertIn("One: Address: Meir 1, 2000, Antwerp", said)
        form.save().action_mass_convert()
        self.assertEqual([len(self.notes(lead)) for lead in leads], [1, 0])

    def test_by_code(self):
        lead = self.make_ready()
        lead.convert_opportunity(self.customer)
        self.assertEqual(len(self.notes(lead)), 1)
        lead = self.make_ready()
        lead.write({"type": "opportunity", "partner_id": self.customer.id})
        self.assertEqual(len(self.notes(lead)), 1)

    def test_merged_and_converted(self):
        lead, other = self.make_ready("One"), self.make_ready("Two", partner_id=self.customer.id)
        other.write({"street": "Meir 1", "zip": "2000", "city": "Antwerp"})
        wizard = self.env[WIZARD].with_user(self.rep).with_context(active_id=lead.id)
        wizard = wizard.create(
            {"name": "merge", "duplicated_lead_ids": [Command.set((lead + other).ids)]}
        )
        wizard.action_apply()
        self.assertFalse(self.notes((lead + other).exists()), "its customer has not changed")
