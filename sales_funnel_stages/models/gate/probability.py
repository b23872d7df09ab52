from odoo import api, models

from ...tools.verdict import WON
from .call import calls_of

SCORES = ("probability", "automated_probability")
# what the score says of whatever stands in a won stage, and of nothing else
CERTAIN = 100


class CrmLead(models.Model):
    """A score by itself wins no deal: only who moves it does, through the gate.

    A stage that becomes a won one leaves some of its deals open: archived ones, and those that
    whoever marks it does not see. Odoo would win them as soon as it scores them again, for
    example since their customer has another phone number. Here they keep their probability
    until somebody moves them, or hands them over; what Odoo wins then passes the gate. No query.
    """

    _inherit = "crm.lead"

    def _compute_field_value(self, field):
        leads = self
        won_stage_ids = self._get_won_stage_ids() if field.name in SCORES else set()
        if not won_stage_ids.isdisjoint(self.stage_id.ids if won_stage_ids else ()):
            leads = self.filtered(
                lambda lead: lead.stage_id.id not in won_stage_ids or not lead._is_left_open()
            )
        return super(CrmLead, leads)._compute_field_value(field) if leads else None

    def _pls_get_naive_bayes_probabilities(self, batch_mode=False, is_tooltip=False):
        result = super()._pls_get_naive_bayes_probabilities(batch_mode, is_tooltip)
        if self and batch_mode:
            # for the scheduled job, which writes past Odoo what is open
            probabilities, tooltip = result
            return {id_: p for id_, p in probabilities.items() if p != CERTAIN}, tooltip
        return result

    def _is_left_open(self):
        """Tell whether a lead in a won stage is not won, and nobody is about to move it."""
        # what is moved now is judged afterwards
        is_moved = any(call.is_scored and self.id in call.ids for call in calls_of(self.env.cr))
        is_new = not self.id or self.create_date == self.env.cr.now()
        return self.probability != CERTAIN and not is_new and not is_moved

    @api.model
    def _is_any_left_open(self, before):
        """Tell whether any lead stands in a won stage without being won.

        :param dict before: ``{id: State}``
        """
        won_stage_ids = self._get_won_stage_ids()
        return any(
            state.stage_id in won_stage_ids and state.status != WON for state in before.values()
        )
