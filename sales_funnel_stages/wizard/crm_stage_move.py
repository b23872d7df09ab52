from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.rulebook import CONVERSION

# how many leads are named one by one
NAMED = 20


class CrmStageMove(models.TransientModel):
    """A move of several leads that was refused for some: here the ones that are ready are moved,
    the others made to move all the same, or asked for; and nothing else than a button says.

    What is missing is judged anew, whatever a client says. For one lead there is a dialog on the
    lead itself, which takes what is missing: see ``models/gate/move_dialog.py``.
    """

    _name = "crm.stage.move"
    _description = "Move Against the Stage Rules"

    lead_ids = fields.Many2many("crm.lead", string="Leads", required=True)
    ready_ids = fields.Many2many(
        "crm.lead",
        "crm_stage_move_ready_rel",
        string="Ready Leads",
        help="Those that were to make the same move, and may.",
    )
    is_conversion = fields.Boolean()
    to_stage_id = fields.Many2one("crm.stage")
    description = fields.Text(compute="_compute_texts")
    ready = fields.Text(compute="_compute_texts", help="The names of those that are ready.")
    move_ready_text = fields.Char(compute="_compute_texts")
    override_text = fields.Char(compute="_compute_texts")
    ask_text = fields.Char(compute="_compute_texts")
    missing = fields.Text(
        string="Not Ready", compute="_compute_missing", help="What is not met, judged now."
    )
    can_override = fields.Boolean(compute="_compute_can_override")
    reason = fields.Text(help="Why it should move anyway.")
    make_good_date = fields.Date(
        string="Complete By",
        help="When the missing information will be filled in. A reminder is shown until then.",
    )

    @api.depends("lead_ids", "ready_ids", "is_conversion", "to_stage_id")
    @api.depends_context("lang")
    def _compute_texts(self):
        for wizard in self:
            held, ready = len(wizard.lead_ids), len(wizard.ready_ids)
            wizard.description = wizard._describe(held, ready)
            wizard.ready = wizard._list_names(wizard.ready_ids.mapped("name"))
            wizard.move_ready_text = self.env._("Move the %s That Are Ready", ready)
            if ready == 1:
                wizard.move_ready_text = self.env._("Move the One That Is Ready")
            if not ready:
                wizard.override_text = self.env._("Override for All %s", held)
                wizard.ask_text = self.env._("Ask for Approval of All %s", held)
            elif held == 1:
                wizard.override_text = self.env._("Override for the Other One")
                wizard.ask_text = self.env._("Ask for Approval of the Other One")
            else:
                wizard.override_text = self.env._("Override for the Other %s", held)
                wizard.ask_text = self.env._("Ask for Approval of the Other %s", held)

    def _describe(self, held, ready):
        """Return which of the leads cannot make which move."""
        move = self.env["crm.lead"]._get_move_text(self.is_conversion, self.to_stage_id)
        names = self.lead_ids.mapped("name")
        if held == 1:
            return self.env._("“%(lead)s” cannot %(move)s yet.", lead=names[0], move=move)
        counts = {"count": held, "total": held + ready, "move": move}
        if self.is_conversion:
            return (
                self.env._("%(count)s of %(total)s leads cannot %(move)s yet.", **counts)
                if ready
                else self.env._("%(count)s leads cannot %(move)s yet.", **counts)
            )
        return (
            self.env._("%(count)s of %(total)s opportunities cannot %(move)s yet.", **counts)
            if ready
            else self.env._("%(count)s opportunities cannot %(move)s yet.", **counts)
        )

    def _list_names(self, names):
        told = "\n".join(names[:NAMED])
        if len(names) > NAMED:
            told += "\n" + self.env._("and %s more", len(names) - NAMED)
        return told

    @api.depends("lead_ids", "is_conversion", "to_stage_id")
    @api.depends_context("lang", "uid")
    def _compute_missing(self):
        for wizard in self:
            leads = wizard.lead_ids._origin
            refused = leads._judge_move(wizard.is_conversion, wizard.to_stage_id)
            wizard.missing = wizard._list_names(
                [
                    f"{leads.browse(id_).name}: "
                    + leads._get_unmet_text(verdict).replace("\n", ", ")
                    for id_, verdict in refused.items()
                ]
            )

    @api.depends_context("uid")
    def _compute_can_override(self):
        self.can_override = self.env["crm.lead"]._may_override()

    def action_move_ready(self):
        """Move those that are ready, and no other; the gate judges it as any other move."""
        self.ensure_one()
        self._move_ready()
        return self._close()

    def action_override(self):
        """Move those that are not ready, with the reason, and no other."""
        self.ensure_one()
        self._override()
        return self._close()

    def action_override_all(self):
        """Move all: those that are ready, and those that are not with the reason."""
        self.ensure_one()
        self._override()
        self._move_ready()
        return self._close()

    def action_ask(self):
        """Ask for approval of those that are not ready, and move none."""
        self.ensure_one()
        return self._ask()

    def action_move_ready_and_ask(self):
        """Move those that are ready, and ask for approval of those that are not."""
        self.ensure_one()
        self._move_ready()
        return self._ask()

    def _move_ready(self):
        if not self.ready_ids:
            raise UserError(self.env._("None of these is ready."))
        self.ready_ids._make_move(self.is_conversion, self.to_stage_id)

    def _override(self):
        self.env["crm.lead"]._check_override(self.reason)
        self.lead_ids._with_override(
            self.reason,
            self.make_good_date,
            gates=[self.to_stage_id.id or CONVERSION],
        )._make_move(self.is_conversion, self.to_stage_id)

    def _ask(self):
        """Ask lead by lead: each is decided by its own team."""
        for lead in self.lead_ids:
            lead.action_request_stage_approval(
                {
                    "type": self.is_conversion and "opportunity",
                    "stage_id": self.to_stage_id.id,
                    "reason": self.reason,
                    "make_good_date": self.make_good_date,
                }
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.lead_ids._name_who_is_asked(),
                "next": self._close(),
            },
        }

    def _close(self):
        # what is below shows the leads as they were
        return {"type": "ir.actions.act_window_close", "infos": {"is_done": True}}
