from odoo import api, fields, models

from ..tools.rulebook import CONVERSION


class CrmStageMove(models.TransientModel):
    """A move that was refused: here what is missing is filled in and the move made, or it is
    made all the same, or permission for it is asked for.

    What is missing is judged anew, whatever a client says. For what is filled in, see
    ``crm_stage_move_answers.py``.
    """

    _name = "crm.stage.move"
    _description = "Move Against the Stage Rules"

    lead_ids = fields.Many2many("crm.lead", string="Leads", required=True)
    is_conversion = fields.Boolean()
    to_stage_id = fields.Many2one("crm.stage")
    is_made = fields.Boolean(
        help="The lead has moved, as its team's policy lets it; what is missing can be completed."
    )
    lead_id = fields.Many2one("crm.lead", compute="_compute_lead_id")
    description = fields.Text(compute="_compute_description")
    missing = fields.Text(compute="_compute_missing", help="What is not met, judged now.")
    can_override = fields.Boolean(compute="_compute_can_override")
    reason = fields.Text(help="Why it should move anyway.")
    make_good_date = fields.Date(
        string="Complete By",
        help="When the missing information will be filled in. A reminder is shown until then.",
    )

    @api.depends("lead_ids")
    def _compute_lead_id(self):
        # what is missing is filled in for one lead at a time
        for wizard in self:
            leads = wizard.lead_ids._origin
            wizard.lead_id = leads if len(leads) == 1 else False

    @api.depends("lead_ids", "is_conversion", "to_stage_id", "is_made")
    @api.depends_context("lang")
    def _compute_description(self):
        for wizard in self:
            if wizard.is_made:
                wizard.description = self.env._(
                    "“%(lead)s” is now in %(stage)s. Complete what is still missing.",
                    lead=wizard.lead_id.name,
                    stage=wizard.lead_id.stage_id.name,
                )
                continue
            move = self.env["crm.lead"]._get_move_text(wizard.is_conversion, wizard.to_stage_id)
            names = wizard.lead_ids.mapped("name")
            wizard.description = (
                self.env._("“%(lead)s” cannot %(move)s yet.", lead=names[0], move=move)
                if len(names) == 1
                else self.env._("%(count)s leads cannot %(move)s yet.", count=len(names), move=move)
            )

    @api.depends("lead_ids", "is_conversion", "to_stage_id")
    @api.depends_context("lang", "uid")
    def _compute_missing(self):
        for wizard in self:
            leads = wizard.lead_ids._origin
            refused = leads._judge_move(wizard.is_conversion, wizard.to_stage_id)
            if len(leads) == 1:
                texts = [leads._get_unmet_text(verdict) for verdict in refused.values()]
            else:
                texts = [
                    f"{leads.browse(id_).name}: "
                    + leads._get_unmet_text(verdict).replace("\n", ", ")
                    for id_, verdict in refused.items()
                ]
            wizard.missing = "\n".join(texts)

    @api.depends_context("uid")
    def _compute_can_override(self):
        self.can_override = self.env["crm.lead"]._may_override()

    def action_move(self):
        """Make the move, for which nothing is missing any more; the gate judges it as any other."""
        self.ensure_one()
        self._save_answers()
        if not self.is_made:
            self.lead_ids._make_move(self.is_conversion, self.to_stage_id)
        return self._close()

    def action_override(self):
        """Make the move, with the reason; the gate judges it as any other."""
        self.ensure_one()
        self.env["crm.lead"]._check_override(self.reason)
        self._save_answers()
        self.lead_ids._with_override(
            self.reason,
            self.make_good_date,
            gates=[self.to_stage_id.id or CONVERSION],
        )._make_move(self.is_conversion, self.to_stage_id)
        return self._close()

    def action_ask(self):
        """Ask for approval of the move, lead by lead: each is decided by its own team."""
        self.ensure_one()
        self._save_answers()
        for lead in self.lead_ids:
            lead.action_request_stage_approval(
                {
                    "type": self.is_conversion and "opportunity",
                    "stage_id": self.to_stage_id.id,
                    "reason": self.reason,
                    "make_good_date": self.make_good_date,
                }
            )
        requests = self.lead_ids.stage_request_ids.filtered(lambda each: each.state == "pending")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Approval requested from %s. You will be notified of the decision.",
                    ", ".join({request._name_deciders() for request in requests}),
                ),
                "next": self._close(),
            },
        }

    def _close(self):
        # what is below shows the leads as they were
        action = {"type": "ir.actions.act_window_close", "infos": {"is_done": True}}
        message = self.lead_id.stage_id.is_won and self.lead_id._get_rainbowman_message()
        if message and not self.is_made:
            action["effect"] = {"fadeout": "slow", "message": message, "type": "rainbow_man"}
        return action
