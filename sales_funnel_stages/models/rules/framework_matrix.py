from odoo import api, fields, models

from ...tools.rulebook import CONVERSION


class CrmQualificationFramework(models.Model):
    """A framework as a matrix, of its criteria and the gates of the company's own stages."""

    _inherit = "crm.qualification.framework"

    gates = fields.Json(
        compute="_compute_gates",
        help="The conversion and the stages of the pipeline, in order.",
    )

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

    def action_customize(self):
        """Copy the framework and open the copy, to be changed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.copy().id,
            "views": [(False, "form")],
        }
