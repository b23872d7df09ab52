from odoo import api, fields, models

from ...tools.rulebook import CONVERSION


class CrmQualificationFramework(models.Model):
    """A framework as a matrix, of its criteria and the gates of the company's own stages."""

    _inherit = "crm.qualification.framework"

    gates = fields.Json(
        compute="_compute_gates",
        help="The conversion and the stages of the pipeline, in order.",
    )
    # all that a template asks for: what is there, and what is made once it is followed
    template_rules = fields.Json(compute="_compute_template_rules")

    @api.depends_context("lang", "uid")
    def _compute_gates(self):
        pipeline = [stage for stage in self._get_rulebook().stages if not stage.is_outside]
        stages = self.env["crm.stage"].browse(stage.id for stage in pipeline)
        conversion = self.env._("Convert")
        gates = [
            {"id": CONVERSION, "name": conversion, "team_ids": [], "teams": ""},
            *(
                {
                    "id": stage.id,
                    "name": stage.name,
                    "team_ids": sorted(row.team_ids),
                    # some may be of other companies
                    "teams": ", ".join(stage.team_ids._filtered_access("read").mapped("name")),
                }
                for row, stage in zip(pipeline, stages, strict=True)
            ),
        ]
        for framework in self:
            framework.gates = gates

    @api.depends("is_template", "rule_ids", "criterion_ids")
    def _compute_template_rules(self):
        book = self._get_rulebook()
        for framework in self:
            rules = book.rules.get(framework._origin.id, ()) if framework.is_template else ()
            framework.template_rules = [
                {"criterion_id": rule.criterion_id, "gate": rule.gate, "tier": rule.tier}
                for rule in rules
            ]

    def action_customize(self):
        """Copy the framework and open the copy, to be changed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.copy().id,
            "views": [(False, "form")],
        }
