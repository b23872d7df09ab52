from odoo import models

from ...names import SALESPERSON_GROUP
from ..rules.described_field import (
    DescribedChar,
    DescribedDate,
    DescribedMonetary,
    DescribedSelection,
    DescribedText,
)
from ..rules.shown_field import RareLines
from .stakeholder import CONTACT_ROLES

# read together where one of them is needed, and not with every lead that is read
TOGETHER = "qualification"

# those of them that are tracked (all are), by name: looked at in every write
NOTED_WHERE_WRITTEN = frozenset(
    {
        "contact_role",
        "need_level",
        "need_summary",
        "requirement_summary",
        "budget_status",
        "budget_amount",
        "purchase_date",
        "first_contact_date",
        "engagement_date",
        "supplier_status",
        "incumbent_supplier",
        "payment_terms_status",
        "contract_status",
        "revisit_date",
    }
)


class CrmLead(models.Model):
    """What is known of a lead's qualification: the answers that criteria look at.

    All optional; empty means not known yet.
    """

    _inherit = "crm.lead"

    contact_role = DescribedSelection(
        CONTACT_ROLES,
        tracking=100,
        prefetch=TOGETHER,
        help="The part that the contact plays in the decision to buy.",
    )
    need_level = DescribedSelection(
        [("none", "No need"), ("weak", "Weak need"), ("strong", "Strong need")],
        string="Need",
        tracking=101,
        prefetch=TOGETHER,
        help="How much they need the product.",
    )
    need_summary = DescribedText(
        string="Why They Buy",
        tracking=102,
        prefetch=TOGETHER,
        help="Why they have to buy, in a sentence or two.",
    )
    requirement_summary = DescribedText(
        string="Requirements",
        tracking=103,
        prefetch=TOGETHER,
        help="The specific needs and requirements identified.",
    )
    budget_status = DescribedSelection(
        [("none", "No budget"), ("estimated", "Estimated"), ("confirmed", "Confirmed")],
        string="Budget",
        tracking=104,
        prefetch=TOGETHER,
        help="Whether they can afford it.",
    )
    budget_amount = DescribedMonetary(
        currency_field="company_currency",
        tracking=105,
        prefetch=TOGETHER,
        help="What they can spend, in the company's currency. The expected revenue is what you "
        "expect to earn.",
    )
    purchase_date = DescribedDate(
        string="Ready to Buy By",
        tracking=106,
        prefetch=TOGETHER,
        help="When they want to have bought. The expected closing is when you expect to win.",
    )
    first_contact_date = DescribedDate(
        string="Contact Established On",
        tracking=107,
        prefetch=TOGETHER,
        help="Since when there is a relationship with the contact.",
    )
    engagement_date = DescribedDate(
        string="Engagement Discussed On",
        copy=False,
        tracking=108,
        prefetch=TOGETHER,
        help="When the possibility of engaging us was discussed.",
    )
    supplier_status = DescribedSelection(
        [
            ("no_supplier", "No supplier"),
            ("in_place", "In place"),
            ("under_review", "Under review"),
            ("dismissed", "Dismissed"),
        ],
        string="Current Supplier",
        tracking=109,
        prefetch=TOGETHER,
        help="How things stand with whoever supplies them today.",
    )
    incumbent_supplier = DescribedChar(
        string="Supplier Name",
        tracking=110,
        prefetch=TOGETHER,
        help="Who supplies them today.",
    )
    payment_terms_status = DescribedSelection(
        [("in_discussion", "In discussion"), ("agreed", "Agreed")],
        string="Payment Terms",
        copy=False,
        tracking=111,
        prefetch=TOGETHER,
    )
    contract_status = DescribedSelection(
        [("drafting", "Being drafted"), ("sent", "Sent"), ("signed", "Signed")],
        string="Contract",
        copy=False,
        tracking=112,
        prefetch=TOGETHER,
    )
    stakeholder_ids = RareLines(
        "crm.lead.stakeholder",
        "lead_id",
        string="Stakeholders",
        copy=True,
        # others may have been given leads to read, without what only this addon has
        groups=SALESPERSON_GROUP,
        help="The people behind the deal, and how we stand with them.",
    )

    def _determine_fields_to_fetch(self, field_names=None, ignore_when_in_cache=False):
        """Fetch what criteria look at with all else, where something is shown that they decide.

        As Odoo does with what other fields are computed from; these are not read with each lead.
        """
        found = super()._determine_fields_to_fetch(field_names, ignore_when_in_cache)
        depends, known = self.pool.field_depends, self._fields
        needed = {
            name
            for each in field_names or ()
            for name in NOTED_WHERE_WRITTEN.intersection(depends[known[each]])
        }
        return found + [
            field
            for name in needed
            if (field := known[name]) not in found
            and self._has_field_access(field, "read")
            and not (ignore_when_in_cache and not any(field._cache_missing_ids(self)))
        ]
