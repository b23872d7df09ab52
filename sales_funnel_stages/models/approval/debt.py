from collections import defaultdict
from datetime import date
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


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


# what is read of rows of the ledger, beside what was not met
OF_ROWS = ("id", "lead_id", *Debt._fields[1:5])
READ = f"""
    SELECT unmet.%(criterion)s, {", ".join(f"step.{name}" for name in OF_ROWS)}
      FROM crm_stage_transition AS step
      JOIN %(unmet)s AS unmet ON unmet.%(row)s = step.id
     WHERE step.lead_id = ANY(%(lead_ids)s) AND %(counting)s
  ORDER BY step.id
"""


class CrmLead(models.Model):
    """What a lead still owes of what rows of the ledger say was not met.

    It is paid as soon as the criteria are met, evaluated live. What no rule requires any more
    is owed by nobody, and nothing is by a lost lead.

    Queries: one that reads the rows, and those that read what their criteria look at.
    """

    _inherit = "crm.lead"

    def _get_debts(self, counting):
        """Return ``{id: [Debt, …]}`` of those leads that owe something, in the order of the rows.

        :param SQL counting: the condition on which a row of the ledger, ``step``, counts
        """
        owing = self.browse(lead._ids[0] for lead in self if lead.won_status != "lost")
        rows = owing._read_what_was_unmet(counting)
        if not rows:
            return {}
        unmet = owing._filter_by_origin(
            {lead_id for _criterion_id, _id, lead_id, *_others in rows}
        )._get_unmet_by_origin({criterion_id for criterion_id, *_others in rows})
        # together: what is told of one is read of all
        found = self.env["crm.stage.transition"].browse({id_ for _criterion_id, id_, *_ in rows})
        # sudo: whoever may see a lead may see what it owes
        row_by_id = {row.id: row for row in found.sudo()}
        debts = defaultdict(dict)
        for criterion_id, row_id, lead_id, *about in rows:
            if criterion_id in unmet[lead_id]:
                debt = debts[lead_id].setdefault(row_id, Debt(row_by_id[row_id], *about, set()))
                debt.criterion_ids.add(criterion_id)
        return {
            lead_id: [debt for _id, debt in sorted(owed.items())] for lead_id, owed in debts.items()
        }

    def _read_what_was_unmet(self, counting):
        """Return what rows of the ledger on these leads say was not met, see ``_read_unmet``."""
        lead_ids = self._origin._ids
        if not lead_ids:
            return []
        return self.env["crm.stage.transition"]._read_unmet(lead_ids, counting)

    def _filter_by_origin(self, lead_ids):
        """Return those of these that are, or stand for, some saved leads."""
        # asked for each card: which lead a draft stands for, its id says
        return self.browse(id_ for id_ in self._ids if (id_ or id_.origin) in lead_ids)

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


class CrmStageTransition(models.Model):
    _inherit = "crm.stage.transition"

    @api.model
    def _read_unmet(self, lead_ids, counting):
        """Return what rows say was not met, whoever may read them, in one query.

        Asked for whatever page shows leads: a search takes eight times as long.

        :param lead_ids: ids of leads: of their rows
        :param SQL counting: the condition on which a row, ``step``, counts
        :return: for each criterion of each row its id and the values of ``OF_ROWS``; of a many2one
            field its id, 0 for none
        """
        unmet = self._fields["unmet_criterion_ids"]
        rows = self.env.execute_query(
            SQL(
                READ,
                criterion=SQL.identifier(unmet.column2),
                unmet=SQL.identifier(unmet.relation),
                row=SQL.identifier(unmet.column1),
                lead_ids=[*lead_ids],
                counting=counting,
                to_flush=[unmet, *(self._fields[name] for name in OF_ROWS)],
            )
        )
        return [tuple(value or 0 for value in row) for row in rows]
