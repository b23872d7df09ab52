from odoo import api, models

from ..rules.shown_field import ShownJson
from .fields import NOTED_WHERE_WRITTEN
from .merge import DETAIL_FIELDS

# what the page has; the view says where
PAGE_FIELDS = sorted(NOTED_WHERE_WRITTEN - {"revisit_date"})
# not asked of a lead, whatever its framework asks for later
OPPORTUNITY_FIELDS = {"payment_terms_status", "contract_status"}
# what is noted beside an answer stands where the answer does
TOGETHER_WITH = {**DETAIL_FIELDS, "need_summary": "need_level"}


class CrmLead(models.Model):
    """Which fields the Qualification page shows: what the framework of the record asks for.

    What it does not ask for is folded there: the fields of one framework are no questions of
    another.
    """

    _inherit = "crm.lead"

    unasked_fields = ShownJson(
        string="Fields That Are Not Asked For",
        compute="_compute_unasked_fields",
        exportable=False,
        help="The fields of the page Qualification that no criterion of the framework looks at. "
        "None where nothing is asked for at all: then they are all alike.",
    )

    @api.depends("type", "team_id", "company_id")
    @api.depends_context("uid")
    def _compute_unasked_fields(self):
        to_fill = self.env["crm.qualification.criterion"]._get_fields_to_fill_by_criterion()
        # most leads of a batch are asked for the same
        unasked_by_criteria = {}
        for lead, criterion_ids in self._get_criteria_in_force():
            is_opportunity = lead.type == "opportunity"
            key = is_opportunity, criterion_ids
            if key not in unasked_by_criteria:
                asked = {name for id_ in criterion_ids for name in to_fill.get(id_, ())}
                unasked_by_criteria[key] = self._pick_unasked(asked, is_opportunity)
            lead.unasked_fields = bool(criterion_ids) and unasked_by_criteria[key]

    @api.model
    def _pick_unasked(self, asked, is_opportunity):
        """Return the names of the fields of the page that nobody asks for.

        :param set asked: names of the fields that are asked for
        :param bool is_opportunity: whether it is asked of an opportunity
        """
        shown = set(asked)
        for pair in TOGETHER_WITH.items():
            if not asked.isdisjoint(pair):
                shown.update(pair)
        left = set() if is_opportunity else OPPORTUNITY_FIELDS
        return [name for name in PAGE_FIELDS if name not in shown and name not in left]
