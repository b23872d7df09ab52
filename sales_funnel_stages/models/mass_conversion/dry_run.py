from collections import Counter
from contextlib import nullcontext
from dataclasses import replace

from odoo import models

from ...tools.mass_conversion import DryRun, outside
from .duplicates import Merges

# what Odoo derives from type and salesperson
PLACED = ("team_id", "stage_id")


class CrmLead(models.Model):
    """What a mass conversion is going to make of leads, worked out without doing any of it.

    With what does it, on unsaved leads where duplicates are merged first. Queries: those that
    read the leads, their duplicates and customers, and what the criteria look at; their number
    grows with every hundred e-mails, not with every lead.
    """

    _inherit = "crm.lead"

    def _dry_run_mass_conversion(self, choices, is_batch=False):
        """Return the :class:`DryRun` of what ``_convert_in_mass`` would make of these leads.

        :param choices: :class:`Choices`
        :param bool is_batch: whether jobs would do it, chunk by chunk
        """
        merges = self._foresee_merges() if choices.deduplicate else Merges(self, {}, {}, {})
        closed = merges.leads._get_closed()
        leads, skipped = merges.leads._without(closed), {**merges.skipped, **closed}
        values = {id_: merges.values[id_] for id_ in leads._ids if id_ in merges.values}
        customers, placed, merged = leads._foresee_customers(choices, values)
        if foreign := leads._get_foreign(customers):
            skipped = {**skipped, **foreign}
            leads = leads._without(foreign)
            values = {id_: values[id_] for id_ in leads._ids if id_ in values}
            customers, placed, merged = leads._foresee_customers(choices, values)
        values = placed
        verdicts = leads._foresee_refusals(customers, values, merged)
        if verdicts:
            refused = leads._get_refused({id_: each.unmet for id_, each in verdicts.items()})
            skipped = {**skipped, **refused}
            leads = leads._without(refused)
            # nobody shares the customer that would have been made from one of those
            values = {id_: values[id_] for id_ in leads._ids if id_ in values}
            customers, *_others = leads._foresee_customers(choices, values)
        converted, untouched = leads._sort_by_conversion()
        chunks = [(0, leads._ids)]
        if is_batch:
            chunks = leads._foresee_chunks(self, merges.merged, choices.deduplicate)
        dry_run = DryRun(
            converted=tuple(converted),
            merged=merges.merged,
            skipped=skipped,
            customers=customers,
            untouched=untouched,
            hands=leads._foresee_hands(
                choices, customers, values, chunks, _count_merge_notices(merges)
            ),
        )
        return replace(dry_run, outside=outside(self._ids, dry_run))

    def _foresee_customers(self, choices, values):
        """Return what ``_choose_customers`` does, once these values are written on some leads.

        :param dict values: ``{id: values}``
        :return: ``{id: Customer}``; the values, with where the conversion puts those leads; and
            ``{id: State}``, where the merge has put them, in the hands that they were in
        :rtype: tuple
        """
        merged, placed, states = self.browse(values), {}, {}
        before = merged._get_states()
        vals_list = [values[id_] for id_ in merged._ids]
        with merged._as_drafts(vals_list) if merged else nullcontext([]) as drafts:
            draft_by_id = dict(zip(merged._ids, drafts, strict=True))
            customers = self._choose_customers(
                choices, [draft_by_id.get(lead.id, lead) for lead in self]
            )
            for id_, draft in draft_by_id.items():
                # a merge writes the type, from which Odoo derives both
                for name in PLACED:
                    if name not in values[id_]:
                        self._fields[name].compute_value(draft)
                # whose hands it comes to nobody has asked for: those before judge
                hands = before[id_].hands
                states.update(
                    (id_, replace(state, team_id=hands[0], company_id=hands[1]))
                    for state in draft._get_states().values()
                )
                # where the merge has put it, it may be put elsewhere by the conversion
                draft._foresee_conversion(draft.partner_id)
                place = {name: draft[name]._origin.id for name in PLACED}
                placed[id_] = {**values[id_], **place}
        return customers, placed, states


def _count_merge_notices(merges):
    """Return ``{user_id: number}``: how often merges hand a lead to somebody, who is told."""
    user_ids = (values.get("user_id") for values in merges.values.values())
    return Counter(user_id for user_id in user_ids if user_id)
