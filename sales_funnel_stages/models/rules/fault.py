from odoo import api, fields, models

from ...names import MANAGER_GROUP
from ...tools.criterion_domain import Unreliable
from ...tools.rulebook import ENFORCE, OFF
from .criterion import DOMAIN_ERRORS
from .criterion_paths import UNREADABLE


class CrmQualificationCriterion(models.Model):
    """A criterion that cannot be evaluated is not judged: moves pass, and their rows say so."""

    _inherit = "crm.qualification.criterion"

    fault = fields.Char(
        string="Not Judged",
        compute="_compute_fault",
        groups=MANAGER_GROUP,
        help="Why the criterion cannot be evaluated. Leads move as if nobody had asked for it, "
        "and their history says so.",
    )

    @api.depends("domain", "is_suspended")
    @api.depends_context("lang", "uid")
    def _compute_fault(self):
        working = self.env["crm.qualification.framework"]._get_criteria()
        for criterion in self:
            is_faulty = criterion._origin and criterion._origin.id not in working
            criterion.fault = is_faulty and criterion._origin._explain_fault()

    @api.model
    def _suspend_unreadable(self):
        """Suspend the criteria whose author may not read what they look at; for an update."""
        for criterion in self.search([("is_suspended", "=", False)]):
            try:
                criterion._read_checked_domain(criterion.write_uid or criterion.create_uid)
            except Unreliable as error:
                if error.problem == UNREADABLE:
                    criterion.is_suspended = True
            except DOMAIN_ERRORS + (SyntaxError,):
                continue  # broken already

    @api.model
    def _tell_not_judged(self):
        """Name the criteria that are not judged to the administrators, if there are any."""
        # read by whoever administers, in one language
        faulty = self.with_context(lang=self.env.ref("base.user_admin").lang).search([])
        faulty = faulty.filtered(lambda criterion: not criterion._is_standing())
        if faulty:
            note = faulty.env._(
                "These qualification criteria are not judged, and hold nothing back: %s",
                "; ".join(
                    f"{each.name} ({each.framework_id.name}): {each._explain_fault()}"
                    for each in faulty
                ),
            )
            faulty.framework_id._tell_administrators(note)

    def _explain_fault(self):
        """Return why this criterion cannot be evaluated, as the end of a sentence."""
        # sudo: whoever is under a rule may know why it is not judged
        try:
            self.sudo()._read_domain_in_force()
        except Unreliable as error:
            return self._explain(error)
        except DOMAIN_ERRORS + (SyntaxError,) as error:
            return self.env._("Odoo cannot search for it (%s)", error)
        # it was read before what was wrong with it was mended
        return self.env._("it is read again with the next change of the rules")


class CrmQualificationFramework(models.Model):
    _inherit = "crm.qualification.framework"

    @api.model
    def _get_fault_text(self, framework_id, policy):
        """Return what a policy does not judge, a line for each; empty: nothing.

        :param int framework_id: the framework that is followed, 0 for none
        """
        if policy == OFF:
            return ""
        if not framework_id:
            return policy == ENFORCE and self.env._(
                "No framework is followed: nothing is judged. Choose one."
            )
        faulty = self._get_rulebook().faulty.get(framework_id, ())
        # sudo: whoever is under a rule may know that it is not judged
        criteria = (
            self.env["crm.qualification.criterion"]
            .sudo()
            .browse({rule.criterion_id for rule in faulty})
        )
        return "\n".join(
            self.env._(
                "“%(criterion)s” is not judged: %(reason)s.",
                criterion=criterion.name,
                reason=criterion._explain_fault(),
            )
            for criterion in criteria.sorted()
        )


class CrmTeam(models.Model):
    _inherit = "crm.team"

    stage_rule_fault = fields.Text(
        string="Not Judged",
        compute="_compute_stage_rule_fault",
        groups=MANAGER_GROUP,
        help="What the stage rules of the team ask for and cannot be evaluated.",
    )

    @api.depends("framework_id", "stage_rule_policy", "company_id.qualification_framework_id")
    @api.depends_context("company", "lang")
    def _compute_stage_rule_fault(self):
        for team in self:
            framework = team._get_effective_framework()
            team.stage_rule_fault = framework._get_fault_text(
                framework._origin.id or 0, team.stage_rule_policy
            )


class ResCompany(models.Model):
    _inherit = "res.company"

    stage_rule_fault = fields.Text(
        string="Not Judged",
        compute="_compute_stage_rule_fault",
        groups=MANAGER_GROUP,
        help="What the stage rules of leads without a team ask for and cannot be evaluated.",
    )

    @api.depends("qualification_framework_id", "stage_rule_policy")
    @api.depends_context("lang")
    def _compute_stage_rule_fault(self):
        for company in self:
            framework = company.qualification_framework_id
            company.stage_rule_fault = framework._get_fault_text(
                framework.id or 0, company.stage_rule_policy
            )
