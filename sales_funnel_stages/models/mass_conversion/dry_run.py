from contextlib import nullcontext

from odoo import models

from ...tools.mass_conversion import Outcome


class CrmLead(models.Model):
    """What a mass conversion is going to make of leads, worked out without doing any of it.

    With what does it, on unsaved leads where duplicates are merged first. Queries: those that
    read the leads, their duplicates and customers, and what the criteria look at; their number
    grows with every hundred e-mails, not with every lead.
    """

    _inherit = "crm.lead"

    def _plan_mass_conversion(self, choices):
        """Return the :class:`Outcome` that ``_convert_in_mass`` is going to have.

        :param choices: :class:`Choices`
        """
        outcome = Outcome()
        leads, values = self, {}
        if choices.deduplicate:
            leads, values = self._foresee_merges(outcome)
        outcome.customers = leads._foresee_customers(choices, values)
        refused = leads._foresee_refusals(outcome.customers, values)
        if refused:
            unmet = {id_: verdict.unmet for id_, verdict in refused.items()}
            leads = leads._hold_back_unmet(outcome, unmet)
            # nobody shares the customer that would have been made from one of those
            values = {id_: values[id_] for id_ in leads._ids if id_ in values}
            outcome.customers = leads._foresee_customers(choices, values)
        outcome.converted, outcome.untouched = leads._sort_by_conversion()
        return outcome

    def _foresee_customers(self, choices, values):
        """Return what ``_plan_customers`` does, once these values are written on some leads.

        :param dict values: ``{id: values}``, to which is added where the conversion puts them
        """
        merged = self.browse(values)
        vals_list = [values[id_] for id_ in merged._ids]
        with merged._as_drafts(vals_list) if merged else nullcontext([]) as drafts:
            draft_by_id = dict(zip(merged._ids, drafts, strict=True))
            customers = self._plan_customers(
                choices, [draft_by_id.get(lead.id, lead) for lead in self]
            )
            for id_, draft in draft_by_id.items():
                # where the merge has put it, it may be put elsewhere by the conversion
                draft._foresee_conversion(draft.partner_id)
                values[id_].update(
                    {name: draft[name]._origin.id for name in ("team_id", "stage_id")}
                )
        return customers
