from collections import Counter, defaultdict
from typing import NamedTuple

from odoo import api, models

from ...tools.transition import MERGED


class Moment(NamedTuple):
    """What there is before leads are converted, so that it can be told what comes of it.

    :ivar columns: see ``_read_columns``
    :ivar followers: see ``_get_followers``
    :ivar row_id: the last row of the ledger
    :ivar message_id: the last message
    """

    columns: dict
    followers: dict
    row_id: int
    message_id: int


class CrmLead(models.Model):
    """What has come of a conversion, as the database has it: merges, followers, notices.

    A transaction sees what was there when it began, and what it does itself: what has come since
    a moment in it, it has done itself.
    """

    _inherit = "crm.lead"

    def _get_moment(self):
        """Return the :class:`Moment` that it is. Queries: four."""
        return Moment(
            self._read_columns(),
            self._get_followers(),
            self._get_last_id("crm.stage.transition"),
            self._get_last_id("mail.message"),
        )

    @api.model
    def _get_last_id(self, model_name):
        # sudo: a number that says nothing
        return self.env[model_name].sudo().search([], order="id desc", limit=1).id or 0

    def _get_followers(self):
        """Return ``{id: {partner_id}}``: who follows these leads."""
        # sudo: what is noted is who has come, whoever may see that
        followers = self.env["mail.followers"].sudo()
        found = defaultdict(set)
        for row in followers.search_fetch(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id", "partner_id"]
        ):
            found[row.res_id].add(row.partner_id.id)
        return found

    @api.model
    def _get_merges_since(self, moment):
        """Return ``{id: (name, id)}``: leads that are gone, and into which they were merged."""
        # sudo: whoever merges leads may know which
        rows = self.env["crm.stage.transition"].sudo()
        rows = rows.search([("id", ">", moment.row_id), ("direction", "=", MERGED)])
        return {row.lead_ref: (row.lead_name, row.lead_id.id) for row in rows}

    def _get_teams_at(self, moment):
        """Return ``{id: team_id}``: to which teams these leads belonged then, as recorded."""
        # sudo: as above
        rows = self.env["crm.stage.transition"].sudo()
        last = rows._read_group(
            [("lead_ref", "in", self.ids), ("id", "<=", moment.row_id)], ["lead_ref"], ["id:max"]
        )
        teams = {row.id: row.team_id.id for row in rows.browse(id_ for _ref, id_ in last)}
        return {lead_ref: teams[id_] or None for lead_ref, id_ in last}

    @api.model
    def _get_notices_since(self, message_id):
        """Return ``{user_id: number}``: how often people have been notified.

        :param int message_id: of the last message before, see ``_get_last_id``
        """
        # sudo: as above
        messages = self.env["mail.message"].sudo()
        messages = messages.search(
            [("id", ">", message_id), ("message_type", "=", "user_notification")]
        )
        counts = Counter(partner for message in messages for partner in message.partner_ids)
        return {
            user.id: count for partner, count in counts.items() for user in partner.user_ids[:1]
        }
