import logging

from odoo import models
from odoo.exceptions import UserError

from ...tools.mass_conversion import Result, Skipped

_logger = logging.getLogger(__name__)


class CrmLead(models.Model):
    """A conversion in a web request, which leaves out what cannot be converted, and says why.

    What can be foreseen is left out before; this is for all else that Odoo, or another addon,
    may refuse. A batch does the same, chunk by chunk.
    """

    _inherit = "crm.lead"

    def _convert_but_failing(self, choices):
        """As ``_convert_in_mass``, in a request: one that fails keeps no other from it.

        :param choices: :class:`Choices`
        :return: :class:`Result`
        """
        try:
            return self._convert_in_savepoint(choices)
        except UserError as error:
            if len(self) < 2:
                raise
            failing = self._find_failing(choices)
            if not failing:
                # each of them can be converted, but not all together
                raise
            _logger.info("Some leads are left out of a conversion: %s", error)
            rest = self._without(failing)
            if not rest:
                raise
            skipped = {id_: Skipped(reason) for id_, reason in failing.items()}
            return rest._convert_in_savepoint(choices) + Result(skipped=skipped)

    def _find_failing(self, choices):
        """Return ``{id: reason}`` of those that cannot be converted: all is tried, and undone."""
        try:
            self._convert_in_savepoint(choices, is_trial=True)
        except UserError as error:
            if len(self) == 1:
                return {self.id: str(error)}
            half = len(self) // 2
            return {
                **self[:half]._find_failing(choices),
                **self[half:]._find_failing(choices),
            }
        return {}

    def _convert_in_savepoint(self, choices, is_trial=False):
        """Convert these; what is done is undone where it fails, or is only a trial."""
        self.env.flush_all()
        savepoint = self.env.cr.savepoint(flush=False)
        leads = self.with_context(mail_auto_subscribe_no_notify=True) if is_trial else self
        is_kept = False
        try:
            result = leads._convert_in_mass(choices)
            if is_trial:
                leads.env.flush_all()
            is_kept = not is_trial
            return result
        finally:
            if not is_kept:
                self.env.transaction.clear()
            savepoint.close(rollback=not is_kept)
