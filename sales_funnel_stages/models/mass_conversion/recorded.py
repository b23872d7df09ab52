from odoo import api, fields, models

from .convert import Conversion
from .line import DONE, MERGED


class CrmLeadConversionBatch(models.Model):
    """A mass conversion that was done at once, in the request: it leaves the record of any other.

    So it can be looked up, lead by lead, and undone. Nothing of it waits for a job. Queries: those
    that read what there was before and after, and that create the lines, however many there are.
    """

    _inherit = "crm.lead.conversion.batch"

    @api.model
    def _record(self, leads, values, moment, result):
        """Record what has just been converted.

        :param leads: those that were selected, some of which may be gone by now
        :param dict values: what was chosen, as fields of the batch
        :param moment: the :class:`Moment` before
        :param result: :class:`Result`
        :return: the batch
        """
        # sudo: nobody may write on batches; what somebody has converted is recorded, whatever
        # they may read of it now
        leads, batch_model = leads.sudo(), self.sudo()
        batch = batch_model.create(
            {
                **values,
                "name": self.env._("Conversion of %s leads", len(leads)),
                "user_id": self.env.uid,
                "company_id": self.env.company.id,
                "user_context": self._get_user_context(),
                "state": DONE,
                "end_date": fields.Datetime.now(),
            }
        )
        vals_list = batch._prepare_recorded_lines(leads, moment, result)
        if vals_list:
            vals_list[0]["notices"] = leads._get_notices_since(moment.message_id)
        batch.line_ids.create(vals_list)
        return batch.with_env(self.env)

    def _prepare_recorded_lines(self, leads, moment, result):
        """Return the values of the lines, of those that nobody had selected, too."""
        merges = leads._get_merges_since(moment)
        conversions = leads.exists()._describe_with_outside(moment, result, merges)
        conversions.update({id_: Conversion(MERGED, heir=merges[id_]) for id_ in merges})
        lines, selected = self.line_ids, {*leads._ids}
        vals_list = []
        for id_ in (*leads._ids, *(conversions.keys() - selected)):
            conversion = conversions.get(id_)
            if not conversion:
                # it is gone, and was merged into none
                continue
            lead = leads.browse(_get_heir_id(merges, id_))
            outcome = lines._prepare_outcome(conversion, lead)
            if id_ in merges and id_ in selected:
                # whose it is says the line of the one into which it was merged
                outcome.update(user_id=False, team_id=False)
            vals_list.append(
                {
                    **outcome,
                    "batch_id": self.id,
                    "chunk": 0,
                    "lead_id": lead.id,
                    "lead_ref": id_,
                    "lead_name": conversion.heir[0] or _get_name(moment, lead),
                    "is_selected": id_ in selected,
                    # they have been told at once
                    "is_untold": False,
                    "are_customers_untold": False,
                }
            )
        return vals_list


def _get_heir_id(merges, id_):
    """Return the id of what is left of a lead: of the one into which it was merged, or its own."""
    while id_ in merges:
        id_ = merges[id_][1]
    return id_


def _get_name(moment, lead):
    """Return what a lead was called before."""
    return moment.columns.get(lead.id, {}).get("name") or lead.name
