from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.transition import CHANGED_COMPANY, CREATED, HANDED_OVER
from ...tools.verdict import ARRIVED, GUIDED


class CrmLead(models.Model):
    """What the web client says after a move of a team that is only guided."""

    _inherit = "crm.lead"

    @api.readonly
    def get_moves_to_complete(self):
        """Return the moves that this user has just made although something was missing.

        :return: for each of these leads that still lacks it: ``id`` (of the row of the ledger),
            ``lead_id`` and ``message``
        :rtype: list[dict]
        """
        # sudo: whoever moved a lead may know how the move was judged
        rows = self.env["crm.stage.transition"].sudo()
        just_now = fields.Datetime.now() - timedelta(minutes=1)
        rows = rows.search(
            Domain("lead_id", "in", self._filtered_access("read").ids)
            & Domain("by_user_id", "=", self.env.uid)
            & Domain("verdict", "in", (GUIDED, ARRIVED))
            & Domain("direction", "not in", (CREATED, HANDED_OVER, CHANGED_COMPANY))
            & Domain("date", ">=", just_now),
        )
        latest = {row.lead_id: row for row in reversed(rows)}
        leads = self.browse(lead.id for lead in latest)
        names = self._get_criterion_names(rows.unmet_criterion_ids.ids)
        unmet = leads._get_unmet_criteria(
            self._get_rulebook().required_criterion_ids.intersection(names)
        )
        moves = []
        for lead in leads:
            row = latest[lead]
            missing = unmet[lead.id].intersection(row.unmet_criterion_ids.ids)
            if missing:
                moves.append(
                    {
                        "id": row.id,
                        "lead_id": lead.id,
                        "message": self.env._(
                            "“%(lead)s” has moved to %(stage)s. Not met: %(missing)s.",
                            lead=lead.name,
                            stage=lead.stage_id.name,
                            missing=", ".join(n for id_, n in names.items() if id_ in missing),
                        ),
                    }
                )
        return moves
