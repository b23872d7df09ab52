from odoo import models


class CrmLead(models.Model):
    """Ways to win or lose that write more than once.

    What they wrote before a refusal has to go as well, even where the caller swallows the error
    (as the links in crm's e-mails do).
    """

    _inherit = "crm.lead"

    def action_set_won(self):
        with self._undone_if_refused():
            return super().action_set_won()

    def action_set_lost(self, **additional_values):
        with self._undone_if_refused():
            # Odoo archives first, which is what loses those that have no chance: why they are
            # lost is known by then
            if additional_values.get("lost_reason_id"):
                hopeless = self.filtered(lambda lead: not lead.probability)
                hopeless.write({"lost_reason_id": additional_values["lost_reason_id"]})
            return super().action_set_lost(**additional_values)

    def action_set_automated_probability(self):
        with self._undone_if_refused():
            return super().action_set_automated_probability()
