from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.editions import start_of_day
from ...tools.rulebook import RECOMMENDED, REQUIRED


class CrmStageRule(models.Model):
    """A stage rule: a criterion that is required, or recommended, from a gate on.

    The gate is the entry into a stage, or the conversion where no stage is given. A
    pipeline is cumulative: what a gate asks for, every later gate asks for too.
    """

    _name = "crm.stage.rule"
    _inherit = "crm.rulebook.mixin"
    _description = "Stage Rule"
    _order = "framework_id, sequence, id"

    _rulebook_fields = {
        "criterion_id",
        "date_from",
        "framework_id",
        "sequence",
        "stage_id",
        "tier",
    }
    _part_of_framework = "framework_id"

    framework_id = fields.Many2one(
        "crm.qualification.framework", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    criterion_id = fields.Many2one(
        "crm.qualification.criterion",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('framework_id', '=', framework_id)]",
    )
    stage_id = fields.Many2one(
        "crm.stage",
        string="To Enter",
        ondelete="restrict",
        index=True,
        domain="[('is_outside_pipeline', '=', False)]",
        help="The stage that asks for the criterion, and every later one with it. "
        "Leave empty for the conversion of a lead into an opportunity.",
    )
    tier = fields.Selection(
        [(REQUIRED, "Required"), (RECOMMENDED, "Recommended")],
        required=True,
        string="Importance",
        default=REQUIRED,
        help="Recommended: a strong sign, but not a condition.",
    )

    date_from = fields.Date(
        string="In Force From",
        help="The rule counts for moves made from this day on. Empty: it counts now.",
    )

    gate_name = fields.Char(string="Needed to", compute="_compute_gate_name")

    _criterion_gate_unique = models.UniqueIndex(
        "(framework_id, criterion_id, COALESCE(stage_id, 0))",
        "This criterion has a rule for that stage already.",
    )

    @api.depends("criterion_id.name", "stage_id.name")
    def _compute_display_name(self):
        for rule in self:
            values = {"criterion": rule.criterion_id.name, "stage": rule.stage_id.name}
            rule.display_name = bool(rule.criterion_id) and (
                self.env._("%(criterion)s to enter %(stage)s", **values)
                if rule.stage_id
                else self.env._("%(criterion)s to convert", **values)
            )

    @api.depends("stage_id.name")
    def _compute_gate_name(self):
        for rule in self:
            rule.gate_name = (
                self.env._("Enter %s", rule.stage_id.name)
                if rule.stage_id
                else self.env._("Become an opportunity")
            )

    @api.constrains("framework_id", "criterion_id")
    def _check_framework(self):
        for rule in self:
            if rule.criterion_id.framework_id != rule.framework_id:
                raise ValidationError(
                    self.env._(
                        "The criterion “%(criterion)s” belongs to the framework “%(other)s”. "
                        "Choose one of “%(framework)s”, or add it there.",
                        criterion=rule.criterion_id.name,
                        other=rule.criterion_id.framework_id.name,
                        framework=rule.framework_id.name,
                    )
                )

    @api.constrains("stage_id")
    def _check_stage(self):
        for rule in self:
            if rule.stage_id.is_outside_pipeline:
                raise ValidationError(
                    self.env._(
                        "The stage “%s” is outside the pipeline: it is free to enter and "
                        "cannot have rules.",
                        rule.stage_id.name,
                    )
                )

    def _move_to_stage(self, stage):
        """Let these rules ask for their criteria at another stage.

        Where it asks for one of them already, the stricter of the two rules is kept.
        """
        kept = {(rule.framework_id, rule.criterion_id): rule for rule in stage.rule_ids}
        spare = self.browse()
        for rule in self - stage.rule_ids:
            key = rule.framework_id, rule.criterion_id
            twins = [twin for twin in (kept.get(key), rule) if twin]
            kept[key] = max(twins, key=lambda twin: twin._get_strictness())
            spare += next((twin for twin in twins if twin != kept[key]), spare.browse())
        spare.unlink()
        (self - spare).stage_id = stage

    def _get_strictness(self):
        """Return what is larger the more a rule asks for: required, and the earlier."""
        self.ensure_one()
        return self.tier == REQUIRED, -(self.date_from.toordinal() if self.date_from else 0)

    def _get_start(self):
        """Return the moment at which the rule comes into force, in UTC; None: it always was.

        The day has to have begun in the framework's company; where all companies share the
        framework, in each of them, so that nobody is held back before their own date.
        """
        self.ensure_one()
        if not self.date_from:
            return None
        # sudo: it is the same moment for everybody, whatever companies they see
        rule = self.sudo()
        companies = rule.framework_id.company_id or rule.env["res.company"].search([])
        lead_model = self.env["crm.lead"]
        return start_of_day(
            self.date_from, {lead_model._get_time_zone(id_) for id_ in companies.ids}
        )
