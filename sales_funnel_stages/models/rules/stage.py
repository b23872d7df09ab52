from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...names import SALESPERSON_GROUP


class CrmStage(models.Model):
    _name = "crm.stage"
    _inherit = ["crm.stage", "crm.rulebook.mixin"]

    is_outside_pipeline = fields.Boolean(
        string="Outside the Pipeline",
        prefetch="stage_rules",
        help="A place to park opportunities, such as “On hold”: free to enter, without "
        "stage rules, and not counted as a step.",
    )
    rule_ids = fields.One2many(
        "crm.stage.rule",
        "stage_id",
        string="Stage Rules",
        # everybody in the company may read a stage, and the rules only who works with leads
        groups=SALESPERSON_GROUP,
    )

    @api.constrains("is_outside_pipeline", "is_won")
    def _check_outside_pipeline(self):
        for stage in self.filtered("is_outside_pipeline"):
            # sudo: a rule keeps its stage in the pipeline whoever may read it
            rule = stage.sudo().rule_ids[:1]
            if stage.is_won:
                raise ValidationError(
                    self.env._(
                        "The stage “%s” is won: it cannot be outside the pipeline.", stage.name
                    )
                )
            if rule:
                raise ValidationError(
                    self.env._(
                        "The stage “%(stage)s” cannot leave the pipeline while the stage rule "
                        "“%(rule)s” needs it. Delete the rule first.",
                        stage=stage.name,
                        rule=rule.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: a rule keeps its stage whoever may read it
        rule = self.sudo().rule_ids[:1]
        if rule:
            raise UserError(
                self.env._(
                    "The stage “%(stage)s” is used by the stage rule “%(rule)s” of the framework "
                    "“%(framework)s”. Delete the rule, or give it another stage, first.",
                    stage=rule.stage_id.name,
                    rule=rule.display_name,
                    framework=rule.framework_id.name,
                )
            )
