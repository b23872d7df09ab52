from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.verdict import ARRIVED
from .override_debt import PERMISSIONS

# as _promise_domain and _arrival_domain have it
COUNTING = """(
    step.verdict IN %(permissions)s AND step.make_good_date IS NOT NULL
    OR step.verdict = %(arrived)s
)"""


class CrmLead(models.Model):
    """What leads owe, whatever it is, as lists and cards show it, and told in words on the form.

    Worked out together; the words only of those that owe something.
    """

    _inherit = "crm.lead"

    @api.model
    def _debts_depend_on(self):
        hands = ("won_status", "team_id", "company_id", "transition_ids")
        return (*hands, *self._qualification_depends())

    @api.depends(lambda self: self._debts_depend_on())
    @api.depends_context("tz", "uid")
    def _compute_debts(self):
        shown = self._get_debts_shown()
        # most leads owe nothing, and many others the same: told together
        alike = defaultdict(list)
        for lead, promised, arrived in shown:
            due = promised[0].make_good_date if promised else False
            alike[bool(arrived), due].append(lead._ids[0])
        indebted = {id_ for ids in alike.values() for id_ in ids}
        alike[False, False] = [id_ for id_ in self._ids if id_ not in indebted]
        today = indebted and fields.Date.context_today(self)
        for (has_arrived, due), ids in alike.items():
            self.browse(ids).update(
                {
                    "has_arrival_debt": has_arrived,
                    "has_override_debt": bool(due),
                    "override_debt_date": due,
                    "is_override_debt_overdue": bool(due) and due < today,
                }
            )

    @api.depends(lambda self: self._debts_depend_on())
    @api.depends_context("lang", "tz", "uid")
    def _compute_debt_texts(self):
        self.override_debt = self.arrival_debt = False
        indebted = self.filtered(lambda lead: lead.has_override_debt or lead.has_arrival_debt)
        for lead, promised, arrived in indebted._get_debts_shown():
            lead.override_debt = "\n".join(
                debt.row._get_debt_text(debt.criterion_ids) for debt in promised
            )
            # it may have come more than once: the last time counts
            for debt in arrived[-1:]:
                lead.arrival_debt = debt.row._get_arrival_text(debt.criterion_ids)

    def _get_debts_shown(self):
        """Return what these leads owe.

        :return: for each that owes something: the lead, the debts that it promised to make good,
            what is due first first, and those to whoever it was handed to and still has it
        """
        debts = self and self._get_debts(SQL(COUNTING, permissions=PERMISSIONS, arrived=ARRIVED))
        found = []
        for lead in self._filter_by_origin(debts) if debts else ():
            promised, arrived = lead._split_debts(debts[lead._origin.id])
            if promised or arrived:
                found.append((lead, promised, arrived))
        return found

    def _split_debts(self, owed):
        """Return those debts of this lead that it promised to make good, and those on arrival."""
        hands = self._get_hands()
        promised = [debt for debt in owed if debt.verdict in PERMISSIONS]
        promised.sort(key=lambda debt: (debt.make_good_date, debt.row.id))
        arrived = [
            debt
            for debt in owed
            if debt.verdict == ARRIVED and (debt.team_id, debt.company_id) == hands
        ]
        return promised, arrived
