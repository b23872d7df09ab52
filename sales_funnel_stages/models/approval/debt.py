from collections import defaultdict
from datetime import date
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

# by which rows of the ledger are read with what of them is not met, in one query
OF_ROWS = ["lead_id", "verdict", "make_good_date:day", "team_id", "company_id"]


class Debt(NamedTuple):
    """What a lead owes by a row of the ledger.

    :ivar row: the row; nothing of it has been read yet
    :ivar team_id: to whom the lead came then, 0 to none
    :ivar company_id: likewise
    :ivar criterion_ids: what is still not met
    """

    row: models.BaseModel
    verdict: str
    make_good_date: date | bool
    team_id: int
    company_id: int
    criterion_ids: set


class CrmLead(models.Model):
    """What a lead still owes of what rows of the ledger say was not met.

    It is paid as soon as the criteria are met, evaluated live. What no rule requires any more
    is owed by nobody, and nothing is by a lost lead.

    Queries: one that reads the rows, and those that read what their criteria look at.
    """

    _inherit = "crm.lead"

    def _get_debts(self, rows_domain):
        """Return ``{id: [Debt, …]}`` of those leads that owe something, in the order of the rows.

        :param Domain rows_domain: of the rows that count
        """
        owing = self.filtered(lambda lead: lead.won_status != "lost")
        # sudo: whoever may see a lead may see what it owes
        groups = (
            self.env["crm.stage.transition"]
            .sudo()
            ._read_group(
                Domain("lead_id", "in", owing._origin.ids) & rows_domain,
                [*OF_ROWS, "unmet_criterion_ids"],
                ["id:recordset"],
            )
        )
        lead_ids = {lead.id for lead, *_others in groups}
        unmet = owing.filtered(lambda lead: lead._origin.id in lead_ids)._get_unmet_by_origin(
            {criterion.id for *_others, criterion, _rows in groups}
        )
        debts = defaultdict(dict)
        for lead, verdict, make_good_date, team, company, criterion, rows in groups:
            for row in rows if criterion.id in unmet[lead.id] else ():
                about = (verdict, make_good_date, team.id or 0, company.id or 0)
                debt = debts[lead.id].setdefault(row.id, Debt(row, *about, set()))
                debt.criterion_ids.add(criterion.id)
        return {
            lead_id: [debt for _id, debt in sorted(owed.items())] for lead_id, owed in debts.items()
        }

    def _get_unmet_by_origin(self, criterion_ids):
        """Return which of these criteria each lead does not meet, by the ids of saved leads.

        :param criterion_ids: those that no rule requires any more are left out
        """
        unmet = self._get_unmet_criteria(
            self._get_rulebook().required_criterion_ids.intersection(criterion_ids)
        )
        return {lead._origin.id: unmet[lead._ids[0]] for lead in self}

    @api.model
    def _get_owed_criterion_ids(self, rows_domain):
        """Return the ids of criteria that rows say were not met, and that some rule still requires.

        :param Domain rows_domain: of rows of the ledger
        """
        # sudo: whoever may see a lead may see what it owes
        rows = self.env["crm.stage.transition"].sudo()
        required = self._get_rulebook().required_criterion_ids
        groups = rows._read_group(rows_domain, ["unmet_criterion_ids"])
        return [criterion.id for (criterion,) in groups if criterion.id in required]

    @api.model
    def _get_owing_query(self, rows_domain):
        """Return the query of the leads that still owe something.

        :param Domain rows_domain: of the rows of the ledger that count
        """
        criterion_ids = self._get_owed_criterion_ids(rows_domain)

        def make_domain(model, company_id):
            met = self._get_met_domains(company_id)
            return Domain.OR(
                self._owing_domain(
                    model,
                    rows_domain & Domain("unmet_criterion_ids", "in", [id_]),
                    met[id_],
                )
                for id_ in criterion_ids
            )

        return self._get_canonical_query(make_domain)

    @api.model
    def _owing_domain(self, model, rows_domain, criterion):
        """Return the domain of the leads that have such rows and do not meet a criterion.

        :param model: leads in the canonical environment
        :param Domain rows_domain: of rows of the ledger that say it was not met
        """
        noted = Domain("won_status", "!=", "lost") & Domain("transition_ids", "any", rows_domain)
        # as criteria are searched for, not turned round
        kept = model._search(noted & criterion, active_test=False)
        return noted & Domain("id", "not in", kept)
