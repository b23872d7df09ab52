from odoo import models

from .line import MERGED, WAITING


class CrmLeadConversionBatchLine(models.Model):
    _inherit = "crm.lead.conversion.batch.line"

    def _follow_merge(self, lead):
        """Note that the leads of these have been merged into another one."""
        waiting = self.filtered(lambda line: line.state == WAITING)
        waiting.write({"state": MERGED, "date": self.env.cr.now()})
        self.lead_id = lead


class CrmLead(models.Model):
    """What becomes of a lead in batches is told of the one that it is merged into."""

    _inherit = "crm.lead"

    def _take_over_from(self, opportunities):  # pylint: disable=missing-return
        super()._take_over_from(opportunities)
        # sudo: the result of a batch tells of all its leads, whoever merges them
        lines = self.env["crm.lead.conversion.batch.line"].sudo()
        lines.search([("lead_id", "in", opportunities.ids)])._follow_merge(self)
