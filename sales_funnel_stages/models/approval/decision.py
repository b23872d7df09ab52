from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError

from ...tools import verdict as verdicts
from ...tools.move_note import MoveNote
from ...tools.rulebook import CONVERSION
from .request import APPROVED, CANCELLED, DECLINED, OUTDATED, PENDING


class CrmStageRequest(models.Model):
    """How a request ends: approved (see ``several``), declined, cancelled, or outdated."""

    _inherit = "crm.stage.request"

    def _approve(self):
        """Let a lead make the move that was asked for; False: it is not valid any more.

        It has been checked that the user may decide.
        """
        self.ensure_one()
        # sudo: who may decide is checked by those who call this; they need not be allowed to
        # write the lead for this one step, which the gate judges as theirs
        request = self.sudo()
        lead = request.lead_id
        if not request._filter_where_they_were():
            request._outdate()
            return False
        if more := request._get_more_missing():
            request._outdate(
                self.env._("More is missing by now than when it was asked for: %s.", more[request])
            )
            return False
        note = MoveNote(
            request.reason,
            permission=verdicts.APPROVED,
            approver_id=self.env.uid,
            make_good_date=request.make_good_date or None,
            lead_ids=frozenset(lead.ids),
            gates=frozenset([CONVERSION, request.to_stage_id.id or CONVERSION]),
        )
        with lead._undone_if_refused():
            # before the move, which makes outdated what is pending
            request._end(APPROVED)
            lead.with_context(**note.context())._make_move(
                request.is_conversion, request.to_stage_id
            )
        request._notify_requester()
        return True

    def action_decline(self, reason):
        """Decline what was asked for; of several, all or none.

        :param str reason: why, which is told to those who asked
        """
        self._check_may_decide()
        reason = self.lead_id._read_reason(
            reason, self.env._("Give a reason for declining: the requester will read it.")
        )
        # sudo: who may decide is checked above
        requests = self.sudo()
        requests._end(DECLINED, decision_reason=reason)
        requests._notify_requester()
        for request in requests:
            # a lead may have several
            request.lead_id._message_log(body=request._format_end())
        return True

    def action_cancel(self):
        """Take back what this user has asked for."""
        self.ensure_one()
        self._check_pending()
        if self.requester_id != self.env.user:
            # sudo: whoever sees a request may know whose it is
            requester = self.sudo().requester_id
            raise UserError(self.env._("Only %s can cancel this request.", requester.name))
        # sudo: it is theirs
        self.sudo()._end(CANCELLED)
        return True

    def action_view_lead(self):
        self.ensure_one()
        return self.lead_id.get_formview_action()

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _check_may_decide(self):
        self.check_access("read")
        self._check_pending()
        for request in self - self._filter_decidable():
            raise UserError(
                self.env._(
                    "You cannot decide on this request: that is up to %s.",
                    request._name_deciders(),
                )
            )

    def _check_pending(self):
        for request in self:
            if request.state != PENDING:
                # sudo: whoever may read the request may know how it ended
                raise UserError("\n".join(request.sudo()._describe_end()))

    def _filter_where_they_were(self):
        """Return those whose lead and stage are still what was asked for."""
        states = self.lead_id._get_states()
        return self.filtered(
            lambda request: (
                bool(request.is_conversion or request.to_stage_id)
                and request.place == list(states[request.lead_id.id].place)
            )
        )

    def _get_more_missing(self):
        """Return ``{request: names}`` of those of which more is not met now than when it was
        asked for; as superuser.

        Whoever decides has not been told of it: they would let pass more than was asked.
        """
        missing = {}
        # a lead is asked for once for each move
        for (is_conversion, stage), requests in self.grouped(
            lambda request: (request.is_conversion, request.to_stage_id)
        ).items():
            leads = requests.lead_id
            verdicts_by_lead = leads._judge_move(is_conversion, stage)
            for request in requests:
                verdict = verdicts_by_lead.get(request.lead_id.id)
                more = verdict.unmet - set(request.unmet_criterion_ids.ids) if verdict else ()
                if more:
                    missing[request] = ", ".join(leads._get_criterion_names(more).values())
        return missing

    def _name_deciders(self):
        """Return who decides, in words."""
        self.ensure_one()
        # sudo: who decides is told to everybody concerned
        return self.sudo().approver_id.name or self.env._("a sales manager")

    # ------------------------------------------------------------------
    # Ending
    # ------------------------------------------------------------------

    def _end(self, state, **values):
        """End these requests, and the activities that ask for a decision; as superuser."""
        self.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_on": self.env.cr.now(),
                **values,
            }
        )
        self.activity_ids.unlink()

    def _outdate(self, why=False):
        """End these, for what was asked for is not so any more; who asked may ask again.

        :param str why: False: the leads have moved
        """
        self._end(OUTDATED, decision_reason=why)
        self.filtered(lambda request: request.requester_id != self.env.user)._notify_requester()

    def _describe_end(self):
        """Return how this request ended, a sentence a line; as superuser."""
        self.ensure_one()
        values = {"what": self._get_text(), "user": self.decided_by_id.name or ""}
        if self.state == APPROVED:
            return [self.env._("%(what)s: approved by %(user)s.", **values)]
        if self.state == CANCELLED:
            return [self.env._("%(what)s: cancelled by %(user)s.", **values)]
        if self.state == DECLINED:
            return [
                self.env._("%(what)s: declined by %(user)s.", **values),
                self.env._("Reason: %s", self.decision_reason),
            ]
        if self.decision_reason:
            return [
                self.env._("%(what)s: no longer valid.", **values),
                self.decision_reason,
                self.env._("Ask again if needed."),
            ]
        return [
            self.env._(
                "“%(lead)s” has moved since %(user)s asked for it to %(move)s. It is in "
                "%(stage)s now, so the request is no longer valid. Ask again if needed.",
                lead=self.lead_id.name,
                user=self.requester_id.name,
                move=self.env["crm.lead"]._get_move_text(self.is_conversion, self.to_stage_id),
                stage=self.lead_id.stage_id.name,
            )
        ]

    def _format_end(self):
        return Markup("<p>%s</p>") % Markup("<br/>").join(self._describe_end())

    def _notify_outdated(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": "\n".join(self._describe_end()),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _notify_requester(self):
        """Notify those who asked, each in their language, how it ended; as superuser."""
        for request in self:
            told = request.with_context(lang=request.requester_id.lang)
            told.lead_id.message_notify(
                partner_ids=told.requester_id.partner_id.ids,
                subject=told._get_text(),
                body=told._format_end(),
            )
