from odoo import api, fields, models
from odoo.exceptions import UserError

REMOVE, MOVE = "remove", "move"


class CrmStageDelete(models.TransientModel):
    """Deletes stages that stage rules name, and does away with these rules."""

    _name = "crm.stage.delete"
    _description = "Delete a Stage with Stage Rules"

    stage_ids = fields.Many2many("crm.stage", string="Stages", required=True)
    rule_ids = fields.Many2many("crm.stage.rule", string="Stage Rules", compute="_compute_rule_ids")
    lead_count = fields.Integer(string="Leads and Opportunities", compute="_compute_lead_count")
    handling = fields.Selection(
        [(REMOVE, "Remove the rules"), (MOVE, "Move the rules to another stage")],
        string="Rules",
        required=True,
        default=REMOVE,
    )
    to_stage_id = fields.Many2one(
        "crm.stage",
        string="To",
        domain="[('id', 'not in', stage_ids), ('is_outside_pipeline', '=', False)]",
        help="Where it asks for the same already, the stricter rule is kept.",
    )

    @api.depends("stage_ids")
    def _compute_rule_ids(self):
        for wizard in self:
            wizard.rule_ids = wizard.stage_ids.rule_ids

    @api.depends("stage_ids")
    def _compute_lead_count(self):
        # sudo: leads hold their stage whoever may see them; only their number is shown
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        for wizard in self:
            wizard.lead_count = leads.search_count([("stage_id", "in", wizard.stage_ids.ids)])

    def action_confirm(self):
        """Remove or move the rules, and delete the stages, unless leads are in them.

        :return: an action that shows these leads, or says that the stages are gone
        :raise UserError: where the rules are to move, and not to another stage
        """
        self.ensure_one()
        rules = self.stage_ids.rule_ids
        if self.handling == MOVE:
            if self.to_stage_id <= self.stage_ids:
                raise UserError(self.env._("Choose another stage for the rules."))
            rules._move_to_stage(self.to_stage_id)
        else:
            rules.unlink()
        if self.lead_count:
            return self._show_leads()
        self.stage_ids.unlink()
        return {"type": "ir.actions.act_window_close", "infos": {"are_stages_deleted": True}}

    def _show_leads(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("To Move to Another Stage"),
            "res_model": "crm.lead",
            "views": [(False, "list"), (False, "form")],
            "domain": [("stage_id", "in", self.stage_ids.ids)],
            "context": {"active_test": False},
        }
