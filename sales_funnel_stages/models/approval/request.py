from odoo import api, fields, models

from ...names import OVERRIDE_GROUP
from ...tools.rulebook import CONVERSION
from ..erasure.erasure_mixin import OF_LEAD

PENDING, APPROVED, DECLINED, OUTDATED, CANCELLED = (
    "pending",
    "approved",
    "declined",
    "outdated",
    "cancelled",
)
STATES = [
    (PENDING, "Pending"),
    (APPROVED, "Approved"),
    (DECLINED, "Declined"),
    (OUTDATED, "Outdated"),
    (CANCELLED, "Cancelled"),
]


class CrmStageRequest(models.Model):
    """A request: somebody who may not override the rules asks permission for one move of one lead.

    It holds why they ask, what was unmet then, and where the lead was: whatever moves the
    lead makes it outdated. Nobody writes requests but their own methods, which check who
    acts: ``crm.lead.action_request_stage_approval`` makes one, ``action_approve``,
    ``action_decline`` and ``action_cancel`` end it.
    """

    _name = "crm.stage.request"
    _inherit = ["crm.erasure.mixin"]
    _description = "Stage Approval Request"
    _order = "id desc"
    _personal_texts = {"reason": OF_LEAD, "decision_reason": OF_LEAD}
    _told_texts = ("reason", "decision_reason")
    # who has asked sees it as long as they see the lead
    _is_part_of_lead = True
    # who decides may not be allowed to read the lead
    _users_besides_lead = "approver_id"

    lead_id = fields.Many2one(
        "crm.lead",
        string="Lead or Opportunity",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    # of their own: an approver may not be allowed to read the lead
    lead_name = fields.Char(related="lead_id.name")
    team_id = fields.Many2one(related="lead_id.team_id")
    company_currency = fields.Many2one(related="lead_id.company_currency")
    expected_revenue = fields.Monetary(
        related="lead_id.expected_revenue", currency_field="company_currency"
    )
    is_conversion = fields.Boolean(
        string="To Become an Opportunity",
        readonly=True,
        help="The lead is to become an opportunity, not only to enter a stage.",
    )
    to_stage_id = fields.Many2one(
        "crm.stage", string="To Enter", readonly=True, ondelete="set null"
    )
    place = fields.Json(
        readonly=True, help="Where the lead was when it was asked for: type, stage, team, status."
    )
    requester_id = fields.Many2one(
        "res.users", string="Asked By", required=True, readonly=True, ondelete="cascade"
    )
    reason = fields.Text(required=True, readonly=True, help="Why it is asked for.")
    make_good_date = fields.Date(
        string="Complete By",
        readonly=True,
        help="When the missing information is to be filled in.",
    )
    unmet_criterion_ids = fields.Many2many(
        "crm.qualification.criterion", string="Criteria Not Met", readonly=True
    )
    missing = fields.Text(
        string="Not Met When Asked",
        readonly=True,
        help="What was not met when it was asked for, as it was called then.",
    )
    missing_now = fields.Text(
        string="Not Met Now",
        compute="_compute_missing_now",
        help="What would not be met if it moved now.",
    )
    unmet_text = fields.Text(
        string="Not Met",
        compute="_compute_unmet_text",
        help="What is not met now; of what is decided, what was not met when it was asked for.",
    )
    state = fields.Selection(STATES, required=True, readonly=True, default=PENDING, index=True)
    approver_id = fields.Many2one(
        "res.users",
        string="Team Leader",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Who decides. Empty: any sales manager.",
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    decided_on = fields.Datetime(readonly=True)
    decision_reason = fields.Text(string="Why It Ended", readonly=True)
    activity_ids = fields.Many2many(
        "mail.activity", readonly=True, help="What asks those who decide to do so."
    )
    can_open_lead = fields.Boolean(compute="_compute_can_decide")
    can_decide = fields.Boolean(compute="_compute_can_decide")
    is_mine = fields.Boolean(compute="_compute_can_decide")

    _pending_unique = models.UniqueIndex(
        "(lead_id, is_conversion, COALESCE(to_stage_id, 0)) WHERE state = 'pending'",
        "This has been asked for already.",
    )

    @api.depends("lead_id.name", "is_conversion", "to_stage_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for request in self:
            request.display_name = request._get_text()

    def _get_text(self):
        """Return what is asked for: ““Big deal” to enter Qualified”."""
        self.ensure_one()
        # sudo: whoever may read the request may know what it is about
        request = self.sudo()
        return self.env._(
            "“%(lead)s” to %(move)s",
            lead=request.lead_id.name,
            move=self.env["crm.lead"]._get_move_text(request.is_conversion, request.to_stage_id),
        )

    @api.depends("state", "lead_id", "is_conversion", "to_stage_id")
    @api.depends_context("lang", "uid")
    def _compute_missing_now(self):
        self.missing_now = False
        pending = self.filtered(lambda request: request.state == PENDING)
        for stage, requests in pending.grouped("to_stage_id").items():
            # sudo: as what was not met when it was asked for
            leads = requests.sudo().lead_id
            required = leads._get_required_criteria(stage.id or CONVERSION)
            unmet = leads._get_unmet_criteria(set().union(*required.values()))
            names = leads._get_criterion_names(set().union(*unmet.values()))
            for request in requests:
                id_ = request.lead_id._ids[0]
                lacking = required[id_] & unmet[id_]
                request.missing_now = "\n".join(
                    name for criterion_id, name in names.items() if criterion_id in lacking
                )

    @api.depends("missing_now", "missing", "state")
    @api.depends_context("lang", "uid")
    def _compute_unmet_text(self):
        for request in self:
            text = request.missing_now if request.state == PENDING else request.missing
            request.unmet_text = ", ".join((text or "").splitlines())

    @api.depends("state", "approver_id", "requester_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        readable = self.lead_id._filtered_access("read")
        decidable = self._filter_decidable()
        for request in self:
            request.can_open_lead = request.lead_id in readable
            request.is_mine = request.requester_id == self.env.user
            request.can_decide = request.state == PENDING and request in decidable

    def _filter_decidable(self):
        """Return those that this user may decide: as team leader, or who may override anyway.

        Nobody decides what they ask for themselves, unless they need not ask.
        """
        if self.env.user.has_group(OVERRIDE_GROUP):
            readable = self.lead_id._filtered_access("read")
            return self.filtered(lambda request: request.lead_id in readable)
        # sudo: who leads a team is no secret
        leaders = {request.id: request.sudo().lead_id.team_id.user_id for request in self}
        return self.filtered(
            lambda request: (
                leaders[request.id] == request.approver_id == self.env.user != request.requester_id
            )
        )

    def _blank(self, name):  # pylint: disable=missing-return
        if name == "reason":
            # those who decide are told
            self.activity_ids.note = False
        super()._blank(name)
