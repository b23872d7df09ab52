from weakref import WeakKeyDictionary

from odoo import api, models
from odoo.exceptions import UserError

from ...tools import transition as transitions
from ...tools import verdict as verdicts

# by cursor: each request has one, which is all that outlives a transaction that is run again
FOUND = WeakKeyDictionary()
# who writes these says where a lead is to go; what else moves it follows from where it is
CHANGES_OF_HANDS = (transitions.HANDED_OVER, transitions.CHANGED_COMPANY)
DESTINATION_FIELDS = {"type", "stage_id", "active"}


class CrmLead(models.Model):
    """Two people who move one lead at the same time: one succeeds, the other is told.

    The database lets one of two transactions that change a lead win, and Odoo runs the
    other one again, on what it finds then: a move that was decided upon before the lead
    had moved. So each request remembers where it has found the leads that it means to
    move, and moves no lead that it finds elsewhere when it is run again. No query.

    What goes by whatever it finds (merges, lead assignment) forgets that.
    """

    _inherit = "crm.lead"

    def _check_not_moved_meanwhile(self, states):
        """Check that leads are still where this request has found them, if it is run again.

        :param dict states: ``{id: State}``: where they are
        :raise UserError: names each that is not, where it is now, and who has moved it
        """
        moved = self._get_moved_meanwhile(states)
        if moved:
            raise UserError(
                "\n".join(
                    [
                        *self.browse(moved)._describe_moved_meanwhile().values(),
                        self.env._("Reload the page, then move it again if you still want to."),
                    ]
                )
            )

    @api.model
    def _get_moved_meanwhile(self, states):
        """Return the ids of those leads that this request has found elsewhere before.

        :param dict states: ``{id: State}``: where they are
        """
        # nobody reads an answer that is given to a scheduled job
        if not self._is_user_gated():
            return []
        attempt = _attempt_of(self.env.cr)
        found = _found_by(self.env.cr)
        moved = []
        for id_, state in states.items():
            last_attempt, known = found.get(id_, (attempt, state))
            if last_attempt is not attempt and known.standing != state.standing:
                moved.append(id_)
            else:
                found[id_] = attempt, known
        # what comes after a commit is another matter
        self.env.cr.postcommit.add(found.clear)
        return moved

    @api.model
    def _forget_where_found(self, lead_ids=None):
        """Go by where leads are, wherever this request has found them before.

        :param lead_ids: their ids; None: of all leads
        """
        found = _found_by(self.env.cr)
        for id_ in list(found) if lead_ids is None else lead_ids:
            found.pop(id_, None)

    def _describe_moved_meanwhile(self):
        """Return ``{id: sentence}``: who has moved each lead, and where it is now."""
        last_step_by_lead = self._get_last_steps()
        # sudo: whoever wants to move a lead may know where it is
        return {lead.id: lead._describe_step(last_step_by_lead[lead.id]) for lead in self.sudo()}

    def _get_last_steps(self):
        """Return ``{id: crm.stage.transition}``: the last step of each lead."""
        step_model = self.env["crm.stage.transition"]
        # sudo: as above
        groups = step_model.sudo()._read_group(
            [("lead_id", "in", self.ids), ("direction", "not in", CHANGES_OF_HANDS)],
            ["lead_id"],
            ["id:max"],
        )
        return {lead.id: step_model.sudo().browse(id_) for lead, id_ in groups}

    def _describe_step(self, step):
        """Return the sentence that tells of a step that this lead has just taken."""
        values = {"lead": self.name, "user": step._get_by_name(), "stage": self.stage_id.name}
        if step.from_type == "lead" and step.to_type == "opportunity":
            return self.env._("“%(lead)s” has just been converted by %(user)s.", **values)
        if step.to_status == verdicts.LOST:
            return self.env._("“%(lead)s” has just been marked as lost by %(user)s.", **values)
        return self.env._("“%(lead)s” has just been moved by %(user)s, to %(stage)s.", **values)


def _found_by(cursor):
    """Return ``{lead_id: (attempt, State)}``: what a request has found when it moved leads."""
    return FOUND.setdefault(cursor, {})


def _attempt_of(cursor):
    """Return an object that stands for a transaction: another one after it was rolled back."""
    return cursor.postcommit.data.setdefault("crm_lead_attempt", object())
