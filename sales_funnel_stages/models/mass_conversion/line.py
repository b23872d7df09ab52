from odoo import fields, models

WAITING, DONE, MERGED, HELD_BACK = "waiting", "done", "merged", "held_back"
FAILED, CANCELLED, UNDOING, UNDONE = "failed", "cancelled", "undoing", "undone"
STATES = [
    (WAITING, "Waiting"),
    (DONE, "Converted"),
    (MERGED, "Merged"),
    (HELD_BACK, "Left as It Is"),
    (FAILED, "Failed"),
    (CANCELLED, "Cancelled"),
    (UNDOING, "Being Undone"),
    (UNDONE, "Undone"),
]
# what the jobs are still to work on
OPEN_STATES = (WAITING, UNDOING)


class CrmLeadConversionBatchLine(models.Model):
    """A lead of a conversion batch, and what became of it.

    It goes where its lead goes: whoever may read the one may read the other, and of a deleted
    lead nothing is left. That of a merged lead belongs to the one that is left.
    """

    _name = "crm.lead.conversion.batch.line"
    _description = "Lead of a Conversion Batch"
    _is_part_of_lead = True
    _order = "id"
    _rec_name = "lead_name"

    batch_id = fields.Many2one(
        "crm.lead.conversion.batch", required=True, ondelete="cascade", index=True
    )
    chunk = fields.Integer(required=True, aggregator=None)
    lead_id = fields.Many2one(
        "crm.lead",
        string="Lead or Opportunity",
        required=True,
        ondelete="cascade",
        index=True,
        help="What it is now: of a merged lead, the one that it was merged into.",
    )
    lead_name = fields.Char(string="Lead", help="As the lead was called.")
    state = fields.Selection(STATES, string="Outcome", required=True, default=WAITING)
    reason = fields.Char(string="Why", help="What is missing, or what went wrong.")
    date = fields.Datetime()
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="set null")
    created_partner_id = fields.Many2one(
        "res.partner", string="Created Contact", ondelete="set null"
    )
    created_company_id = fields.Many2one("res.partner", ondelete="set null")
    values_before = fields.Json(help="What the conversion has changed, as it was before.")

    # the jobs look for what is to be done at each chunk
    _open_idx = models.Index("(batch_id, chunk, id) WHERE state IN ('waiting', 'undoing')")

    def action_view_lead(self):
        return self.lead_id.redirect_lead_opportunity_view()

    def action_retry(self):
        """Have those of these tried once more that failed, or were left as they are."""
        self.check_access("read")
        # sudo: nobody may write on lines; whoever may read one may have it tried again
        lines = self.sudo().filtered(lambda line: line.state in (FAILED, HELD_BACK))
        lines.filtered(lambda line: line.batch_id.state not in (UNDOING, UNDONE))._retry()

    def _retry(self):
        self.write({"state": WAITING, "reason": False, "date": False})
        self.batch_id.write({"state": "running", "end_date": False})
        self.batch_id._wake_jobs()
