from itertools import islice

from odoo import api, models, tools
from odoo.tools import SQL
from odoo.tools.constants import PREFETCH_MAX

from ...tools import verdict as verdicts
from ..qualification.fields import TOGETHER

OPEN_WON_LOST = {"won": verdicts.WON, "lost": verdicts.LOST}


class CrmLead(models.Model):
    """Where a lead stands: what a move changes, and the ledger records."""

    _inherit = "crm.lead"

    def _get_states(self):
        """Return ``{id: State}``: where each lead stands now; ids as in ``self._ids``."""
        # sudo: the rules hold for leads that somebody may move without reading them
        leads = self.sudo()
        return {
            lead._ids[0]: verdicts.State(
                lead.type == "opportunity",
                lead.stage_id._origin.id or 0,
                lead.team_id._origin.id or 0,
                lead.company_id._origin.id or 0,
                status,
            )
            for lead, status in zip(leads, leads._get_open_won_lost(), strict=True)
        }

    def _get_recorded_states(self):
        """Return ``{id: State}``: where the ledger has these leads, without those it has not.

        Queries: one.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lead.id, row.to_type, row.to_stage_id, row.team_id, row.company_id,
                       row.to_status
                  FROM unnest(%s::int[]) AS lead (id)
                  JOIN LATERAL (
                           SELECT * FROM crm_stage_transition
                            WHERE lead_ref = lead.id ORDER BY id DESC LIMIT 1
                       ) AS row ON TRUE
                """,
                [*self._ids],
            )
        )
        return {
            id_: verdicts.State(
                type_ == "opportunity", stage_id or 0, team_id or 0, company_id or 0, status
            )
            for id_, type_, stage_id, team_id, company_id, status in rows
        }

    def _get_open_won_lost(self):
        """Return for each of these leads, in their order, whether it is open, won or lost."""
        field = self._fields["won_status"]
        pending = set(self.env.records_to_compute(field)._ids)
        won_stage_ids = self._get_won_stage_ids()
        # Odoo would compute the predicted probability to find out what is plain
        return [
            verdicts.OPEN
            if lead._ids[0] in pending
            and lead.active
            and lead.stage_id._origin.id not in won_stage_ids
            else OPEN_WON_LOST.get(lead.won_status, verdicts.OPEN)
            for lead in self
        ]

    def _fetch_to_move(self):
        """Read at once what is looked at on the way, of all leads that are gone through."""
        ids = (id_ for id_ in self._prefetch_ids if isinstance(id_, int))
        leads = self.browse({*self.ids, *islice(ids, PREFETCH_MAX)})
        # sudo: see _get_states
        leads.sudo().fetch(self._get_fields_to_move())

    @api.model
    @tools.ormcache()
    def _get_fields_to_move(self):
        return [name for name, field in self._fields.items() if field.prefetch in (True, TOGETHER)]
