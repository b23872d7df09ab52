from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import transition as transitions
from ...tools import verdict as verdicts
from ..erasure.erasure_mixin import OF_ANYBODY, OF_LEAD
from ..rules.team import POLICY_SELECTION
from .counted import DOUBTFUL, IS_MOVE, is_marked

TYPES = [("lead", "Lead"), ("opportunity", "Opportunity")]
STATUSES = [(verdicts.OPEN, "Open"), (verdicts.WON, "Won"), (verdicts.LOST, "Lost")]
DIRECTIONS = [
    (transitions.CREATED, "Created"),
    (transitions.FORWARD, "Forward"),
    (transitions.SKIPPED, "Forward, skipping stages"),
    (transitions.BACKWARD, "Back"),
    (transitions.SIDEWAYS, "In or out of the pipeline"),
    (transitions.BECAME_LOST, "Lost"),
    (transitions.REOPENED, "Reopened"),
    (transitions.HANDED_OVER, "Handed over"),
    (transitions.CHANGED_COMPANY, "To another company"),
    (transitions.MERGED, "Merged"),
    (transitions.DELETED, "Deleted"),
]
VERDICTS = [
    (verdicts.PASSED, "Passed"),
    (verdicts.NOT_JUDGED, "Not Judged"),
    (verdicts.GUIDED, "Guided"),
    (verdicts.OVERRIDDEN, "Overridden"),
    (verdicts.APPROVED, "Approved"),
    (verdicts.EXEMPT, "Exempt"),
    (verdicts.ARRIVED, "Debt on Arrival"),
]

# what was not met, and let pass all the same
LET_THROUGH = "'guided', 'overridden', 'approved', 'arrived'"

# Whether a row is a step, or the beginning of all: what only came into other hands is neither,
# nor is what contradicts other rows, or no move. To be filled in with the name of the table
IS_STEP = f"""(
    (%(row)s.seconds_in_previous IS NOT NULL OR %(row)s.from_type IS NULL)
    AND {IS_MOVE} AND NOT {is_marked(DOUBTFUL)}
)"""
# When the step began in which a lead is, NULL where that is not recorded; by its number
STEP_START = """(
    SELECT max(step.date)
      FROM crm_stage_transition AS step
     WHERE step.lead_ref = %s AND {is_step}
)""".format(is_step=IS_STEP % {"row": "step"})
# A deal is won by the row by which it comes to be won from what was not (see
# ``tools.transition.is_win``): what is won and moves on, to "Delivered", is not won once more.
IS_WIN = "(%(row)s.to_status = 'won' AND %(row)s.from_status IS DISTINCT FROM 'won')"


class UncheckedMany2one(fields.Many2one):
    """A many2one that the database does not check.

    To check one, PostgreSQL locks the row that it refers to. Of leads that are moved, whose rows
    are about to be written, that is another tenth of what moving them costs.
    """

    def update_db_foreign_key(self, model, column):
        """Leave the column without a foreign key."""

    def _update_inverses(self, records, value):
        """Add no row to what is known of a lead's: they are read anew, the latest first."""


class GivenMonetary(fields.Monetary):
    """An amount that is kept as it is given: it was rounded where it comes from.

    Odoo would look up the currency to round it once more.
    """

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        return float(value or 0.0)

    def convert_to_cache(self, value, record, validate=True):
        return float(value or 0.0)


class CrmStageTransition(models.Model):
    """A transition: one recorded step of one lead, with a receipt of what its criteria said.

    Rows are added where leads move (``_record_transitions``), are merged or deleted, and at
    installation (backfill); nobody changes them but for erasure. They outlive
    their lead, stages, team and people, whose names they keep; of a deleted lead they keep
    nothing personal. What somebody does in SQL is refused, or shows (see ``proof``).
    """

    _name = "crm.stage.transition"
    _inherit = ["crm.ledger.mixin"]
    _description = "Stage Transition"
    _is_part_of_lead = True
    _order = "date desc, id desc"
    # rows know by whom and when
    _log_access = False
    _personal_texts = {
        **dict.fromkeys(("lead_name", "reason", "met_by"), OF_LEAD),
        **dict.fromkeys(("by_user_name", "user_name", "approver_name"), OF_ANYBODY),
    }
    _told_texts = ("reason",)

    # emptied where leads are deleted: see crm.lead.unlink
    lead_id = UncheckedMany2one(
        "crm.lead",
        string="Lead or Opportunity",
        index=True,
        help="Whose history this belongs to: after a merge, the lead that is left.",
    )
    lead_ref = fields.Integer(
        string="Lead Number",
        required=True,
        aggregator=None,
        help="The number of the lead that took this step, for good.",
    )
    lead_name = fields.Char(help="As the lead was called then.")
    date = fields.Datetime(required=True, index=True)
    direction = fields.Selection(DIRECTIONS, required=True)
    from_type = fields.Selection(TYPES)
    to_type = fields.Selection(TYPES)
    from_stage_id = fields.Many2one("crm.stage", ondelete="set null")
    from_stage_name = fields.Char()
    to_stage_id = fields.Many2one("crm.stage", ondelete="set null")
    to_stage_name = fields.Char()
    from_past_stage_id = fields.Many2one(
        "crm.stage.past", string="From Deleted Stage", ondelete="set null"
    )
    to_past_stage_id = fields.Many2one(
        "crm.stage.past", string="To Deleted Stage", ondelete="set null"
    )
    from_status = fields.Selection(STATUSES)
    to_status = fields.Selection(STATUSES)
    seconds_in_previous = fields.Integer(
        string="Seconds in the Previous Step",
        aggregator="avg",
        help="How long the lead had been where it left. Empty where it left nothing: when it "
        "was created, or only handed to another team.",
    )
    by_user_id = fields.Many2one("res.users", string="By", ondelete="set null")
    by_user_name = fields.Char()
    user_id = fields.Many2one("res.users", string="Salesperson", ondelete="set null")
    user_name = fields.Char()
    team_id = fields.Many2one("crm.team", string="Sales Team", ondelete="set null")
    team_name = fields.Char()
    from_team_name = fields.Char(string="From Sales Team")
    from_company_id = fields.Many2one("res.company", ondelete="set null")
    is_to_laxer_team = fields.Boolean(
        string="To a Laxer Team",
        help="The new team (or company, or that of what it was merged into) is less strict than "
        "the one before.",
    )
    expected_revenue = GivenMonetary(
        currency_field="company_currency", help="The lead's expected revenue at that moment."
    )
    verdict = fields.Selection(
        VERDICTS,
        help="What the stage rules said. Empty for what happened before there were any. "
        "Not judged: it passed, but something that was required could not be evaluated.",
    )
    policy = fields.Selection(POLICY_SELECTION)
    rules_version = fields.Char(
        string="Version of the Rules",
        help="By which version it was judged. Empty for what happened before there were any.",
    )
    receipt = fields.Json(
        help="Every criterion then in force: id, name, tier (required, recommended; empty where "
        "a later stage asks for it) and whether it was met (empty where nobody could tell)."
    )
    unmet_criterion_ids = fields.Many2many(
        "crm.qualification.criterion",
        string="Not Met",
        help="The criteria that were required there and not met, as far as they still exist.",
    )
    reason = fields.Text()
    lost_reason_id = fields.Many2one(
        "crm.lost.reason",
        ondelete="set null",
        help="Why the lead was lost then.",
    )
    lost_reason_name = fields.Char(string="Lost Reason Then")
    approver_id = fields.Many2one("res.users", string="Approved By", ondelete="set null")
    approver_name = fields.Char()
    make_good_date = fields.Date(
        string="Complete By", help="When the missing information is to be filled in."
    )
    is_reconstructed = fields.Boolean(
        string="Reconstructed", help="From what Odoo had tracked before this addon was installed."
    )
    is_imported = fields.Boolean(
        string="Imported",
        help="With dates of the past: by somebody with the right to import past deals, or before "
        "this addon was installed.",
    )
    is_gap = fields.Boolean(
        string="After a Gap", help="How the lead came to where this step begins is not known."
    )

    # the last step of a lead is looked up at each step
    _lead_ref_date_idx = models.Index("(lead_ref, date)")
    # few rows say by when to make good; reports and lists look for these alone
    _make_good_idx = models.Index("(lead_id) WHERE make_good_date IS NOT NULL")
    _let_through_idx = models.Index(f"(date) WHERE verdict IN ({LET_THROUGH})")

    @api.depends("lead_name", "to_stage_name", "direction")
    def _compute_display_name(self):
        directions = dict(self._fields["direction"]._description_selection(self.env))
        for row in self:
            parts = [row.lead_name, row.to_stage_name or directions.get(row.direction)]
            row.display_name = " → ".join(filter(None, parts))

    def action_view_rules(self):
        """Show what has led to the rules by which this step was judged, the last change first."""
        self.ensure_one()
        return self.env["crm.rulebook.change"]._show_until(self.rules_version, self.date)

    def _refuse_change(self):
        raise UserError(
            self.env._("The history of stages cannot be changed. Each move adds to it by itself.")
        )
