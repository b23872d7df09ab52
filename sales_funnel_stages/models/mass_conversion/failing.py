import logging
from contextlib import suppress

from odoo import models
from odoo.exceptions import UserError

from ...tools.mass_conversion import Result, Skipped

_logger = logging.getLogger(__name__)


class TriedOutError(Exception):
    """Undoes what did not fail."""


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
            self._try_to_convert(choices)
        except UserError as error:
            if len(self) == 1:
                return {self.id: str(error)}
            half = len(self) // 2
            return {
                **self[:half]._find_failing(choices),
                **self[half:]._find_failing(choices),
            }
        return {}

    def _convert_in_savepoint(self, choices):
        """Convert these; what is done is undone where it fails."""
        with self._undone_on_error():
            return self._convert_in_mass(choices)

    def _try_to_convert(self, choices):
        """Convert these to see whether it fails; what is done is undone, and nobody is told."""
        leads = self.with_context(mail_auto_subscribe_no_notify=True)
        with suppress(TriedOutError), leads._undone_on_error():
            leads._convert_in_mass(choices)
            leads.env.flush_all()
            raise TriedOutError
