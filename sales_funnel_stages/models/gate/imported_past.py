from dataclasses import replace

from odoo import api, models

from ...tools.imported_past import is_closed_then
from ...tools.move_note import MoveNote
from ...tools.verdict import Verdict

# nobody judged what had happened before
NO_VERDICT = Verdict(None, 0, None)


class CrmLead(models.Model):
    """What was won or lost in the past, and is imported, is no business of today's rules."""

    _inherit = "crm.lead"

    @api.model
    def _leave_past_unjudged(self, transition_by_lead):
        """Return the same ``{id: Transition}``, without verdicts on what was closed in the past.

        :param dict transition_by_lead: ``{id: Transition}``
        """
        past_by_lead = self._get_pasts(transition_by_lead)
        unjudged = {
            id_: replace(
                transition_by_lead[id_],
                verdict=NO_VERDICT,
                in_force=(),
                unmet=frozenset(),
                note=MoveNote(),
                unjudged=frozenset(),
            )
            for id_, past in past_by_lead.items()
            if is_closed_then(transition_by_lead[id_].after, past)
        }
        return {**transition_by_lead, **unjudged}
