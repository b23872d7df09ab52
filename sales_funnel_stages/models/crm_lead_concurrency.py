from odoo import models
from odoo.exceptions import UserError
from odoo.http import request


class CrmLead(models.Model):
    """Two people who move one lead at the same time: one succeeds, the other is told.

    The database lets one of two transactions that change a lead win, and Odoo runs the
    other one again, on what it finds then: a move that was decided upon before the lead
    had moved. So each request remembers where the leads were when it first meant to move
    them. No query.
    """

    _inherit = "crm.lead"

    def _check_not_moved_meanwhile(self, before, after):
        """Check that leads are still where this request has found them, if it is run again.

        :param dict before: ``{id: State}``
        :param dict after: ``{id: State}``, of those that change
        :raise UserError: names the lead, where it is now, and who has moved it
        """
        if not request:
            return
        attempt = self.env.cr.now()
        found = _found_by(request)
        for id_ in before.keys() & after.keys():
            known_attempt, known = found.setdefault(id_, (attempt, before[id_]))
            if known_attempt != attempt and known.place != before[id_].place:
                raise self.browse(id_)._make_moved_meanwhile_error()
        # what comes after a commit is another matter
        self.env.cr.postcommit.add(found.clear)

    def _make_moved_meanwhile_error(self):
        # sudo: whoever wants to move a lead may know where it is
        lead = self.sudo()
        last = lead.env["crm.stage.transition"].search([("lead_id", "=", lead.id)], limit=1)
        return UserError(
            self.env._(
                "“%(lead)s” has just been moved by %(user)s, to %(place)s. Reload the page, "
                "then move it again if you still want to.",
                lead=lead.name,
                user=last.by_user_id.name,
                place=lead.stage_id.name,
            )
        )


def _found_by(current):
    """Return ``{lead_id: (attempt, State)}``: what a request has found when it moved leads."""
    # on the request itself: it is all that outlives a transaction that is run again
    return vars(current._get_current_object()).setdefault("crm_lead_states", {})
