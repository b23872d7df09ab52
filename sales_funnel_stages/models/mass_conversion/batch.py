from collections import Counter

from odoo import api, fields, models

from ..erasure.erasure_mixin import OF_ANYBODY
from .line import CANCELLED, DONE, FAILED, MERGED, OPEN_STATES, SKIPPED, UNDOING, UNDONE

RUNNING, PAUSED = "running", "paused"
STATES = [
    (RUNNING, "Running"),
    (PAUSED, "Paused"),
    (CANCELLED, "Cancelled"),
    (DONE, "Done"),
    (UNDOING, "Being Undone"),
    (UNDONE, "Undone"),
]
WIZARD = "crm.lead2opportunity.partner.mass"
# the outcomes that are counted, by the names of the fields that tell
COUNTED = (DONE, MERGED, SKIPPED, FAILED, CANCELLED, UNDONE)
CONTEXT_KEYS = ("lang", "tz", "allowed_company_ids")


class CrmLeadConversionBatch(models.Model):
    """A conversion of many leads that scheduled jobs work through, and what was chosen for it.

    Its leads are lines, which are divided into chunks. Nobody writes on batches and lines: the
    buttons do, of whoever may read the batch, and the jobs. A job writes on the lines of its
    chunk only, so that jobs side by side do not wait for each other.
    """

    _name = "crm.lead.conversion.batch"
    _inherit = ["crm.erasure.mixin"]
    _description = "Lead Conversion Batch"
    _order = "id desc"
    _personal_texts = {"override_reason": OF_ANYBODY, "other_choices": OF_ANYBODY}

    name = fields.Char(required=True)
    user_id = fields.Many2one(
        "res.users", string="Started By", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    state = fields.Selection(STATES, required=True, default=RUNNING, index=True)
    end_date = fields.Datetime(string="Ended On")
    user_context = fields.Json(
        help="The language, time zone and companies of whoever started it, in which it is run."
    )
    undo_user_id = fields.Many2one("res.users", string="Undone By", ondelete="set null")

    deduplicate = fields.Boolean(string="Merge Duplicates")
    action = fields.Selection(
        selection=lambda self: self._get_actions(), string="Customers", required=True
    )
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="set null")
    user_ids = fields.Many2many("res.users", string="Salespeople")
    team_id = fields.Many2one("crm.team", string="Sales Team", ondelete="set null")
    force_assignment = fields.Boolean(string="Reassign All")
    customer_user_id = fields.Many2one(
        "res.users", string="Salesperson of New Customers", ondelete="set null"
    )
    other_choices = fields.Json(help="What other addons have people choose in the wizard.")
    override_reason = fields.Text(
        string="Reason", help="Why leads that do not meet the rules are converted anyway."
    )
    override_make_good_date = fields.Date(string="To Make Good By")

    line_ids = fields.One2many("crm.lead.conversion.batch.line", "batch_id", string="Lines")
    line_count = fields.Integer(string="Leads", compute="_compute_counts")
    handled_count = fields.Integer(string="Processed", compute="_compute_counts")
    done_count = fields.Integer(string="Converted", compute="_compute_counts")
    merged_count = fields.Integer(string="Merged", compute="_compute_counts")
    skipped_count = fields.Integer(string="Left as They Are", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")
    cancelled_count = fields.Integer(string="Cancelled", compute="_compute_counts")
    undone_count = fields.Integer(string="Undone", compute="_compute_counts")
    open_count = fields.Integer(string="Waiting", compute="_compute_counts")
    outside_count = fields.Integer(
        string="Of Which Not Selected",
        compute="_compute_counts",
        help="Duplicates that nobody selected, and that were merged with leads that were.",
    )
    moved_count = fields.Integer(
        string="To Another Team",
        compute="_compute_counts",
        help="Opportunities that came to another team than the lead's, as of their salesperson.",
    )

    @api.model
    def _get_actions(self):
        return self.env[WIZARD]._fields["action"]._description_selection(self.env)

    @api.depends("line_ids.state", "line_ids.is_moved", "line_ids.is_selected")
    def _compute_counts(self):
        # sudo: whoever may see a batch may know how many leads it has, also of other salespeople
        groups = self.line_ids.sudo()._read_group(
            [("batch_id", "in", self.ids)],
            ["batch_id", "state", "is_selected", "is_moved"],
            ["__count"],
        )
        counts = {batch.id: Counter() for batch in self}
        for batch, state, is_selected, is_moved, count in groups:
            counts[batch.id].update(
                {
                    state: count,
                    "line": count,
                    "open": count * (state in OPEN_STATES),
                    "outside": count * (not is_selected),
                    "moved": count * is_moved,
                }
            )
        for batch in self:
            count = counts[batch.id]
            for name in (*COUNTED, "line", "open", "outside", "moved"):
                batch[f"{name}_count"] = count[name]
            batch.handled_count = count["line"] - count["open"]

    @api.autovacuum
    def _gc_reasons(self):
        """Forget why the rules were overridden for leads of which none is left."""
        ended = self.search([("line_ids", "=", False), ("override_reason", "!=", False)])
        ended._blank("override_reason")

    # ------------------------------------------------------------------
    # For those who steer it, and for the jobs
    # ------------------------------------------------------------------

    @api.model
    def _get_user_context(self):
        """Return the part of the context that the jobs go on with."""
        return {key: self.env.context[key] for key in CONTEXT_KEYS if key in self.env.context}

    def _as_steered(self, *states):
        """Return those of these batches that are in one of these states, to be written on."""
        self.check_access("read")
        # sudo: nobody may write on batches; whoever may read one may press its buttons
        return self.sudo().filtered(lambda batch: batch.state in states)
