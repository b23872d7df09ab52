from odoo import api, models, tools

from ...names import HAND_FIELDS, PLACE_FIELDS
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
            drafts._derive_places(vals_list)
            return drafts._judge_drafts(before, vals_list, is_hand_derived)

    def _judge_read_drafts(self, before, vals_list):
        """Return what ``_judge_vals`` does of the leads that these are drafts of.

        Of drafts something may have been read before. They stand then where Odoo puts them.

        :param dict before: ``{id: State}``: where the leads are
        :param list[dict] vals_list: for each, the values that the draft has been made with
        """
        self.invalidate_recordset(self._get_following_names(), flush=False)
        self._derive_places(vals_list)
        if not self._can_be_refused():
            return {}
        return self._judge_drafts(before, vals_list, is_hand_derived=False)

    def _derive_places(self, vals_list):
        """Let these drafts have the team and the stage that Odoo derives from the type.

        But for a team that nobody has asked for, where it decides neither what is asked of the
        lead nor where it is.

        :param list[dict] vals_list: for each, the values that the draft has been made with
        """
        book = self._get_rulebook()
        is_by_team = book.has_stages_of_teams or book.arrivals
        for name in ("team_id", "stage_id"):
            derived = self.browse(
                draft._ids[0]
                for draft, vals in zip(self, vals_list, strict=True)
                if "type" in vals
                and name not in vals
                and (is_by_team or not draft.stage_id or not HAND_FIELDS.isdisjoint(vals))
            )
            self._fields[name].compute_value(derived)

    def _judge_drafts(self, before, vals_list, is_hand_derived):
        """Return ``{id: Verdict}`` of those leads that may not become what these drafts are.

        :param dict before: ``{id: State}``: what the leads are judged from
        :param list[dict] vals_list: for each, the values that the draft has been made with
        :param bool is_hand_derived: see ``_judge_vals``
        """
        transitions = self._judge_moves(
            {draft._ids[0]: before[draft._origin.id] for draft in self},
            self._get_states(),
            self._is_user_gated(),
            {
                draft._ids[0]
                for draft, vals in zip(self, vals_list, strict=True)
                if is_hand_derived or HAND_FIELDS.isdisjoint(vals)
            },
            is_receipt=False,
        )
        refused = self._pick_verdicts(transitions, verdicts.REFUSED)
        return {id_.origin: verdict for id_, verdict in refused.items()}

    @api.model
    @tools.ormcache()
    def _get_following_names(self):
        """Return the names of the fields that are worked out from where a lead stands, as a tuple.

        Those that are not stored: of a draft, what was worked out before it moved is not so then.
        """
        following = {
            field
            for name in PLACE_FIELDS
            for field in self.pool.get_dependent_fields(self._fields[name])
            if field.model_name == self._name and not field.store
        }
        return tuple(sorted(field.name for field in following))

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
        transitions = self._judge_moves({}, self._get_states(), True, is_receipt=False)
        return bool(self._pick_verdicts(transitions, verdicts.REFUSED))
