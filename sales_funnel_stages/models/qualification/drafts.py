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
        if any(vals.get("qualification_answer_ids") for vals in vals_list):
            drafts.qualification_answer_ids.invalidate_recordset(flush=False)
        drafts.invalidate_recordset(flush=False)

    @contextmanager
    def _as_given(self, vals):
        """Give this lead as it would be with other values, also while a form edits it.

        What a form edits is a draft itself, and shares its values with any other of the same lead:
        that has what was filled in, which is put back afterwards.

        :param dict vals: none where it is not there yet
        """
        if not self._origin:
            yield self
            return
        edited = {} if self.id else dict(self._cache)
        with self._origin._as_drafts([vals]) as draft:
            yield draft
        for name, value in edited.items():
            self._fields[name]._update_cache(self, value)
