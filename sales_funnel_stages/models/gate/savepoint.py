from contextlib import contextmanager

from odoo import api, models


class CrmLead(models.Model):
    """What is refused leaves nothing behind, also where a caller swallows the error."""

    _inherit = "crm.lead"

    @api.model
    @contextmanager
    def _undone_if_refused(self):
        """As ``_undone_on_error``, which costs nothing where nothing is enforced."""
        if not (self._can_be_refused() or self._is_asked_why_lost()):
            yield
            return
        with self._undone_on_error():
            yield

    @api.model
    @contextmanager
    def _undone_on_error(self):
        """Undo everything done inside where it fails, also if the error is swallowed.

        A plain savepoint would send the tracking messages of the transaction at every
        write; this one leaves them for the end.
        """
        self.env.flush_all()
        savepoint = self.env.cr.savepoint(flush=False)
        is_done = False
        try:
            yield
            is_done = True
        finally:
            if not is_done:
                # what is cached but not in the database goes too; what was pending
                # before is in the database since the flush above
                self.env.transaction.clear()
            savepoint.close(rollback=not is_done)
