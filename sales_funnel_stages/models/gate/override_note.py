from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_date

from ...tools.verdict import APPROVED, OVERRIDDEN


class CrmLead(models.Model):
    """The note in the chatter of a move that passed by permission: an override, or an approval."""

    _inherit = "crm.lead"

    @api.model
    def _log_overrides(self, transition_by_lead):
        """Post on each lead that passed by permission by whose, why, and what it did not meet.

        :param dict transition_by_lead: ``{id: Transition}``
        """
        for permission in (OVERRIDDEN, APPROVED):
            self._log_permission(permission, self._pick_verdicts(transition_by_lead, permission))

    def _log_permission(self, permission, passed):
        """Post on each lead by whose permission it passed, why, and what it did not meet.

        :param str permission: OVERRIDDEN or APPROVED (see ``tools.verdict``)
        :param dict passed: ``{id: Verdict}``
        """
        if not passed:
            return
        names = self._get_criterion_names({id_ for v in passed.values() for id_ in v.unmet})
        stage_names = self._get_stage_names({v.gate for v in passed.values()})
        note = self._get_move_note()
        bodies = {}
        for id_, verdict in passed.items():
            unmet = ", ".join(name for key, name in names.items() if key in verdict.unmet)
            lines = [
                self._get_arrival_permission_text(permission)
                if verdict.is_arrival
                else self._get_permission_text(
                    permission, not verdict.is_conversion and stage_names[verdict.gate]
                ),
                self.env._("Reason: %s", note.reason),
                self.env._("Not met: %s", unmet),
            ]
            if note.make_good_date:
                lines.append(
                    self.env._("To be completed by: %s", format_date(self.env, note.make_good_date))
                )
            bodies[id_] = Markup("<p>%s</p>") % Markup("<br/>").join(lines)
        # sudo: the note says what the user just did, whatever they may write afterwards
        self.browse(passed).sudo()._message_log_batch(bodies=bodies)

    @api.model
    def _get_arrival_permission_text(self, permission):
        """Return the sentence that says by whose permission a lead was handed over."""
        return (
            self.env._("Approved to be handed over although the stage rules are not met.")
            if permission == APPROVED
            else self.env._("Stage rules overridden to hand it over.")
        )

    @api.model
    def _get_permission_text(self, permission, stage_name):
        """Return the sentence that says by whose permission a lead went where.

        :param stage_name: the stage that it entered; False: it became an opportunity
        """
        if permission == APPROVED:
            return (
                self.env._("Approved to enter %s although the stage rules are not met.", stage_name)
                if stage_name
                else self.env._(
                    "Approved to become an opportunity although the stage rules are not met."
                )
            )
        return (
            self.env._("Stage rules overridden to enter %s.", stage_name)
            if stage_name
            else self.env._("Stage rules overridden to become an opportunity.")
        )
