from odoo.fields import Command
from odoo.tests import tagged

from ..support.common import StageRuleCommon


@tagged("post_install", "-at_install")
class TestContactMerge(StageRuleCommon):
    """Contacts are merged, by Odoo's own wizard: the same person is one stakeholder of a deal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.anna, cls.a_smith = cls.env["res.partner"].create(
            [{"name": name, "email": "ann@example.com"} for name in ("Ann", "Anna", "A. Smith")]
        )

    def add(self, lead, partner, role=False, relationship="none", is_key_contact=False):
        return self.env["crm.lead.stakeholder"].create(
            {
                "lead_id": lead.id,
                "partner_id": partner.id,
                "role": role,
                "relationship": relationship,
                "is_key_contact": is_key_contact,
            }
        )

    def merge(self, partners, left):
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set(partners.ids)], "dst_partner_id": left.id}
        )
        wizard.action_merge()
        self.assertEqual(partners.exists(), left)
        self.env.flush_all()
        self.env.invalidate_all()

    def assert_stakeholders(self, lead, expected):
        self.assertEqual(
            [
                (
                    line.partner_id,
                    line.contact_name,
                    line.role,
                    line.relationship,
                    line.is_key_contact,
                )
                for line in lead.sudo().stakeholder_ids
            ],
            expected,
        )

    def test_two_stakeholders_become_one(self):
        lead = self.make_lead()
        self.add(lead, self.ann, "user", "champion")
        self.add(lead, self.anna, "decision_maker", "engaged", is_key_contact=True)
        self.merge(self.ann + self.anna, self.ann)
        self.assert_stakeholders(lead, [(self.ann, "Ann", "decision_maker", "champion", True)])

    def test_three_and_somebody_else(self):
        """The key contact that is somebody else stays; other deals are left alone."""
        lead, other = self.make_lead(), self.make_lead("Other")
        key = self.add(lead, self.customer, "buyer", is_key_contact=True)
        for partner, relationship in (
            (self.ann, "none"),
            (self.anna, "engaged"),
            (self.a_smith, "none"),
        ):
            self.add(lead, partner, relationship=relationship)
        self.add(other, self.anna, "adviser", is_key_contact=True)
        self.merge(self.ann + self.anna + self.a_smith, self.a_smith)
        self.assert_stakeholders(
            lead,
            [
                (self.customer, key.contact_name, "buyer", "none", True),
                (self.a_smith, "A. Smith", False, "engaged", False),
            ],
        )
        # one that is alone stays, and is called as the contact that is left
        self.assert_stakeholders(other, [(self.a_smith, "A. Smith", "adviser", "none", True)])

    def test_the_same_contact_twice(self):
        """Where it was there twice before, it is once."""
        lead = self.make_lead()
        self.add(lead, self.ann, "user")
        self.add(lead, self.ann, relationship="engaged", is_key_contact=True)
        self.merge(self.ann + self.anna, self.ann)
        self.assert_stakeholders(lead, [(self.ann, "Ann", "user", "engaged", True)])

    def test_by_somebody_who_does_not_see_the_deal(self):
        lead = self.make_lead("Theirs", user=self.manager)
        self.add(lead, self.ann)
        self.add(lead, self.anna, "buyer")
        self.rep.group_ids += self.env.ref("base.group_partner_manager")
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.rep)
        wizard._merge((self.ann + self.anna).ids, self.ann.with_user(self.rep))
        self.assert_stakeholders(lead, [(self.ann, "Ann", "buyer", "none", False)])
