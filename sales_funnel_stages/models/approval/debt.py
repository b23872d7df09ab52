from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain


class CrmLead(models.Model):
    """What a lead still owes of what rows of the ledger say was not met.

    It is paid as soon as the criteria are met, evaluated live. What no rule requires any more
    is owed by nobody, and nothing is by a lost lead.

    Queries: two that read the rows, and those that read what their criteria look at.
    """

    _inherit = "crm.lead"

    def _get_debts(self, rows_domain, order="id"):
        """Return ``{id: {row of the ledger: its criteria that are still not met}}``.

        :param Domain rows_domain: of the rows that count
        :param str order: of the rows
        """
        # sudo: whoever may see a lead may see what it owes
        rows = self.env["crm.stage.transition"].sudo()
        owing = self.filtered(lambda lead: lead.won_status != "lost")
        rows = rows.search(Domain("lead_id", "in", owing._origin.ids) & rows_domain, order=order)
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
