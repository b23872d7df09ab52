from odoo import models

from ...names import HAND_FIELDS
from ...tools import verdict as verdicts


class CrmLead(models.Model):
    """What the gate would say of leads if they were given some values, without giving them."""

    _inherit = "crm.lead"

    def _judge_conversion(self, vals_list, merged=None, is_hand_derived=False):
        """Return ``{id: Verdict}`` of those leads whose conversion would be refused now.

        :param list[dict] vals_list: for each lead, what is written on it on the way
        :param dict merged: see ``_judge_vals``
        :param bool is_hand_derived: see ``_judge_vals``
        """
        vals_list = [{**vals, "type": "opportunity"} for vals in vals_list]
        return self._judge_vals(vals_list, merged, is_hand_derived)

    def _judge_vals(self, vals_list, merged=None, is_hand_derived=False):
        """Return ``{id: Verdict}`` of those leads that may not be given some values now.

        :param list[dict] vals_list: for each lead, what would be written on it
        :param dict merged: ``{id: State}`` of those that others are merged into before: what
            they are judged from
        :param bool is_hand_derived: whether nobody has asked for the hands that the values name
        """
        if not self._can_be_refused():
            return {}
        before = {**self._get_states(), **(merged or {})}
        with self._as_drafts(vals_list) as drafts:
            # Odoo derives both from the type
            for name in ("team_id", "stage_id"):
                derived = drafts.browse(
                    draft._ids[0]
                    for draft, vals in zip(drafts, vals_list, strict=True)
                    if "type" in vals and name not in vals
                )
                self._fields[name].compute_value(derived)
            transitions = drafts._judge_moves(
                {draft._ids[0]: before[draft._origin.id] for draft in drafts},
                drafts._get_states(),
                self._is_user_gated(),
                {
                    draft._ids[0]
                    for draft, vals in zip(drafts, vals_list, strict=True)
                    if is_hand_derived or HAND_FIELDS.isdisjoint(vals)
                },
            )
            refused = self._pick_verdicts(transitions, verdicts.REFUSED)
        return {id_.origin: verdict for id_, verdict in refused.items()}

    def _filter_convertible(self):
        """Return those leads that Odoo converts when asked to."""
        places = zip(self, self._get_open_won_lost(), strict=True)
        return self.browse(
            lead._ids[0] for lead, status in places if lead.active and status != verdicts.WON
        )

    def _is_creation_refused(self):
        if super()._is_creation_refused():
            return True
        if not self._can_be_refused():
            return False
        transitions = self._judge_moves({}, self._get_states(), True)
        return bool(self._pick_verdicts(transitions, verdicts.REFUSED))
