from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...names import APPROVAL_ACTIVITY_TYPE, MANAGER_GROUP, SALESPERSON_GROUP
from ..rules.shown_field import RareLines, ShownInteger, ShownText
from .request import PENDING


class CrmLead(models.Model):
    """Asking for permission to make a move that the stage rules refuse: ``crm.stage.request``."""

    _inherit = "crm.lead"

    stage_request_ids = RareLines(
        "crm.stage.request",
        "lead_id",
        string="Requests for Approval",
        # others may have been given leads to read, without what only this addon has
        groups=SALESPERSON_GROUP,
    )
    stage_request_count = ShownInteger(compute="_compute_stage_requests", groups=SALESPERSON_GROUP)
    stage_request_waiting = ShownText(
        string="Waiting for Approval",
        compute="_compute_stage_requests",
        groups=SALESPERSON_GROUP,
        help="What has been asked for, and who decides.",
    )

    @api.depends("stage_request_ids.state")
    @api.depends_context("lang")
    def _compute_stage_requests(self):
        for lead in self:
            # sudo: whoever may see a lead may know what is asked for it
            requests = lead.sudo().stage_request_ids
            lead.stage_request_count = len(requests)
            lead.stage_request_waiting = "\n".join(
                self.env._(
                    "%(requester)s asked for this to %(move)s. Waiting for %(approver)s to decide.",
                    requester=request.requester_id.name,
                    move=lead._get_move_text(request.is_conversion, request.to_stage_id),
                    approver=request._name_deciders(),
                )
                for request in requests
                if request.state == PENDING
            )

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def action_request_stage_approval(self, vals=None, **move):
        """Ask for permission to let this lead make a move that the stage rules refuse.

        The team leader, else the sales managers, get an activity. Asking again for what one
        has asked for already brings the request up to date.

        :param dict vals: the move, which may be given by keyword arguments as well: ``stage_id``
            (to enter it), ``type`` ("opportunity": to become one), or both; ``reason`` (why) and,
            optional, ``make_good_date`` (by when what is unmet will be made good, as "2030-12-31")
        :return: the id of the ``crm.stage.request``
        :raise UserError: where nothing is to be asked for, or nobody to be asked
        """
        self.ensure_one()
        self.check_access("write")
        if vals is None or (move and isinstance(vals, dict)):
            vals = {**(vals or {}), **move}
        is_conversion, stage = self._read_asked_move(vals)
        reason = self._read_reason(
            vals.get("reason"),
            self.env._("Give a reason for your request: the approver will read it."),
        )
        verdict = self._judge_move(is_conversion, stage).get(self.id)
        if not verdict:
            raise UserError(
                self.env._(
                    "“%(lead)s” needs no approval to %(move)s: just move it.",
                    lead=self.name,
                    move=self._get_move_text(is_conversion, stage),
                )
            )
        return self._save_stage_request(
            {
                "lead_id": self.id,
                "is_conversion": is_conversion,
                # a conversion that names no stage: the one where it would start
                "to_stage_id": stage.id or verdict.gate or False,
                "place": list(self._get_states()[self.id].place),
                "requester_id": self.env.uid,
                "reason": reason,
                "make_good_date": self._read_make_good_date(vals.get("make_good_date")),
                "unmet_criterion_ids": [fields.Command.set(verdict.unmet)],
                "missing": self._get_unmet_text(verdict),
                "approver_id": self._get_stage_approver().id,
            }
        ).id

    def save_and_ask(self, values, move):
        """Write what was filled in on a lead, and ask for permission to let it move all the same.

        :param dict values: as for ``write``; or for ``create`` where this is called on no record:
            it is created as far as the rules allow
        :param dict move: see ``action_request_stage_approval``
        :return: ``id`` of the lead, and ``message``: who has been asked
        :rtype: dict
        :raise UserError: as there, and for values that are none
        """
        self._check_values_of_one(values)
        lead = self or self._create_as_far_as_allowed(values)
        if self and values:
            self.write(values)
        lead.action_request_stage_approval(move)
        return {"id": lead.id, "message": lead._name_who_is_asked()}

    def _name_who_is_asked(self):
        """Return a sentence that says who decides on what waits for approval of these leads."""
        # sudo: whoever asks may know who decides
        requests = self.sudo().stage_request_ids.filtered(lambda each: each.state == PENDING)
        return self.env._(
            "Approval requested from %s. You will be notified of the decision.",
            ", ".join({request._name_deciders(): True for request in requests}),
        )

    def _save_stage_request(self, values):
        """Save a request, or bring the one up to date that asks for the same; and let know.

        :return: the ``crm.stage.request``, as superuser
        """
        # sudo: nobody else writes requests
        request_model = self.env["crm.stage.request"].sudo()
        same = ("lead_id", "is_conversion", "to_stage_id")
        request = request_model.search(
            [("state", "=", PENDING), *((name, "=", values[name]) for name in same)]
        )
        if not request:
            request = request_model.create(values)
        elif request.requester_id == self.env.user:
            request.write(values)
            request.activity_ids.unlink()
        else:
            raise UserError(
                self.env._(
                    "%(user)s already asked for this. Waiting for %(approver)s to decide.",
                    user=request.requester_id.name,
                    approver=request._name_deciders(),
                )
            )
        request.activity_ids = self._schedule_approval(request)
        return request

    # ------------------------------------------------------------------
    # Who decides
    # ------------------------------------------------------------------

    def _get_stage_approver(self):
        """Return the user who decides for this lead; empty: any of its sales managers.

        :raise UserError: where there is nobody to ask
        """
        leader = self._get_leading_approver()
        if not leader and not self._get_managing_approvers():
            raise UserError(
                self.env._(
                    "There is nobody to ask: the sales team has no other leader, and there is "
                    "no other sales administrator."
                )
            )
        return leader

    def _get_leading_approver(self):
        """Return the leader of the team, if they may decide; else no user."""
        # sudo: who leads a team is no secret
        leader = self.sudo().team_id.user_id
        is_able = leader.active and leader != self.env.user and leader.has_group(SALESPERSON_GROUP)
        return leader if is_able else leader.browse()

    def _get_managing_approvers(self):
        """Return the sales managers who may see this lead, other than the user."""
        # sudo: who manages is told to those who ask
        managers = self.env.ref(MANAGER_GROUP).sudo().all_user_ids
        company = self.sudo().company_id  # as above
        return managers.filtered(
            lambda user: (
                user.active
                and user != self.env.user
                and (not company or company in user.company_ids)
            )
        )

    def _schedule_approval(self, request):
        """Ask those who decide to do so; return the activities.

        :param request: the ``crm.stage.request``, as superuser
        """
        lines = [
            self.env._(
                "%(user)s asks for “%(lead)s” to %(move)s.",
                user=self.env.user.name,
                lead=self.name,
                move=self._get_move_text(request.is_conversion, request.to_stage_id),
            ),
            self.env._("Why: %s", request.reason),
            self.env._("Not met: %s", request.missing.replace("\n", ", ")),
        ]
        if request.make_good_date:
            lines.append(
                self.env._("To be completed by: %s", format_date(self.env, request.make_good_date))
            )
        # sudo: on behalf of those who decide, whatever they may do with the lead
        return (
            self.env["mail.activity"]
            .sudo()
            .create(
                [
                    {
                        "activity_type_id": self._get_approval_activity_type().id,
                        "automated": True,
                        "summary": request._get_text(),
                        "note": Markup("<p>%s</p>") % Markup("<br/>").join(lines),
                        "date_deadline": fields.Date.context_today(self),
                        "res_model_id": self.env["ir.model"]._get_id(self._name),
                        "res_id": self.id,
                        "user_id": user.id,
                    }
                    for user in request.approver_id or self._get_managing_approvers()
                ]
            )
        )

    @api.model
    def _get_approval_activity_type(self):
        """Return the type of activities that ask to decide; a to-do where ours was deleted."""
        own = self.env.ref(APPROVAL_ACTIVITY_TYPE, raise_if_not_found=False)
        return own or self.env.ref("mail.mail_activity_data_todo")

    # ------------------------------------------------------------------
    # What becomes of requests
    # ------------------------------------------------------------------

    @api.model
    def _handle_moves(self, transition_by_lead):  # pylint: disable=missing-return
        super()._handle_moves(transition_by_lead)
        request_model = self.env["crm.stage.request"]
        request_model.flush_model(["lead_id", "state"])
        # asked at each move, most often for nothing: a search takes three times as long
        pending = self.env.execute_query(
            SQL(
                "SELECT id FROM crm_stage_request WHERE lead_id = ANY(%s) AND state = %s",
                [*transition_by_lead],
                PENDING,
            )
        )
        if pending:
            # sudo: whoever moves a lead makes outdated what is asked for it
            request_model.sudo().browse(id_ for [id_] in pending)._outdate()

    def _take_over_from(self, opportunities):  # pylint: disable=missing-return
        super()._take_over_from(opportunities)
        # sudo: what was asked for leads that end counts no more, and is kept with this one
        requests = opportunities.sudo().stage_request_ids
        requests.lead_id = self
        requests.filtered(lambda request: request.state == PENDING)._outdate()

    def action_view_stage_requests(self):
        """Open what has been asked for this lead: the request that waits, or else all."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_funnel_stages.crm_stage_request_action"
        )
        action.update(domain=[("lead_id", "=", self.id)], context={})
        pending = self.stage_request_ids.filtered(lambda request: request.state == PENDING)
        if len(pending) == 1:
            action.update(view_mode="form", views=[(False, "form")], res_id=pending.id)
        return action


class CrmStageRequest(models.Model):
    _inherit = "crm.stage.request"

    def _hand_over(self):
        """Ask those who lead the teams now to decide on these; as superuser."""
        for request in self:
            lead = request.lead_id.with_user(request.requester_id)
            leader = lead._get_leading_approver()
            if leader != request.approver_id:
                request.approver_id = leader
                request.activity_ids.unlink()
                request.activity_ids = lead._schedule_approval(request)
