from odoo import api, models
from odoo.tools import split_every

from ...tools.mass_conversion import Customer, Skipped

# what crm takes for closed, whatever its stage
CLOSED = 100
# so many unsaved leads are in memory at a time
JUDGED_AT_ONCE = 1000


class CrmLead(models.Model):
    """The leads that a mass conversion leaves alone: who they are, and what they lack."""

    _inherit = "crm.lead"

    def _get_moved(self):
        """Return ``{id: Skipped}`` of those that were moved since this request was first run."""
        moved = self.browse(self._get_moved_meanwhile(self._get_states()))
        reasons = moved._describe_moved_meanwhile() if moved else {}
        return {id_: Skipped(reason) for id_, reason in reasons.items()}

    def _get_closed(self):
        """Return ``{id: Skipped}`` of the leads that are open at 100 %: crm converts none alone."""
        reason = self.env._("Its probability is 100, as of what is closed. Set another one first.")
        return {
            lead.id: Skipped(reason)
            for lead in self._filter_convertible()
            if lead.type == "lead" and lead.probability == CLOSED
        }

    def _get_foreign(self, customers):
        """Return ``{id: Skipped}`` of those whose customer is of another company.

        :param dict customers: see ``_choose_customers``
        """
        # sudo: whose it is decides, whoever may read it
        partner_model = self.env["res.partner"].sudo()
        skipped = {}
        for lead in self.sudo():
            partner = partner_model.browse(customers.get(lead.id, Customer()).partner_id or ())
            company = lead.company_id
            # what is in nobody's hands becomes its customer's company's
            is_settled = company and (lead.team_id or lead.user_id)
            if is_settled and not partner._is_of(company):
                skipped[lead.id] = Skipped(
                    self.env._(
                        "Its customer %(customer)s is of %(theirs)s, and not of %(company)s.",
                        customer=partner.display_name,
                        theirs=partner.company_id.name,
                        company=company.name,
                    )
                )
        return skipped

    def _get_refused(self, unmet):
        """Return ``{id: Skipped}`` of those that the stage rules refuse to convert.

        :param dict unmet: ``{lead_id: criterion_ids}``: what they lack
        """
        return {id_: Skipped(unmet=frozenset(unmet[id_])) for id_ in self._ids if id_ in unmet}

    def _without(self, ids):
        """Return these leads but those with these ids, in this order."""
        return self.browse(id_ for id_ in self._ids if id_ not in ids)

    def _foresee_refusals(self, customers, values=None, merged=None):
        """Return ``{lead_id: Verdict}``: who would be refused, and what they lack.

        :param dict customers: see ``_choose_customers``
        :param dict values: ``{lead_id: values}``: what is written on some of them before
        :param dict merged: ``{lead_id: State}``: what those are judged from
        """
        if not self._can_be_refused():
            return {}
        refused = {}
        # most rules look at the customer at most to see that there is one: one stands for all
        is_read = any(path.startswith("partner_id.") for path in self._qualification_depends())
        new_partner = not is_read and self.env["res.partner"].new({})
        for ids in split_every(JUDGED_AT_ONCE, self._filter_convertible()._ids):
            leads = self.browse(ids)
            refused.update(
                leads._judge_conversion(
                    [
                        {
                            **(values or {}).get(lead.id, {}),
                            "partner_id": self._foresee_partner(
                                customers.get(lead.id), new_partner
                            ),
                        }
                        for lead in leads
                    ],
                    merged,
                    # a merge does, or the conversion
                    is_hand_derived=True,
                )
            )
        return refused

    def _foresee_partner(self, customer, new_partner):
        """Return the partner that a :class:`Customer` is, unsaved if it is to be created.

        :param new_partner: an unsaved one to take where one is created; False: as it will be
        """
        partner_model = self.env["res.partner"]
        if customer and customer.lead_id:
            return new_partner or self.browse(customer.lead_id)._foresee_customer(partner_model)
        return partner_model.browse(customer and customer.partner_id or ())

    @api.model
    def _get_skip_reasons(self, skipped):
        """Return ``{id: text}``: why each lead is skipped.

        :param dict skipped: ``{id: Skipped}``
        """
        names = self._get_criterion_names({id_ for each in skipped.values() for id_ in each.unmet})
        reasons = {}
        for lead_id, each in skipped.items():
            missing = ", ".join(name for id_, name in names.items() if id_ in each.unmet)
            reasons[lead_id] = each.reason or self.env._("Not met: %s", missing)
        return reasons

    @api.model
    def _get_untouched_reason(self, is_open):
        """Return why one is left as it is that is not converted, and that no rule holds back.

        :param bool is_open: whether it is neither archived, nor lost or won
        """
        if is_open:
            return self.env._("It was an opportunity already.")
        return self.env._("It is archived, lost or won.")


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _is_of(self, company):
        """Tell whether all of these may be the customers of that company, as Odoo checks it."""
        domain = self._check_company_domain(company)
        return self.filtered_domain(domain) == self
