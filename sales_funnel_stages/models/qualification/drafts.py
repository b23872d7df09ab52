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
    def _kept_as_edited(self):
        """Let drafts be made of these leads while a form edits them, and leave that as it is.

        What is edited is a draft itself, and shares its values with any other of the same lead:
        they have what was filled in, and it is put back after them.
        """
        kept = []
        for field in self._fields.values():
            cache = self.env.transaction.field_data.get(field)
            if not cache:
                continue
            by_context = cache.values() if field in self.env._field_depends_context else [cache]
            kept += [
                (each, id_, each[id_])
                for each in by_context
                for id_ in self._ids
                if not id_ and id_ in each
            ]
        try:
            yield
        finally:
            for cache, id_, value in kept:
                cache[id_] = value

    @contextmanager
    def _as_given(self, vals):
        """Give this lead as it would be with other values, also while a form edits it.

        :param dict vals: none where it is not there yet
        """
        if not self._origin:
            yield self
            return
        with self._kept_as_edited(), self._origin._as_drafts([vals]) as draft:
            yield draft
