from markupsafe import Markup

from odoo import api, fields, models

# so many are named
MOST_NAMED = 10


class CrmLeadConversionUndo(models.TransientModel):
    """Says what undoing a conversion batch would do, before it is done."""

    _name = "crm.lead.conversion.undo"
    _description = "Undo of a Conversion Batch"

    batch_id = fields.Many2one("crm.lead.conversion.batch", required=True, ondelete="cascade")
    outcome = fields.Html(string="What Will Happen", compute="_compute_outcome")
    is_possible = fields.Boolean(compute="_compute_outcome")
    button_text = fields.Char(compute="_compute_outcome")

    @api.depends("batch_id")
    @api.depends_context("uid", "lang")
    def _compute_outcome(self):
        for wizard in self:
            batch = wizard.batch_id._origin
            batch.check_access("read")
            # sudo: whoever may read a batch may know what undoing it would do
            batch = batch.sudo()
            lines = batch._get_undoable_lines()
            touched = lines._get_touched()
            untouched = lines.filtered(lambda line, touched=touched: line.lead_id.id not in touched)
            wizard.is_possible = bool(untouched)
            wizard.button_text = wizard._get_button_text(len(untouched), bool(touched))
            sentences = []
            if touched:
                sentences += wizard._get_touched_sentences(touched, bool(untouched))
            if untouched:
                sentences += wizard._get_undo_sentences(batch, untouched, lines - untouched)
            if not lines:
                sentences = [wizard.env._("There is nothing to undo.")]
            wizard.outcome = Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
                Markup("<li>%s</li>") % sentence for sentence in sentences
            )

    def _get_button_text(self, count, is_part):
        if not is_part:
            return self.env._("Undo the Conversion")
        if count == 1:
            return self.env._("Undo the One That Was Not Touched")
        return self.env._("Undo the %s That Were Not Touched", count)

    def _get_undo_sentences(self, batch, lines, touched):
        account = batch._foresee_undo(lines, touched)
        told = [
            (self.env._("Opportunities that become leads again, as before: %s."), len(lines)),
            (
                self.env._("Opportunities that others were merged into, and that stay: %s."),
                account.kept,
            ),
            (self.env._("Merged leads, which stay merged: %s."), account.merged),
            (
                self.env._("Leads that were not converted, and stay as they are: %s."),
                account.left,
            ),
            (
                self.env._(
                    "Of which keep the salesperson, team or customer that they were given: %s."
                ),
                account.changed,
            ),
            (
                self.env._("Activities that it has started, and that are deleted: %s."),
                account.activities,
            ),
            (self.env._("Followers that came with it, and that go: %s."), account.followers),
            (
                self.env._("New contacts that nobody uses, and that are archived: %s."),
                account.unused,
            ),
            (self.env._("New contacts that are in use, and stay: %s."), account.used),
            (self.env._("Notifications that were sent, and stay: %s."), account.notices),
        ]
        return [
            *(text % count for text, count in told if count),
            self.env._(
                "Their messages about the conversion stay, and each gets a note about the undo."
            ),
        ]

    def _get_touched_sentences(self, touched, is_rest):
        # what has come into other hands since is counted, and not named
        readable = self.env["crm.lead"].browse(touched)._filtered_access("read")
        named = [touched[id_] for id_ in readable.ids[:MOST_NAMED]]
        head = (
            self.env._("Opportunities that have been worked on since, and stay: %s.", len(touched))
            if is_rest
            else self.env._(
                "This can no longer be undone: opportunities have been worked on since."
            )
        )
        sentences = [head, *named]
        if len(touched) > len(named):
            sentences.append(self.env._("and %s more", len(touched) - len(named)))
        return sentences

    def action_undo(self):
        self.ensure_one()
        # those that were named stay; what is touched meanwhile stays, too
        self.batch_id.action_undo(only_untouched=True)
        return {"type": "ir.actions.act_window_close"}
