from contextlib import closing

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from ...tools.rulebook import GUIDE
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, LeadsInUseCommon
from ..support.pages import read_table

WIZARD = "crm.lead2opportunity.partner.mass"


@tagged("post_install", "-at_install")
class TestLeftAsTheyAre(LeadsInUseCommon, StageRuleAssertions):
    """What cannot be converted is left as it is, with the reason, and keeps no other from it."""

    def setUp(self):
        super().setUp()
        self.ready = self.make_ready("Ready") + self.make_ready("Ready, too")

    def make_ready(self, name, **values):
        return self.make_lead(name, **{**self.answers(CONVERT_ANSWERS), **values})

    def open(self, leads, **values):
        form = Form(
            self.env[WIZARD]
            .with_user(self.manager)
            .with_context(active_model="crm.lead", active_id=leads[0].id, active_ids=leads.ids)
        )
        for name, value in values.items():
            form[name] = value
        return form

    def convert(self, form):
        wizard = form.save()
        wizard.action_mass_convert()
        return {line.lead_id: line.reason for line in wizard.skipped_ids}

    # ------------------------------------------------------------------
    # The first of the selection
    # ------------------------------------------------------------------

    def make_told(self, what):
        """Make a lead that the page tells of."""
        if what == "a lead, open at 100 %":
            return self.make_ready("First", probability=100)
        if what == "a lead that is won":
            return self.make_ready("First", stage_id=self.stage_won.id)
        if what == "an opportunity that is won":
            return self.make_opportunity("First", self.stage_won)
        if what == "an opportunity":
            return self.make_opportunity("First")
        lead = self.make_ready("First")
        if what == "a lead with a customer of another company":
            self.put_customer(lead, self.make_foreign())
        else:
            self.assertEqual(what, "a lead that nobody may change")
            self.forbid(lead)
        return lead

    def test_the_example_that_people_read(self):
        self.env.company.name = "Ours"
        head = "first in the selection", "said before", "what it is after"
        rows = read_table("MASS_CONVERSION.md", *head)
        self.assertGreater(len(rows), 5)
        for what, says, type_ in rows:
            with self.subTest(what), closing(self.env.cr.savepoint()):
                first = self.make_told(what)
                others = self.make_ready("Second") + self.make_ready("Third")
                form = self.open(first + others, deduplicate=False)
                said = html2plaintext(form.outcome)
                self.assertIn(says, said)
                self.assertEqual("Left as they are: 1." in said, bool(says), said)
                skipped = self.convert(form)
                self.assertIn(says if first in skipped else "", skipped.get(first, ""))
                self.assertEqual(first.type, type_)
                self.assert_moved(others, self.stage_new)
            self.env.invalidate_all()

    def test_the_first_is_open_at_100(self):
        closed = self.make_ready("Closed", probability=100)
        self.assertEqual(closed.won_status, "pending")
        form = self.open(closed + self.ready)
        said = html2plaintext(form.outcome)
        self.assertIn("Leads to convert: 2.", said)
        self.assertIn("Closed: Its probability is 100", said)
        skipped = self.convert(form)
        self.assertEqual(skipped.keys(), {closed})
        self.assertIn("100", skipped[closed])
        self.assert_moved(self.ready, self.stage_new)
        self.assertEqual(closed.type, "lead")

    def test_another_is_open_at_100(self):
        closed = self.make_ready("Closed", probability=100)
        self.assertEqual(self.convert(self.open(self.ready + closed)).keys(), {closed})
        self.assertEqual(closed.type, "lead")

    def test_the_first_is_won(self):
        for won in (
            self.make_lead("Won", stage_id=self.stage_won.id),
            self.make_opportunity("Won", self.stage_won),
        ):
            leads = won + self.make_ready("Another")
            form = self.open(leads)
            said = html2plaintext(form.outcome)
            self.assertIn("Of which won or archived: 1.", said)
            before = won.type
            self.convert(form)
            self.assert_moved(leads[1], self.stage_new)
            self.assertEqual((won.type, won.won_status), (before, "won"))

    def test_all_are_at_100(self):
        closed = self.make_ready("Closed", probability=100)
        form = self.open(closed)
        self.assertIn("Left as they are: 1.", html2plaintext(form.outcome))
        self.assertEqual(self.convert(form).keys(), {closed})

    def test_the_salesperson_of_new_customers(self):
        """It is that of the first one, as with Odoo alone."""
        self.assertEqual(self.open(self.ready).save().user_id, self.rep)

    # ------------------------------------------------------------------
    # One that cannot be converted
    # ------------------------------------------------------------------

    def make_foreign(self):
        """A customer of another company."""
        there = self.env["res.company"].create({"name": "There", "stage_rule_policy": GUIDE})
        return self.env["res.partner"].create({"name": "Theirs", "company_id": there.id})

    def put_customer(self, lead, partner):
        """Let a lead have a customer that Odoo would refuse, as data of long ago has."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET partner_id = %s WHERE id = %s", [partner.id, lead.id]
        )
        self.env.invalidate_all()

    def test_a_customer_of_another_company(self):
        lead = self.make_ready("Foreign")
        self.put_customer(lead, self.make_foreign())
        leads = self.ready[0] + lead + self.ready[1]
        form = self.open(leads, deduplicate=False)
        said = html2plaintext(form.outcome)
        self.assertIn("Left as they are: 1.", said)
        self.assertIn("Foreign: Its customer Theirs is of There", said)
        skipped = self.convert(form)
        self.assertEqual(skipped.keys(), {lead})
        self.assertIn("Its customer Theirs is of There", skipped[lead])
        self.assert_moved(self.ready, self.stage_new)
        self.assertEqual(lead.type, "lead")

    def test_all_are_to_be_linked_to_one(self):
        form = self.open(
            self.ready, action="exist", partner_id=self.make_foreign(), deduplicate=False
        )
        self.assertEqual(self.convert(form).keys(), set(self.ready))
        self.assertEqual(set(self.ready.mapped("type")), {"lead"})

    def test_what_is_guided_is_not(self):
        """Neither where a merge brings it to its salesperson's team, which enforces."""
        leads = self.make_lead("One") + self.make_lead("Two")
        leads.sudo().write(
            {"team_id": self.make_team("Lax", GUIDE).id, "email_from": "ann@buyers.example.com"}
        )
        form = self.open(leads, deduplicate=True)
        self.assertNotIn("Left as they are", html2plaintext(form.outcome))
        self.assertFalse(self.convert(form))
        kept = leads.exists()
        self.assertEqual(kept.type, "opportunity")
        self.assert_step(kept, verdict="arrived", team_id=self.team)

    def forbid(self, leads):
        """Let the rules of the database keep people from writing on some leads."""
        leads.sudo().priority = "3"
        self.env["ir.rule"].create(
            {
                "name": "What is hot is nobody's",
                "model_id": self.env.ref("crm.model_crm_lead").id,
                "domain_force": "[('priority', '!=', '3')]",
                "perm_read": False,
            }
        )

    def test_what_is_not_foreseen(self):
        """Whatever else is refused of one lead, by Odoo or by another addon."""
        refused = self.make_ready("Refused")
        leads = self.ready + refused + self.make_ready("Last")
        self.forbid(refused)
        form = self.open(leads, deduplicate=False, force_assignment=True)
        for user in self.rep + self.all_rep:
            form.user_ids.add(user)
        skipped = self.convert(form)
        self.assertEqual(skipped.keys(), {refused})
        self.assertIn("'write' access", skipped[refused])
        others = leads - refused
        self.assert_moved(others, self.stage_new)
        first, second, third = (lead.user_id for lead in others)
        self.assertEqual(first, third, "in turn")
        self.assertNotEqual(first, second)
        self.assertEqual(refused.type, "lead")
        for lead in others:
            self.assertEqual(len(self.rows(lead)), 2, "what was tried has left nothing")

    def test_all_that_there_is(self):
        """Where nothing is left to convert, Odoo's own error says why."""
        self.forbid(self.ready)
        with self.assertRaises(AccessError):
            self.convert(self.open(self.ready, deduplicate=False))
