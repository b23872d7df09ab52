from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..erasure.erasure_mixin import OF_LEAD
from ..rules.team import POLICY_SELECTION
from .transition import UncheckedMany2one


class CrmStageRefusal(models.Model):
    """A held-back move: one that the gate refused, of one lead, at one gate.

    Rows are only ever added, by ``crm.lead._note_refusals``, past the ORM. Tries of the same
    lead at the same gate by the same person within an hour are one row: the first. As rows of
    the ledger they outlive their lead, stage, team and people, and keep nothing personal of a
    deleted lead.
    """

    _name = "crm.stage.refusal"
    _inherit = ["crm.ledger.mixin"]
    _description = "Held-back Move"
    _is_part_of_lead = True
    _order = "date desc, id desc"
    _rec_name = "lead_name"
    # rows know by whom and when
    _log_access = False
    _personal_texts = {"lead_name": OF_LEAD}

    # emptied where leads are deleted: see crm.lead.unlink
    lead_id = UncheckedMany2one(
        "crm.lead",
        string="Lead or Opportunity",
        index=True,
        help="Whose move it was: after a merge, the lead that is left. Empty where what was "
        "refused was to create it.",
    )
    lead_ref = fields.Integer(
        string="Lead Number",
        required=True,
        aggregator=None,
        help="The number of the lead that was held back, for good; 0 for one that was never "
        "created.",
    )
    lead_name = fields.Char(help="As the lead was called then.")
    date = fields.Datetime(required=True, index=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", ondelete="set null")
    team_name = fields.Char()
    user_id = fields.Many2one("res.users", string="Salesperson", ondelete="set null")
    by_user_id = fields.Many2one("res.users", string="By", ondelete="set null")
    stage_id = fields.Many2one(
        "crm.stage",
        ondelete="set null",
        help="The stage that it could not enter. Empty where it has none: it was to be converted.",
    )
    stage_name = fields.Char()
    is_conversion = fields.Boolean(
        string="Conversion", help="It was to become an opportunity by this move."
    )
    policy = fields.Selection(POLICY_SELECTION, required=True)
    unmet_criterion_ids = fields.Many2many(
        "crm.qualification.criterion",
        string="Not Met",
        help="What was required there and not met, as far as it still exists.",
    )
    expected_revenue = fields.Monetary(
        currency_field="company_currency", help="The lead's expected revenue at that moment."
    )

    # whether a lead was held back just before is looked up at each refusal
    _lead_ref_date_idx = models.Index("(lead_ref, date)")

    @api.autovacuum
    def _gc_names(self):
        """Forget what leads were to be called that were never created.

        Nothing could ever erase such a name; it is kept to know a second try by it.
        """
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_stage_refusal
                   SET lead_name = NULL
                 WHERE lead_ref = 0 AND lead_name IS NOT NULL AND date < %s
                """,
                fields.Datetime.subtract(self.env.cr.now(), hours=1),
            )
        )
        self.invalidate_model(["lead_name"], flush=False)

    def _refuse_change(self):
        raise UserError(
            self.env._("What was held back cannot be changed: it is recorded by itself.")
        )
