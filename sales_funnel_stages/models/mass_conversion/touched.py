from odoo import models

from ...tools.transition import MERGED


class CrmLead(models.Model):
    """What may have happened to opportunities since they were converted."""

    _inherit = "crm.lead"

    def _get_last_touches(self):
        """Return pairs of what may happen to leads, and when it last did: ``{lead_id: date}``.

        For addons to extend, with what they let happen to opportunities. The texts name the
        lead.
        """
        env = self.with_context(active_test=False).env
        on_leads = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        messages = [
            ("model", "=", self._name),
            ("res_id", "in", self.ids),
            # no chatter shows it; whoever is assigned is told at the end of the batch
            ("message_type", "!=", "user_notification"),
        ]

        def last(model, domain, field, date):
            return {
                lead if isinstance(lead, int) else lead.id: value
                for lead, value in env[model]._read_group(domain, [field], [f"{date}:max"])
            }

        of_leads = [("lead_id", "in", self.ids)]
        meetings = [("opportunity_id", "in", self.ids)]
        return [
            (
                env._("“%s” has been moved or handed over since."),
                last("crm.stage.transition", of_leads, "lead_id", "date"),
            ),
            (
                env._("“%s” has a new meeting."),
                last("calendar.event", meetings, "opportunity_id", "write_date"),
            ),
            (
                env._("“%s” has a new activity."),
                last("mail.activity", on_leads, "res_id", "write_date"),
            ),
            (
                env._("“%s” has a new message or note."),
                last("mail.message", messages, "res_id", "create_date"),
            ),
            (
                env._("“%s” has been changed since."),
                {lead.id: lead.write_date for lead in self},
            ),
        ]


class CrmLeadConversionBatchLine(models.Model):
    """What has happened to the opportunities of a batch, for which they cannot be undone."""

    _inherit = "crm.lead.conversion.batch.line"

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
        # whether their team uses leads does not matter: they come back to the one before
        sentences = {**leads._get_lead_obstacles(), **leads._get_status_obstacles()}
        for text, last_dates in leads._get_last_touches():
            for lead in leads:
                date = last_dates.get(lead.id)
                if date and date > dates[lead.id]:
                    sentences.setdefault(lead.id, text % lead.name)
        return sentences
