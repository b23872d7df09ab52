from typing import NamedTuple

from odoo import api, models, tools

from .answered_criterion import ANSWER


class ShownCriterion(NamedTuple):
    """What is shown of a criterion, in one language."""

    id: int
    name: str
    guidance: str
    weight: int
    is_answered: bool


class CrmQualificationFramework(models.Model):
    """What is shown of criteria and stages, read once and kept in the registry: pages ask often."""

    _inherit = "crm.qualification.framework"

    @api.model
    @tools.ormcache("lang", "self.env['crm.rulebook']._get_version()")
    def _get_criteria_shown(self, lang):
        """Return ``{criterion_id: ShownCriterion}`` in a language, all of them in their order."""
        # sudo: whoever is under a rule may know what it asks for
        criteria = self.env["crm.qualification.criterion"].sudo().with_context(lang=lang)
        return {
            each.id: ShownCriterion(
                each.id, each.name, each.guidance or "", each.weight, each.check_by == ANSWER
            )
            for each in criteria.search([])
        }

    @api.model
    def _get_criterion_names(self, lang):
        """Return ``{criterion_id: name}`` of all criteria in a language, in their order."""
        return {id_: each.name for id_, each in self._get_criteria_shown(lang).items()}

    @api.model
    @tools.ormcache("lang", "self.env['crm.rulebook']._get_version()")
    def _get_stage_names(self, lang):
        """Return ``{stage_id: name}`` of all stages in a language."""
        # sudo: the name of a stage is no secret
        stages = self.env["crm.stage"].sudo().with_context(lang=lang, active_test=False)
        return {stage.id: stage.name for stage in stages.search([])}
