from odoo import api, models

from ...tools.score import score
from ..rules.described_field import DescribedInteger


class CrmLead(models.Model):
    """How far a lead is, as a figure."""

    _inherit = "crm.lead"

    qualification_score = DescribedInteger(
        compute="_compute_qualification_score",
        aggregator=None,
        help="How much of what the next step asks for is met, by weight, from 0 to 100.",
    )

    @api.depends(lambda self: self._qualification_depends())
    @api.depends_context("uid")
    def _compute_qualification_score(self):
        criteria = self.env["crm.qualification.framework"]._get_criteria()
        asked_by_lead = self._get_asked_criteria()
        unmet = self._get_unmet_criteria({id_ for asked in asked_by_lead.values() for id_ in asked})
        for lead in self:
            asked, missing = asked_by_lead[lead._ids[0]], unmet[lead._ids[0]]
            weights = {id_: criteria[id_][1] for id_ in asked}
            lead.qualification_score = score(weights, missing)
