from contextlib import contextmanager

from odoo import models


class CrmLead(models.Model):
    """Leads as they would be, to be evaluated before anything is written."""

    _inherit = "crm.lead"

    @contextmanager
    def _as_drafts(self, vals_list):
        """Give these leads as they would be with other values, unsaved.

        :param list[dict] vals_list: the values, for each lead
        """
        drafts = self.browse()
        for lead, vals in zip(self, vals_list, strict=True):
            drafts += lead.new(vals, origin=lead)
        yield drafts
        # all drafts of one lead share their values: leave none to the next; of answers, too
        if any("qualification_answer_ids" in vals for vals in vals_list):
            drafts.qualification_answer_ids.invalidate_recordset(flush=False)
        drafts.invalidate_recordset(flush=False)
