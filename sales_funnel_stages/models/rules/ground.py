from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ...tools.rulebook import ENFORCE
from .criterion import DOMAIN_ERRORS


class CrmQualificationCriterion(models.Model):
    """What a criterion stands on is not taken away by somebody who knows nothing of it."""

    _inherit = "crm.qualification.criterion"

    @api.model
    @contextmanager
    def _standing(self, names):
        """Refuse what is done meanwhile, if a criterion cannot be evaluated any more after it.

        :param names: ``(model, field)`` pairs; only of criteria that look at one of them
        :raise UserError: names the criteria, and their rules
        """
        # sudo: a criterion needs its ground whoever may read it
        standing = [
            criterion
            for criterion in self.sudo().search([])
            if criterion._is_standing() and not names.isdisjoint(criterion._get_used_fields())
        ]
        yield
        fallen = self.browse(each.id for each in standing if not each._is_standing())
        if fallen:
            raise UserError(
                self.env._(
                    "These criteria could not be evaluated any more. Change them first:\n%s",
                    "\n".join(fallen.sudo()._list_with_rules()),
                )
            )

    def _is_standing(self):
        try:
            self._read_domain_in_force()
        except DOMAIN_ERRORS + (SyntaxError,):
            return False
        return True

    def _list_with_rules(self):
        """Return a line for each of these criteria, with its framework and its stage rules."""
        return [
            self.env._(
                "- “%(criterion)s” of “%(framework)s”: %(rules)s",
                criterion=criterion.name,
                framework=criterion.framework_id.name,
                rules=", ".join(criterion.rule_ids.mapped("gate_name"))
                or self.env._("no stage rule"),
            )
            for criterion in self
        ]


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def _kept_while_written(self, vals):
        if "lead_properties_definition" not in vals:
            return super()._kept_while_written(vals)
        return self.env["crm.qualification.criterion"]._standing({("crm.lead", "lead_properties")})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_properties_used(self):
        # writing says whether a criterion stands without
        self.filtered("lead_properties_definition").lead_properties_definition = []

    @api.constrains("company_id", "framework_id", "stage_rule_policy")
    def _check_enforced_framework(self):
        for team in self:
            if team.stage_rule_policy == ENFORCE and not team._get_effective_framework():
                raise ValidationError(
                    self.env._(
                        "“%s” enforces its stage rules, but follows no framework. "
                        "Choose one, or another policy.",
                        team.name,
                    )
                )


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.constrains("qualification_framework_id", "stage_rule_policy")
    def _check_enforced_framework(self):
        bare = self.filtered(lambda company: not company.qualification_framework_id)
        if not bare:
            return
        # sudo: a framework may be followed by teams that the user does not see
        teams = (
            self.env["crm.team"]
            .sudo()
            .search(
                [
                    # those of all companies follow the framework of each lead's
                    ("company_id", "in", [*bare.ids, False]),
                    ("framework_id", "=", False),
                    ("stage_rule_policy", "=", ENFORCE),
                ]
            )
        )
        enforcing = teams[:1] or bare.filtered(lambda each: each.stage_rule_policy == ENFORCE)[:1]
        if enforcing:
            raise ValidationError(
                self.env._(
                    "“%s” enforces the stage rules of its company's framework. Choose a "
                    "framework, or another policy there first.",
                    enforcing.name,
                )
            )
