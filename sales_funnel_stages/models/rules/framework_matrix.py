from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.rulebook import CONVERSION, RECOMMENDED, REQUIRED


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


class CrmQualificationCriterion(models.Model):
    """A row of the matrix, which can be filled in before the criterion is saved."""

    _inherit = "crm.qualification.criterion"

    # of a criterion that has no id yet there can be no rule
    new_tiers = fields.Json(
        compute="_compute_new_tiers",
        inverse="_inverse_new_tiers",
        copy=False,
        exportable=False,
        help="Which stage rules it gets as soon as it is saved: a tier for each stage, by its id; "
        "0 is the conversion.",
    )

    def _compute_new_tiers(self):
        self.new_tiers = False

    def _inverse_new_tiers(self):
        vals_list = []
        for criterion in self.filtered("new_tiers"):
            made = {rule.stage_id.id or CONVERSION for rule in criterion.rule_ids}
            vals_list += [
                {
                    "framework_id": criterion.framework_id.id,
                    "criterion_id": criterion.id,
                    "stage_id": gate or False,
                    "tier": tier,
                }
                for gate, tier in criterion._read_new_tiers().items()
                if gate not in made
            ]
        self.env["crm.stage.rule"].create(vals_list)

    def _read_new_tiers(self):
        """Return ``{gate: tier}``.

        :raise UserError: where a client has given something else
        """
        given = self.new_tiers if isinstance(self.new_tiers, dict) else {"": None}
        # sudo: which stages there are is no secret
        gates = {
            str(gate): gate for gate in [CONVERSION, *self.env["crm.stage"].sudo().search([]).ids]
        }
        is_read = all(
            gate in gates and tier in (REQUIRED, RECOMMENDED) for gate, tier in given.items()
        )
        if not is_read:
            raise UserError(
                self.env._("Say from which stage on “%s” is required or recommended.", self.name)
            )
        return {gates[gate]: tier for gate, tier in given.items()}
