import json
from collections import defaultdict

from odoo import models

from ...tools.move_note import MoveNote
from ...tools.transition import MERGED
from .line import DONE, UNDONE


class CrmLeadConversionBatchLine(models.Model):
    """What was converted is a lead again, with what the conversion had changed as it was."""

    _inherit = "crm.lead.conversion.batch.line"

    def _undo(self):
        """Undo these, of one chunk, but what somebody has touched meanwhile."""
        batch = self.batch_id
        # sudo: as whoever has it undone has been told, whatever they may read
        told = self.with_user(batch.undo_user_id).with_context(**batch.user_context or {}).sudo()
        touched = told._get_touched()
        for line in self.filtered(lambda line: line.lead_id.id in touched):
            line.write({"state": DONE, "reason": touched[line.lead_id.id]})
        untouched = self.filtered(lambda line: line.lead_id.id not in touched)
        if untouched:
            untouched._run("_undo_together")

    def _undo_together(self):
        leads = self._get_leads(self.batch_id.undo_user_id)
        self._delete_started_activities()
        ids_by_values = defaultdict(list)
        for line in self:
            # an empty value is none to the database
            values = json.dumps(line.values_before or {}, sort_keys=True)
            ids_by_values[values].append(line.lead_id.id)
        reason = leads.env._("The mass conversion was undone.")
        # nobody is told that they are assigned what was theirs before
        leads = leads.with_context(
            mail_auto_subscribe_no_notify=True, **MoveNote(reason=reason).context()
        )
        # what Odoo would derive from the other values
        kept = [leads._fields["team_id"], leads._fields["company_id"]]
        with self.env.protecting(kept, self.lead_id):
            for values, ids in ids_by_values.items():
                leads.browse(ids).write(
                    {"type": "lead", "date_conversion": False, **json.loads(values)}
                )
        leads._message_log_batch(bodies=dict.fromkeys(leads.ids, reason))
        self.write({"state": UNDONE, "reason": False, "date": self.env.cr.now()})

    def _delete_started_activities(self):
        """Delete the activities that the conversion itself has scheduled."""
        activities = self.env["mail.activity"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "in", self.lead_id.ids)]
        )
        dates = self._get_dates()
        activities.filtered(lambda each: each.create_date == dates[each.res_id]).unlink()

    # ------------------------------------------------------------------
    # Touched
    # ------------------------------------------------------------------

    def _get_dates(self):
        """Return ``{lead_id: date}``: when each was converted."""
        return {line.lead_id.id: line.date for line in self}

    def _get_merged_lead_ids(self):
        """Return the ids of the leads that others were merged into, as they were converted."""
        dates = self._get_dates()
        groups = self.env["crm.stage.transition"]._read_group(
            [("lead_id", "in", [*dates]), ("direction", "=", MERGED)], ["lead_id"], ["date:max"]
        )
        return {lead.id for lead, date in groups if date >= dates[lead.id]}

    def _get_touched(self):
        """Return ``{lead_id: sentence}``: what has happened since to which of the opportunities.

        See readme/MASS_CONVERSION.md. One query for each thing that may have happened.
        """
        leads, dates = self.lead_id, self._get_dates()
        sentences = {**leads._get_lead_obstacles(), **leads._get_status_obstacles()}
        for text, last_dates in leads._get_last_touches():
            for lead in leads:
                date = last_dates.get(lead.id)
                if date and date > dates[lead.id]:
                    sentences.setdefault(lead.id, text % lead.name)
        return sentences
