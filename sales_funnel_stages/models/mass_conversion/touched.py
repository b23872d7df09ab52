from odoo import models


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
        messages = [("model", "=", self._name), ("res_id", "in", self.ids)]

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
