from odoo import api, fields, models
from odoo.fields import Domain

from ...names import SALESPERSON_GROUP
from ...tools.verdict import APPROVED, OVERRIDDEN
from ..rules.shown_field import ShownBoolean, ShownDate, ShownText

PERMISSIONS = (OVERRIDDEN, APPROVED)


class CrmLead(models.Model):
    """What a lead still owes: it passed a gate by permission, and promised to make good by a date.

    The ledger remembers the promise.
    """

    _inherit = "crm.lead"

    has_override_debt = ShownBoolean(
        string="Override to Make Good",
        compute="_compute_debts",
        search="_search_has_override_debt",
        groups=SALESPERSON_GROUP,
        help="It passed stage rules that it did not meet, and still has to make good for it.",
    )
    is_override_debt_overdue = ShownBoolean(
        string="Override Overdue",
        compute="_compute_debts",
        search="_search_is_override_debt_overdue",
        groups=SALESPERSON_GROUP,
        help="What it was to make good for by a date that has passed is still not met.",
    )
    override_debt_date = ShownDate(
        string="Complete By", compute="_compute_debts", groups=SALESPERSON_GROUP
    )
    # always empty: Odoo reads the fields of hidden columns, too
    override_debt_column = ShownBoolean(
        string="Complete By (Column)",
        compute="_compute_override_debt_column",
        exportable=False,
        help="Where a list is to show by when to make good: its widget asks for it.",
    )
    override_debt = ShownText(
        string="To Make Good",
        compute="_compute_debt_texts",
        groups=SALESPERSON_GROUP,
        help="By whose permission it passed, until when, what is still not met, and why.",
    )

    @api.model
    def _promise_domain(self):
        """Return the domain of those rows of the ledger that say by when to make good."""
        return Domain("verdict", "in", PERMISSIONS) & Domain("make_good_date", "!=", False)

    def _compute_override_debt_column(self):
        self.override_debt_column = False

    # ------------------------------------------------------------------
    # Searching
    # ------------------------------------------------------------------

    def _search_has_override_debt(self, operator, value):
        return self._search_override_debt(operator, value, self._promise_domain())

    def _search_is_override_debt_overdue(self, operator, value):
        today = fields.Date.context_today(self)
        overdue = self._promise_domain() & Domain("make_good_date", "<", today)
        return self._search_override_debt(operator, value, overdue)

    def _search_override_debt(self, operator, value, promises):
        if operator != "in":
            return NotImplemented
        # Odoo asks for True, or for both
        return Domain(False in value) | Domain("id", "in", self._get_owing_query(promises))
