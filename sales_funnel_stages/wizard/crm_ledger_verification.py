from odoo import api, fields, models


class CrmLedgerVerification(models.TransientModel):
    """Asks whether the stage history is as it was recorded, and tells the answer in plain words."""

    _name = "crm.ledger.verification"
    _description = "Verification of the Stage History"

    kept_seals = fields.Text(
        string="Seals Kept Outside",
        help="Paste e-mails with seals, or seals alone: each has to be there still.",
    )
    is_done = fields.Boolean(string="Done", readonly=True)
    is_true = fields.Boolean(string="Result", readonly=True)
    summary = fields.Char(readonly=True)
    problems = fields.Text(readonly=True)

    @api.depends("is_done")
    def _compute_display_name(self):
        self.display_name = self.env._("Verify the Stage History")

    def action_verify(self):
        """Verify the history, and show what was found.

        :raise AccessError: if the user does not administer sales
        """
        self.ensure_one()
        found = self.env["crm.stage.transition"].verify_ledger(self.kept_seals or "")
        problems = found["problems"]
        values = {name: found[name] for name in ("rows", "leads", "seals")}
        self.write(
            {
                "is_done": True,
                "is_true": not problems,
                "summary": self.env._(
                    "All is as it was recorded. Rows: %(rows)s, leads: %(leads)s, "
                    "seals: %(seals)s.",
                    **values,
                )
                if not problems
                else self.env._(
                    "Not all is as it was recorded. Rows: %(rows)s, leads: %(leads)s, "
                    "seals: %(seals)s.",
                    **values,
                ),
                "problems": "\n".join(problem["message"] for problem in problems),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
