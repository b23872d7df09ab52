from odoo import models
from odoo.tools.misc import clean_context

from ...tools.rulebook import CONVERSION
from ...tools.shipped_rules import find_gates, is_as_shipped


class CrmQualificationFramework(models.Model):
    """A shipped framework that nobody follows is a template: no rule of it names a stage."""

    _inherit = "crm.qualification.framework"

    def _prepare_stage_rules(self):
        """Return the values of the rules that a template is going to have, as they are foretold.

        :return: those of the rules that name a stage and are not there; none but of a template
        """
        self.ensure_one()
        if not self.is_template:
            return []
        made = {(rule.criterion_id.id, rule.stage_id.id) for rule in self.rule_ids}
        sequence = max(self.rule_ids.mapped("sequence"), default=0)
        return [
            {
                "framework_id": self.id,
                "criterion_id": rule.criterion_id,
                "stage_id": rule.gate,
                "tier": rule.tier,
                "sequence": sequence + place,
            }
            for place, rule in enumerate(self._get_rulebook().rules.get(self.id, ()), 1)
            if rule.gate != CONVERSION and (rule.criterion_id, rule.gate) not in made
        ]

    def _make_stage_rules(self):
        """Let templates be frameworks, with rules for the stages that there are."""
        vals_list = [vals for framework in self for vals in framework._prepare_stage_rules()]
        self.is_template = False
        # whoever chooses the same one at this moment waits, and then finds it made
        self.flush_recordset(["is_template"])
        # nothing that whoever chooses has in mind for other records
        env = self.env(context=clean_context(self.env.context))
        return env["crm.stage.rule"].create(vals_list)

    def _become_templates(self):
        """Take away the rules that name a stage, of those of these frameworks that are as shipped.

        What somebody has edited is kept, with all that belongs to it.
        """
        untouched = self.filtered(lambda framework: framework._is_as_shipped())
        untouched.rule_ids.filtered("stage_id").unlink()
        untouched.is_template = True

    def _is_as_shipped(self):
        """Return whether the rules that name a stage are as they were made."""
        self.ensure_one()
        name = self._get_shipped_names().get(self.id)
        rules = self.rule_ids.filtered("stage_id").sorted()
        if not name or any(rule.date_from for rule in rules):
            return False
        ends = {
            id_: end
            for (framework, end), id_ in self._get_shipped_criterion_ids().items()
            if framework == name
        }
        return is_as_shipped(
            name,
            [(ends.get(rule.criterion_id.id), rule.stage_id.id, rule.tier) for rule in rules],
            find_gates(self._get_rulebook()),
        )
