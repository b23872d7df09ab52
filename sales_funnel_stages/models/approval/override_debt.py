from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ...names import SALESPERSON_GROUP
from ...tools.verdict import APPROVED, OVERRIDDEN

DEBT_FIELDS = (
    "has_override_debt",
    "is_override_debt_overdue",
    "override_debt_date",
    "override_debt",
)


class CrmLead(models.Model):
    """What a lead still owes: it passed a gate by permission, and promised to make good by a date.

    The ledger remembers the promise; it is kept as soon as the criteria that were unmet
    then are met, evaluated live. What no rule requires any more is owed by nobody, and
    nothing is by a lost lead.

    Queries: two that read the promises, and those that read what their criteria look at.
    """

    _inherit = "crm.lead"

    has_override_debt = fields.Boolean(
        string="Override to Make Good",
        compute="_compute_override_debt",
        search="_search_has_override_debt",
        groups=SALESPERSON_GROUP,
        help="It passed stage rules that it did not meet, and still has to make good for it.",
    )
    is_override_debt_overdue = fields.Boolean(
        string="Override Overdue",
        compute="_compute_override_debt",
        search="_search_is_override_debt_overdue",
        groups=SALESPERSON_GROUP,
        help="What it was to make good for by a date that has passed is still not met.",
    )
    override_debt_date = fields.Date(
        string="Complete By", compute="_compute_override_debt", groups=SALESPERSON_GROUP
    )
    override_debt = fields.Text(
        string="To Make Good",
        compute="_compute_override_debt",
        groups=SALESPERSON_GROUP,
        help="By whose permission it passed, until when, what is still not met, and why.",
    )

    @api.depends(lambda self: ("won_status", "transition_ids", *self._qualification_depends()))
    @api.depends_context("lang", "tz", "uid")
    def _compute_override_debt(self):
        self.update(dict.fromkeys(DEBT_FIELDS, False))
        debts = self._get_override_debts()
        today = fields.Date.context_today(self)
        for lead in self:
            owed = debts.get(lead._origin.id)
            if not owed:
                continue
            lead.has_override_debt = True
            lead.override_debt_date = min(row.make_good_date for row in owed)
            lead.is_override_debt_overdue = lead.override_debt_date < today
            lead.override_debt = "\n".join(
                row._get_debt_text(criteria) for row, criteria in owed.items()
            )

    def _get_override_debts(self):
        """Return ``{id: {row of the ledger: its criteria that are still not met}}``."""
        # sudo: whoever may see a lead may see what it owes
        rows = self.env["crm.stage.transition"].sudo()
        owing = self.filtered(lambda lead: lead.won_status != "lost")
        rows = rows.search(
            Domain("lead_id", "in", owing._origin.ids) & self._promise_domain(),
            order="make_good_date, id",
        )
        required = self._get_rulebook().required_criterion_ids
        indebted = owing.filtered(lambda lead: lead._origin in rows.lead_id)
        unmet = indebted._get_unmet_criteria(required.intersection(rows.unmet_criterion_ids.ids))
        unmet = {lead._origin.id: unmet[lead._ids[0]] for lead in indebted}
        debts = defaultdict(dict)
        for row in rows:
            owed = unmet[row.lead_id.id]
            criteria = row.unmet_criterion_ids.filtered(lambda c, owed=owed: c.id in owed)
            if criteria:
                debts[row.lead_id.id][row] = criteria
        return debts

    @api.model
    def _promise_domain(self):
        """Return the domain of those rows of the ledger that say by when to make good."""
        return Domain("verdict", "in", (OVERRIDDEN, APPROVED)) & Domain(
            "make_good_date", "!=", False
        )

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

    @api.model
    def _get_owing_query(self, promises):
        """Return the query of the leads that still owe what was promised.

        :param Domain promises: of rows of the ledger
        """
        # sudo: whoever may see a lead may see what it owes
        groups = (
            self.env["crm.stage.transition"].sudo()._read_group(promises, ["unmet_criterion_ids"])
        )
        required = self._get_rulebook().required_criterion_ids
        criterion_ids = [criterion.id for (criterion,) in groups if criterion.id in required]

        def make_domain(model, company_id):
            met = self._get_met_domains(company_id)
            return Domain.OR(
                self._owing_domain(
                    model,
                    promises & Domain("unmet_criterion_ids", "in", [id_]),
                    met[id_],
                )
                for id_ in criterion_ids
            )

        return self._get_canonical_query(make_domain)

    @api.model
    def _owing_domain(self, model, promises, criterion):
        """Return the domain of the leads that made such promises and do not meet a criterion.

        :param model: leads in the canonical environment
        """
        promised = Domain("won_status", "!=", "lost") & Domain("transition_ids", "any", promises)
        # as criteria are searched for, not turned round
        kept = model._search(promised & criterion, active_test=False)
        return promised & Domain("id", "not in", kept)
