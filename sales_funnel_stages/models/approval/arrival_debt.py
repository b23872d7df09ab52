from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...names import SALESPERSON_GROUP
from ...tools.verdict import ARRIVED
from ..rules.shown_field import ShownBoolean, ShownText


class CrmLead(models.Model):
    """What a lead owes to those it was handed to: it came without what they require of others.

    It is owed to them only: with the next change of hands, the rules of others count.
    """

    _inherit = "crm.lead"

    has_arrival_debt = ShownBoolean(
        string="Debt on Arrival",
        compute="_compute_debts",
        search="_search_has_arrival_debt",
        groups=SALESPERSON_GROUP,
        help="It was handed over without what is required here of others, and still lacks it.",
    )
    arrival_debt = ShownText(
        string="Owed Since Arrival",
        compute="_compute_debt_texts",
        groups=SALESPERSON_GROUP,
        help="When it was handed over, by whom, and what is still not met.",
    )

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
