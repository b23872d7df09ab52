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
        """Give this lead as it would be with other values, also while it is edited in a form.

        What is edited is a draft itself, and shares its values with any other draft of the same
        lead. So they stand in its cache for as long as somebody looks, and nothing follows them.

        :param dict vals: values of fields that are stored, none of them lines
        """
        self.ensure_one()
        if self.id:
            with self._as_drafts([vals]) as draft:
                yield draft
            return
        [id_] = self._ids
        before = {}
        for name, value in vals.items():
            field = self._fields[name]
            # read, so that it is there
            self[name]  # pylint: disable=pointless-statement
            cache = field._get_cache(self.env)
            before[name] = cache.get(id_)
            cache[id_] = field.convert_to_cache(value, self, validate=False)
        try:
            yield self
        finally:
            for name, value in before.items():
                self._fields[name]._get_cache(self.env)[id_] = value
