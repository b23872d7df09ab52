from odoo import models
from odoo.exceptions import UserError

from .request import PENDING


class CrmStageRequest(models.Model):
    """Approving, of several at once: those that can be approved are, the others are named."""

    _inherit = "crm.stage.request"

    def action_approve(self):
        """Let the leads make the moves that were asked for, each once.

        Of several, all are approved, or none: where some cannot be, a dialog names them and why,
        and offers to approve the others.

        :return: True, or an action: a notification, or that dialog
        """
        if len(self) != 1:
            return self._approve_several()
        self._check_may_decide()
        return self._approve() or self._notify_outdated()

    def _approve_several(self):
        """Approve all of these; where some cannot be approved, none, and open a dialog.

        :return: an action: a notification, or the dialog
        """
        if self._get_obstacles_to_approval():
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Approve"),
                "res_model": "crm.stage.request.approve",
                "view_mode": "form",
                "views": [(False, "form")],
                "target": "new",
                "context": {"default_request_ids": self.ids, "dialog_size": "medium"},
            }
        return self._approve_each()

    def _approve_each(self):
        """Approve these, one by one: one that fails is named, and does not stop the others.

        :return: an action that says how many have been approved, and which were not, and why
        """
        failures = []
        # in the order in which they were asked for
        for request in self.sorted("id"):
            try:
                # one before may have moved its lead
                request._check_may_decide()
                with request.lead_id._undone_on_error():
                    if not request._approve():
                        # sudo: whoever may decide may know how it ended
                        failures.append("\n".join(request.sudo()._describe_end()))
            except UserError as error:
                failures.append(str(error))
        count = len(self) - len(failures)
        told = [self.env._("Approved: %s.", count)] if count else []
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if failures else "success",
                "sticky": bool(failures),
                "message": "\n".join(told + failures),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # ------------------------------------------------------------------
    # What cannot be decided
    # ------------------------------------------------------------------

    def _get_obstacles(self):
        """Return ``{request: why}`` of those that this user cannot decide, whatever they say."""
        self.check_access("read")
        decidable = self._filter_decidable()
        obstacles = {}
        for request in self:
            if request.state != PENDING:
                # sudo: whoever may read the request may know how it ended
                obstacles[request] = "\n".join(request.sudo()._describe_end())
            elif request not in decidable:
                obstacles[request] = self.env._(
                    "%(what)s: that is up to %(user)s.",
                    what=request._get_text(),
                    user=request._name_deciders(),
                )
        return obstacles

    def _get_obstacles_to_approval(self):
        """Return ``{request: why}`` of those that cannot be approved by this user."""
        obstacles = self._get_obstacles()
        # sudo: they may decide, and need not be allowed to read the leads
        others = self.filtered(lambda request: request not in obstacles).sudo()
        is_as_asked = others._filter_where_they_were()
        more_missing = is_as_asked._get_more_missing()
        for request in others:
            what = request._get_text()
            if request not in is_as_asked:
                obstacles[request.sudo(False)] = self.env._("%s: it has moved since.", what)
            elif request in more_missing:
                obstacles[request.sudo(False)] = self.env._(
                    "%(what)s: more is missing by now: %(criteria)s.",
                    what=what,
                    criteria=more_missing[request],
                )
        return obstacles
