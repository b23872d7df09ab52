from odoo import models
from odoo.fields import Domain

from ....exceptions import StageRuleError
from ....tools.carried import Carried


class AssignmentReport(Carried):
    """What was left out of a lead assignment, and for what: ``{lead_id: criterion_ids}``."""

    def __init__(self):
        self.unmet_by_lead = {}

    def leave_out(self, refusals):
        """Note leads that were refused (see :class:`StageRuleError`)."""
        for refusal in refusals:
            self.unmet_by_lead[refusal["lead_id"]] = frozenset(refusal["criterion_ids"])


class CrmTeam(models.Model):
    """Lead assignment converts what qualifies, leaves the rest alone, and says so.

    Odoo's assignment converts one lead after the other and stops at the first error. It
    is mostly run by OdooBot, whom no rule holds back; this is for a manager who starts it.
    What can be foreseen to be refused is not tried; what is refused all the same, for what an
    automation does, is left out then.
    """

    _inherit = "crm.team"

    def action_assign_leads(self):
        teams = self.with_context(**AssignmentReport().context())
        return super(CrmTeam, teams).action_assign_leads()

    def _action_assign_leads(self, force_quota=False, creation_delta_days=7):
        # it works through what is there when it comes to it
        self.env["crm.lead"]._forget_where_found()
        return super()._action_assign_leads(
            force_quota=force_quota, creation_delta_days=creation_delta_days
        )

    def _get_lead_to_assign_domain(self):
        domain = super()._get_lead_to_assign_domain()
        return Domain(domain) & Domain("id", "not in", list(self._judge_to_assign(domain)))

    def _judge_to_assign(self, domain):
        """Return ``{lead_id: Verdict}`` of those who would be refused.

        :param domain: the leads that are to be assigned
        """
        lead_model = self.env["crm.lead"]
        if not lead_model._can_be_refused():
            return {}
        leads = lead_model.search(domain)._filter_convertible()
        return leads._judge_conversion([{}] * len(leads))

    def _allocate_leads_deduplicate(self, leads, duplicates_cache=None):
        try:
            with self.env["crm.lead"]._undone_if_refused():
                return super()._allocate_leads_deduplicate(leads, duplicates_cache)
        except StageRuleError:
            # what may not be merged comes to the team as it is
            alone = dict.fromkeys(leads, leads.browse())
            return super()._allocate_leads_deduplicate(leads, duplicates_cache=alone)

    def _assign_and_convert_leads(self, force_quota=False):
        result = super()._assign_and_convert_leads(force_quota)
        report = self.env["crm.lead"]._get_assignment_report()
        if report:
            for data in result.values():
                data["assigned"] -= data["assigned"].browse(report.unmet_by_lead)
        return result

    def _action_assign_leads_logs(self, teams_data, members_data):
        logs = super()._action_assign_leads_logs(teams_data, members_data)
        # what Odoo would assign, of which ours above leaves out what is to be named here
        domain = super()._get_lead_to_assign_domain()  # pylint: disable=super-method-mismatch
        report = self.env["crm.lead"]._get_assignment_report() or AssignmentReport()
        refused = self._judge_to_assign(domain)
        self.env["crm.lead"]._note_refusals(refused)
        unmet_by_lead = {
            **{id_: verdict.unmet for id_, verdict in refused.items()},
            **report.unmet_by_lead,
        }
        leads = self.env["crm.lead"].browse(unmet_by_lead)
        names = leads._get_criterion_names({id_ for ids in unmet_by_lead.values() for id_ in ids})
        for unmet, alike in leads.grouped(lambda lead: unmet_by_lead[lead.id]).items():
            logs.append(
                self.env._(
                    "Not assigned: %(leads)s. Not met: %(missing)s.",
                    missing=", ".join(name for id_, name in names.items() if id_ in unmet),
                    leads=", ".join(alike.mapped("name")),
                )
            )
        return logs


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _is_left_out_of_assignment(self, error):
        """Tell whether a lead assignment goes on without these, whose conversion was refused.

        It is noted in the assignment's report.

        :param error: the :class:`StageRuleError`
        """
        report = self._get_assignment_report()
        if not report or {each["lead_id"] for each in error.refusals} != set(self.ids):
            return False
        report.leave_out(error.refusals)
        return True

    def _get_assignment_report(self):
        """Return the :class:`AssignmentReport` of the assignment that runs, or None."""
        return AssignmentReport.of(self.env)
