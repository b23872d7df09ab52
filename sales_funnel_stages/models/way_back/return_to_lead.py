from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError

from ...tools.move_note import MoveNote


class CrmLead(models.Model):
    """The way back: an opportunity that was no opportunity is a lead again.

    It keeps its customer, salesperson, team, qualification and history. Moving back is free at
    the gate; what else depends on it being an opportunity is said by ``_get_lead_obstacles``.
    """

    _inherit = "crm.lead"

    def action_open_return(self):
        """Ask for the reason to return, if these may: nobody is to write one in vain."""
        self.check_access("write")
        self._check_return_to_lead()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Return to Lead"),
            "res_model": "crm.lead.return",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_ids": self.ids, "dialog_size": "medium"},
        }

    def action_return_to_lead(self, reason=""):
        """Make leads of these opportunities again.

        :param str reason: why, for the chatter and the ledger
        :raise UserError: without a reason, or names each that cannot be a lead, and why
        """
        self.check_access("write")
        reason = self._read_reason(reason, self.env._("Give a reason for returning it to a lead."))
        self._check_return_to_lead()
        self.with_context(**MoveNote(reason=reason).context())._write_at_start(
            {"type": "lead", "date_conversion": False}
        )
        body = Markup("<p>%s<br/>%s</p>") % (
            self.env._("Returned to lead."),
            self.env._("Reason: %s", reason),
        )
        self._message_log_batch(bodies=dict.fromkeys(self.ids, body))
        return True

    def _check_return_to_lead(self):
        """Check that these are open opportunities that nothing keeps from being leads.

        :raise UserError: names each that is none, and says what to do
        """
        obstacles = {
            **self._get_team_obstacles(),
            **self._get_lead_obstacles(),
            **self._get_status_obstacles(),
        }
        if obstacles:
            raise UserError("\n".join(obstacles[lead.id] for lead in self if lead.id in obstacles))

    def _get_status_obstacles(self):
        """Return ``{id: sentence}``: which are no open opportunities, and what to do."""
        obstacles = {}
        for lead in self:
            if lead.type == "lead":
                obstacles[lead.id] = self.env._("“%s” is a lead already.", lead.name)
            elif lead.won_status == "won":
                obstacles[lead.id] = self.env._(
                    "“%s” is won. Move it back to an open stage first.", lead.name
                )
            elif lead.won_status == "lost":
                obstacles[lead.id] = self.env._("“%s” is lost. Restore it first.", lead.name)
            elif not lead.active:
                obstacles[lead.id] = self.env._("“%s” is archived. Unarchive it first.", lead.name)
        return obstacles

    def _get_lead_obstacles(self):
        """Return ``{id: sentence}``: what keeps which of these from being a lead, and what to do.

        For addons to extend, with what only opportunities can have.
        """
        if self.env.user.has_group("crm.group_use_lead"):
            return {}
        return {
            lead.id: self.env._(
                "“%s” has to stay an opportunity, since leads are not in use. They are "
                "switched on in the settings of CRM.",
                lead.name,
            )
            for lead in self
        }

    def _get_team_obstacles(self):
        """Return ``{id: sentence}``: which of these cannot be leads in the team they are in."""
        return {
            lead.id: self.env._(
                "“%(lead)s” belongs to the team %(team)s, which does not use leads. Give it to "
                "a team that does first.",
                lead=lead.name,
                team=lead.team_id.name,
            )
            for lead in self
            if lead.team_id and not lead.team_id.use_leads
        }

    def _write_at_start(self, vals):
        """Write these values, and put each into the stage in which its team starts.

        Salesperson, team and company stay, whatever Odoo would derive from the new values.
        One write for each stage.
        """
        kept = [self._fields["team_id"], self._fields["company_id"]]
        with self.env.protecting(kept, self):
            for stage, leads in self._grouped_by_start().items():
                leads.write({**vals, "stage_id": stage.id})

    def _grouped_by_start(self):
        """Return ``{stage: leads}``, by the stage in which the team of each starts."""
        stages = self._stage_find(
            domain=[
                ("fold", "=", False),
                ("is_won", "=", False),
                ("is_outside_pipeline", "=", False),
            ],
            limit=None,
        )
        return self.grouped(
            lambda lead: stages.filtered(
                lambda stage: not stage.team_ids or lead.team_id in stage.team_ids
            )[:1]
        )
