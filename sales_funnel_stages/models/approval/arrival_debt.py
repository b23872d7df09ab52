from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...names import SALESPERSON_GROUP
from ...tools.verdict import ARRIVED


class CrmLead(models.Model):
    """What a lead owes to those it was handed to: it came without what they require of others.

    It is owed to them only: with the next change of hands, the rules of others count.
    """

    _inherit = "crm.lead"

    has_arrival_debt = fields.Boolean(
        string="Debt on Arrival",
        compute="_compute_arrival_debt",
        search="_search_has_arrival_debt",
        groups=SALESPERSON_GROUP,
        help="It was handed over without what is required here of others, and still lacks it.",
    )
    arrival_debt = fields.Text(
        string="Owed Since Arrival",
        compute="_compute_arrival_debt",
        groups=SALESPERSON_GROUP,
        help="When it was handed over, by whom, and what is still not met.",
    )

    @api.depends(
        lambda self: (
            "won_status",
            "team_id",
            "company_id",
            "transition_ids",
            *self._qualification_depends(),
        )
    )
    @api.depends_context("lang", "tz", "uid")
    def _compute_arrival_debt(self):
        debts = self._get_debts(self._arrival_domain())
        for lead in self:
            owed = {
                row: criteria
                for row, criteria in debts.get(lead._origin.id, {}).items()
                if (row.team_id, row.company_id) == (lead.team_id, lead.company_id)
            }
            lead.has_arrival_debt = bool(owed)
            # it may have come more than once: the last time counts
            [(row, criteria)] = [*owed.items()][-1:] or [(None, None)]
            lead.arrival_debt = bool(row) and row._get_arrival_text(criteria)

    @api.model
    def _arrival_domain(self):
        """Return the domain of those rows of the ledger that say what was owed on arrival."""
        return Domain("verdict", "=", ARRIVED)

    def _search_has_arrival_debt(self, operator, value):
        if operator != "in":
            return NotImplemented
        rows = self._arrival_domain() & self._still_here_domain()
        # Odoo asks for True, or for both
        return Domain(False in value) | Domain("id", "in", self._get_owing_query(rows))

    @api.model
    def _still_here_domain(self):
        """Return the domain of those rows of the ledger whose lead is still in the same hands."""

        def to_sql(rows, alias, query):
            return SQL(
                """EXISTS (
                    SELECT
                      FROM crm_lead AS lead
                     WHERE lead.id = %s
                       AND (lead.team_id, lead.company_id) IS NOT DISTINCT FROM (%s, %s)
                )""",
                *(
                    rows._field_to_sql(alias, name, query)
                    for name in ("lead_id", "team_id", "company_id")
                ),
                to_flush=(self._fields["team_id"], self._fields["company_id"]),
            )

        return Domain.custom(to_sql=to_sql)
