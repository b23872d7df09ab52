from odoo import api, fields, models

from ..tools import verdict as verdicts
from .worth_sql import OF_LEADS

UNCONVERTED = "unconverted"
CONVERTED = [verdicts.WON, verdicts.LOST, verdicts.OPEN, "gone"]


class CrmCriterionWorthLead(models.Model):
    """A lead that has ended as one, and one criterion that was in force then: whether it was met.

    It was converted, or lost before it was. By these rows ``get_worth`` compares how many were
    converted of the leads that met a criterion with how many of those that did not, and how many
    of those that were converted were won. See ``readme/FUNNEL.md`` for what counts.
    """

    _name = "crm.criterion.worth.lead"
    _inherit = "crm.criterion.worth"
    _description = "What Qualification Is Worth for Leads"
    _is_part_of_lead = True
    _auto = False
    _depends = {"crm.lead": ["type", "won_status"]}

    date = fields.Datetime(string="Converted or Lost On")
    lead_id = fields.Many2one(string="Lead or Opportunity")
    tier = fields.Selection(help="What it was then. Empty for a lead that was lost.")
    outcome = fields.Selection(
        selection_add=[(UNCONVERTED, "Lost as a Lead")],
        help="What has become of the lead by now.",
    )
    win_rate = fields.Float(
        help="The share of won ones among those that were converted and are closed."
    )
    conversion_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="The share of those that were converted among all that are leads no more.",
    )

    @api.model
    def _get_queries(self):
        return OF_LEADS

    @api.model
    def _get_steps(self):
        return {"converted": (CONVERTED, [UNCONVERTED], []), **super()._get_steps()}
