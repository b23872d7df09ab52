from odoo import models
from odoo.fields import Domain


class CrmTeam(models.Model):
    """Lead assignment converts what qualifies, leaves the rest alone, and says so.

    Odoo's assignment converts one lead after the other and stops at the first error. It
    is mostly run by OdooBot, whom no rule holds back; this is for a manager who starts it.
    """

    _inherit = "crm.team"

    def _action_assign_leads(self, force_quota=False, creation_delta_days=7):
        # it works through what is there when it comes to it
        self.env["crm.lead"]._forget_where_found()
        return super()._action_assign_leads(
            force_quota=force_quota, creation_delta_days=creation_delta_days
        )

    def _get_lead_to_assign_domain(self):
        domain = super()._get_lead_to_assign_domain()
        return Domain(domain) & Domain("id", "not in", list(self._get_unassignable(domain)))

    def _get_unassignable(self, domain):
        """Return ``{lead_id: criterion_ids}``: who would be refused, and what they lack.

        :param domain: the leads that are to be assigned
        """
        lead_model = self.env["crm.lead"]
        if not lead_model._can_be_refused():
            return {}
        leads = lead_model.search(domain)._filter_convertible()
        verdict_by_lead = leads._judge_conversion([{}] * len(leads))
        return {id_: verdict.unmet for id_, verdict in verdict_by_lead.items()}

    def _action_assign_leads_logs(self, teams_data, members_data):
        logs = super()._action_assign_leads_logs(teams_data, members_data)
        # what Odoo would assign, of which ours above leaves out what is to be named here
        domain = super()._get_lead_to_assign_domain()  # pylint: disable=super-method-mismatch
        unmet_by_lead = self._get_unassignable(domain)
        leads = self.env["crm.lead"].browse(unmet_by_lead)
        names = leads._get_criterion_names({id_ for ids in unmet_by_lead.values() for id_ in ids})
        for unmet, alike in leads.grouped(lambda lead: unmet_by_lead[lead.id]).items():
            logs.append(
                self.env._(
                    "Not assigned, still missing %(missing)s: %(leads)s.",
                    missing=", ".join(name for id_, name in names.items() if id_ in unmet),
                    leads=", ".join(alike.mapped("name")),
                )
            )
        return logs
