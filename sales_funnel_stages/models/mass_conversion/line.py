import logging

from odoo import fields, models
from odoo.exceptions import UserError

from ...splitting import run_split
from ..erasure.erasure_mixin import OF_LEAD
from ..rules.real_user import OnBehalf

_logger = logging.getLogger(__name__)

WAITING, DONE, MERGED, SKIPPED = "waiting", "done", "merged", "skipped"
FAILED, CANCELLED, UNDOING, UNDONE = "failed", "cancelled", "undoing", "undone"
STATES = [
    (WAITING, "Waiting"),
    (DONE, "Converted"),
    (MERGED, "Merged"),
    (SKIPPED, "Left as It Is"),
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
    _inherit = ["crm.erasure.mixin"]
    _description = "Lead of a Conversion Batch"
    _is_part_of_lead = True
    _order = "id"
    _rec_name = "lead_name"
    # without what was before, an undo gives back no more than that it is a lead
    _personal_texts = dict.fromkeys(("lead_name", "reason", "values_before"), OF_LEAD)

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
    # for good, whatever it is merged into
    lead_ref = fields.Integer(string="Lead Number", aggregator=None)
    lead_name = fields.Char(string="Lead", help="As the lead was called.")
    is_selected = fields.Boolean(
        string="Selected",
        default=True,
        help="If not, it was merged with one that was selected, as its duplicate.",
    )
    state = fields.Selection(STATES, string="Outcome", required=True, default=WAITING)
    reason = fields.Char(string="Why", help="What is missing, or what went wrong.")
    date = fields.Datetime()
    # somebody else has it tried again than who gave the reason to override the rules
    is_reason_void = fields.Boolean(string="Without the Reason")
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="set null")
    user_id = fields.Many2one("res.users", string="Salesperson", ondelete="set null")
    team_id = fields.Many2one("crm.team", string="Sales Team", ondelete="set null")
    is_moved = fields.Boolean(string="To Another Team")
    created_partner_id = fields.Many2one(
        "res.partner", string="Created Contact", ondelete="set null"
    )
    customer_user_id = fields.Many2one(
        "res.users", string="Salesperson of Customer", ondelete="set null"
    )
    created_company_id = fields.Many2one("res.partner", ondelete="set null")
    is_untold = fields.Boolean(
        string="Assignment Not Told Yet",
        help="Whoever was given the lead is told at the end of the batch.",
    )
    are_customers_untold = fields.Boolean(
        string="Customers Not Told Yet",
        help="The salesperson of the customers that were created is told at the end of the batch.",
    )
    # the contacts that follow it since then
    follower_ids = fields.Json(string="Followers")
    # how often people were notified in its chunk: of the first one of the chunk
    notices = fields.Json(string="Notifications")
    values_before = fields.Json(help="What the conversion has changed, as it was before.")

    # the jobs look for what is to be done at each chunk
    _open_idx = models.Index("(batch_id, chunk, id) WHERE state IN ('waiting', 'undoing')")

    def action_view_lead(self):
        return self.lead_id.redirect_lead_opportunity_view()

    # ------------------------------------------------------------------
    # What the jobs do with a chunk, as somebody may
    # ------------------------------------------------------------------

    def _get_leads(self, user):
        """Return the leads of these as somebody sees them, where the batch was started."""
        context = {**(self.batch_id.user_context or {}), **OnBehalf(user.id).context()}
        return self.lead_id.with_env(self.env(user=user.id, context=context, su=False))

    def _run(self, run):
        """Run something with these lines; one that fails is undone, and keeps no other from it.

        :param run: called with all of them, or with one alone
        """
        for line, error in run_split(self, run):
            line._fail(error)

    def _fail(self, error):
        """Note the error with which this one has failed."""
        if isinstance(error, UserError):
            reason = str(error)
        else:
            reason = self.env._("Unexpected error: %s", repr(error))
            _logger.warning("Lead %s was not converted", self.lead_id.id, exc_info=error)
        # what was to be undone stays converted
        state = FAILED if self.state == WAITING else DONE
        self.write({"state": state, "reason": reason, "date": self.env.cr.now()})
