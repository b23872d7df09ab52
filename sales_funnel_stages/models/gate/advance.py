from odoo import api, models
from odoo.exceptions import UserError

from ..rules.shown_field import ShownRecord

# the stage that somebody was shown as the next one, by its id
SHOWN_KEY = "advance_to_stage_id"


class CrmLead(models.Model):
    """The next move of an opportunity: into the stage that follows in its team's pipeline."""

    _inherit = "crm.lead"

    next_stage_id = ShownRecord(
        "crm.stage",
        compute="_compute_next_stage_id",
        help="The stage that follows in the pipeline of the sales team; none for leads, and for "
        "what is won or lost.",
    )

    @api.depends("type", "stage_id", "team_id", "active", "won_status")
    def _compute_next_stage_id(self):
        self.next_stage_id = False
        for lead in self:
            if lead.type != "opportunity" or not lead.active or lead.won_status != "pending":
                continue
            gate = lead._get_next_gate()
            if gate != lead.stage_id._origin.id:
                lead.next_stage_id = gate or False

    def action_advance(self):
        """Let each opportunity enter its next stage; those that have none stay.

        The gate judges it as any other move: all advance, or none.

        :return: congratulations, as the button *Won* has them, where one is won; else True
        :raise UserError: where the next stage is not the one that the form has shown
        """
        advancing = self.filtered("next_stage_id")
        shown = self.env.context.get(SHOWN_KEY)
        for lead in advancing:
            if shown and lead.next_stage_id.id != shown:
                raise UserError(
                    self.env._(
                        "“%(lead)s” is now in the stage %(stage)s. "
                        "Reload the page before you continue.",
                        lead=lead.name,
                        stage=lead.stage_id.name,
                    )
                )
        with self._undone_if_refused():
            for stage, leads in advancing.grouped("next_stage_id").items():
                leads._make_move(False, stage)
        message = len(advancing) == 1 and advancing.get_rainbowman_message()
        if not message:
            return True
        return {"effect": {"type": "rainbow_man", "fadeout": "slow", "message": message}}
