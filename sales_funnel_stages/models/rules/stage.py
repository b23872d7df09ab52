from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...exceptions import StageInUseError
from ...names import SALESPERSON_GROUP


class CrmStage(models.Model):
    _name = "crm.stage"
    _inherit = ["crm.stage", "crm.rulebook.mixin"]
    # the one order of stages, which ``crm.lead._stage_find`` has, too: Odoo's own goes by the
    # name next, and so by the language, where two have one sequence
    _order = "sequence, id"

    _rulebook_fields = {"fold", "is_outside_pipeline", "is_won", "name", "sequence", "team_ids"}

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
            # sudo: rules keep their stage in the pipeline whoever may read them
            rules = stage.sudo().rule_ids
            if stage.is_won:
                raise ValidationError(
                    self.env._(
                        "The stage “%s” is won: it cannot be outside the pipeline.", stage.name
                    )
                )
            if rules:
                raise ValidationError(
                    self.env._(
                        "The stage “%(stage)s” cannot leave the pipeline while stage rules need "
                        "it. Delete them first:\n%(rules)s",
                        stage=stage.name,
                        rules="\n".join(self._list_rules(rules)),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: what uses a stage holds it, whoever may read that
        rules = self.sudo().rule_ids
        leads = self.sudo()._list_leads()
        texts = [
            self.env._(
                "The stage “%(stage)s” cannot be deleted, since it is in use:\n%(uses)s",
                stage=stage.name,
                uses="\n".join([*self._list_rules(stage.rule_ids), *leads.get(stage, ())]),
            )
            for stage in self.sudo()
            if stage.rule_ids or stage in leads
        ]
        if rules:
            texts.append(self.env._("Delete the rules, or give them another stage, first."))
        if leads:
            texts.append(self.env._("Move the leads and opportunities to another stage first."))
        if rules:
            raise StageInUseError("\n\n".join(texts), self.ids)
        if leads:
            raise UserError("\n\n".join(texts))

    @api.model
    def _list_rules(self, rules):
        """Return a line for each framework that rules belong to, with all that they ask for."""
        return [
            self.env._(
                "- Stage rules of %(framework)s: %(criteria)s",
                framework=framework.name,
                criteria=", ".join(own.criterion_id.mapped("name")),
            )
            for framework, own in rules.sorted().grouped("framework_id").items()
        ]

    def _list_leads(self):
        """Return ``{stage: [a line that counts the leads in it]}`` of stages with leads."""
        counts = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            ._read_group([("stage_id", "in", self.ids)], ["stage_id"], ["__count"])
        )
        return {
            stage: [
                self.env._(
                    "- Leads and opportunities, archived ones included: %(number)s", number=n
                )
            ]
            for stage, n in counts
        }
