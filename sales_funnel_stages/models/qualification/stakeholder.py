from odoo import api, models
from odoo.fields import Domain

from ...tools.answers import strongest
from ..erasure.erasure_mixin import OF_ANYBODY
from ..rules.described_field import (
    DescribedBoolean,
    DescribedChar,
    DescribedRecord,
    DescribedSelection,
)

CONTACT_ROLES = [
    ("decision_maker", "Decision maker"),
    ("buyer", "Buyer"),
    ("adviser", "Adviser"),
    ("influencer", "Influencer"),
    ("user", "User"),
]

RELATIONSHIPS = [
    ("none", "None yet"),
    ("engaged", "Engaged"),
    ("champion", "Champion"),
]


class CrmLeadStakeholder(models.Model):
    """A person behind a deal: who they are, their part in the decision, and how we stand.

    Whoever may read or change the lead may do so with its stakeholders (see ``ir.rule``).
    """

    _name = "crm.lead.stakeholder"
    _inherit = ["crm.erasure.mixin"]
    _description = "Stakeholder"
    _is_part_of_lead = True
    _order = "is_key_contact desc, id"
    _rec_name = "contact_name"
    _personal_texts = {"contact_name": OF_ANYBODY}

    lead_id = DescribedRecord(
        "crm.lead", string="Lead or Opportunity", required=True, ondelete="cascade", index=True
    )
    partner_id = DescribedRecord("res.partner", string="Contact", index="btree_not_null")
    contact_name = DescribedChar(
        string="Name",
        compute="_compute_contact_name",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    role = DescribedSelection(CONTACT_ROLES)
    relationship = DescribedSelection(RELATIONSHIPS, required=True, default="none")
    is_key_contact = DescribedBoolean(
        string="Key Contact", help="The person to win over. One at most for each deal."
    )

    _check_name_length = models.Constraint(
        "CHECK (length(contact_name) <= 1000)", "This name is too long."
    )
    _key_contact_unique = models.UniqueIndex(
        "(lead_id) WHERE is_key_contact",
        "A lead or opportunity has one key contact at most. Clear the other one first.",
    )

    @api.depends("partner_id")
    def _compute_contact_name(self):
        for stakeholder in self:
            if stakeholder.partner_id:
                stakeholder.contact_name = stakeholder.partner_id.name

    @api.model_create_multi
    def create(self, vals_list):
        # what is no dict Odoo refuses by itself
        named = [vals for vals in vals_list if isinstance(vals, dict)]
        self._release_key_contact(
            [vals.get("lead_id") for vals in named if vals.get("is_key_contact")]
        )
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("lead_id"):
            # Odoo checks where a record is, not where it goes
            self.env["crm.lead"].browse(vals["lead_id"]).check_access("write")
        if vals.get("is_key_contact"):
            self._release_key_contact([vals["lead_id"]] if "lead_id" in vals else self.lead_id.ids)
        return super().write(vals)

    def _get_person(self):
        """Return what tells this person from others: the contact, or else the name."""
        self.ensure_one()
        return self.partner_id or self.contact_name.strip().casefold()

    def _join(self, twin, is_key_contact):
        """Say the strongest that this line or another of the same person says.

        :param bool is_key_contact: whether the other one makes a key contact of this
        """
        self.ensure_one()
        self.write(
            {
                "role": strongest("contact_role", [self.role, twin.role]),
                "relationship": strongest("relationship", [self.relationship, twin.relationship]),
                "is_key_contact": self.is_key_contact or is_key_contact,
            }
        )

    def _release_key_contact(self, lead_ids):
        """Let another person become the key contact of these leads, besides ``self``."""
        if not lead_ids:
            return
        current = self.search([("lead_id", "in", lead_ids), ("is_key_contact", "=", True)]) - self
        current.is_key_contact = False
        # before the other one is flagged: the database allows one at any time
        current.flush_recordset(["is_key_contact"])

    @api.model
    def _get_text_domain(self, name, person):
        named = super()._get_text_domain(name, person)
        return named | Domain("partner_id", "in", person.partner_ids)

    def _blank(self, name):  # pylint: disable=missing-return
        # a contact would bring its name back
        self.partner_id = False
        super()._blank(name)


class ResPartner(models.Model):
    """Of a contact that is deleted, no deal keeps the name."""

    _inherit = "res.partner"

    def unlink(self):
        # sudo: whoever may delete a contact need not see the deals in which it has a say
        stakeholders = self.env["crm.lead.stakeholder"].sudo()
        stakeholders = stakeholders.search([("partner_id", "in", self.ids)])
        result = super().unlink()
        stakeholders.exists()._blank("contact_name")
        return result
