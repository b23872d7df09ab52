from contextlib import nullcontext

from odoo import models

from ...tools.mass_conversion import DryRun
from .duplicates import Merges


class CrmLead(models.Model):
    """What a mass conversion is going to make of leads, worked out without doing any of it.

    With what does it, on unsaved leads where duplicates are merged first. Queries: those that
    read the leads, their duplicates and customers, and what the criteria look at; their number
    grows with every hundred e-mails, not with every lead.
    """

    _inherit = "crm.lead"

    def _dry_run_mass_conversion(self, choices):
        """Return the :class:`DryRun` of what ``_convert_in_mass`` would make of these leads.

        :param choices: :class:`Choices`
        """
        merges = self._foresee_merges() if choices.deduplicate else Merges(self, {}, {}, {})
        closed = merges.leads._get_closed()
        leads, skipped = merges.leads._without(closed), {**merges.skipped, **closed}
        values = {id_: merges.values[id_] for id_ in leads._ids if id_ in merges.values}
        customers, placed = leads._foresee_customers(choices, values)
        if foreign := leads._get_foreign(customers):
            skipped = {**skipped, **foreign}
            leads = leads._without(foreign)
            values = {id_: values[id_] for id_ in leads._ids if id_ in values}
            customers, placed = leads._foresee_customers(choices, values)
        values = placed
        verdicts = leads._foresee_refusals(customers, values)
        if verdicts:
            refused = leads._get_refused({id_: each.unmet for id_, each in verdicts.items()})
            skipped = {**skipped, **refused}
            leads = leads._without(refused)
            # nobody shares the customer that would have been made from one of those
            values = {id_: values[id_] for id_ in leads._ids if id_ in values}
            customers, _values = leads._foresee_customers(choices, values)
        converted, untouched = leads._sort_by_conversion()
        return DryRun(
            converted=tuple(converted),
            merged=merges.merged,
            skipped=skipped,
            customers=customers,
            untouched=untouched,
        )

    def _foresee_customers(self, choices, values):
        """Return what ``_choose_customers`` does, once these values are written on some leads.

        :param dict values: ``{id: values}``
        :return: ``{id: Customer}``; and the values, with where the conversion puts those leads
        :rtype: tuple
        """
        merged, placed = self.browse(values), {}
        vals_list = [values[id_] for id_ in merged._ids]
        with merged._as_drafts(vals_list) if merged else nullcontext([]) as drafts:
            draft_by_id = dict(zip(merged._ids, drafts, strict=True))
            customers = self._choose_customers(
                choices, [draft_by_id.get(lead.id, lead) for lead in self]
            )
            for id_, draft in draft_by_id.items():
                # where the merge has put it, it may be put elsewhere by the conversion
                draft._foresee_conversion(draft.partner_id)
                place = {name: draft[name]._origin.id for name in ("team_id", "stage_id")}
                placed[id_] = {**values[id_], **place}
        return customers, placed
