from contextlib import contextmanager

from odoo import api, models

from ...tools.verdict import WON

# the ids of the leads that are being written and judged afterwards, for the cursor's cache
AT_GATE_KEY = "sales_funnel_stages.at_gate"

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
        at_gate = self.env.cr.cache.get(AT_GATE_KEY, ())
        is_new = not self.id or self.create_date == self.env.cr.now()
        return self.probability != CERTAIN and not is_new and self.id not in at_gate

    @api.model
    def _is_any_left_open(self, before):
        """Tell whether any lead stands in a won stage without being won.

        :param dict before: ``{id: State}``
        """
        won_stage_ids = self._get_won_stage_ids()
        return any(
            state.stage_id in won_stage_ids and state.status != WON for state in before.values()
        )

    @contextmanager
    def _at_gate(self):
        """Let Odoo score these as it likes: they are judged afterwards."""
        cache = self.env.cr.cache
        others = cache.get(AT_GATE_KEY, frozenset())
        cache[AT_GATE_KEY] = others.union(self._ids)
        try:
            yield
        finally:
            cache[AT_GATE_KEY] = others
