from odoo import api, fields, models

from ...tools.rulebook import CONVERSION, Rule
from ...tools.shipped_rules import SHIPPED_RULES, find_gates, make_rules

ADDON = "sales_funnel_stages"


class CrmQualificationFramework(models.Model):
    """The frameworks that come with the addon, and the rules that they are templates of."""

    _inherit = "crm.qualification.framework"

    is_template = fields.Boolean(
        string="Template",
        readonly=True,
        copy=False,
        help="It came with the addon, and nobody follows it: its rules that name a stage are "
        "made once somebody does.",
    )

    @api.model
    def _get_shipped_names(self):
        """Return ``{id: name}`` of the frameworks that came with the addon and are still there.

        The names are keys of ``SHIPPED_RULES``.
        """
        ids = self._get_data_ids(self._name)
        names = {ids.get(f"framework_{name}"): name for name in SHIPPED_RULES}
        return {id_: name for id_, name in names.items() if id_}

    @api.model
    def _get_shipped_criterion_ids(self):
        """Return ``{(name of a framework, end of an XML id): id}``; None of what is gone."""
        ids = self._get_data_ids("crm.qualification.criterion")
        return {
            (name, end): ids.get(f"criterion_{name}_{end}")
            for name, asked in SHIPPED_RULES.items()
            for ends in asked.values()
            for end in ends
        }

    @api.model
    def _get_data_ids(self, model):
        # sudo: what came with the addon is the same for everybody
        data = (
            self.env["ir.model.data"]
            .sudo()
            .search_fetch([("module", "=", ADDON), ("model", "=", model)], ["name", "res_id"])
        )
        return {each.name: each.res_id for each in data}

    @api.model
    def _get_template_rules(self, book):
        """Return the rules that templates are going to have: ``[(framework_id, Rule)]``.

        :param Rulebook book: the stages and teams that there are
        """
        # sudo: they are the same for everybody, whatever they may read
        templates = self.sudo().search([("is_template", "=", True)])
        if not templates:
            return []
        gates, names = find_gates(book), self._get_shipped_names()
        criterion_ids = self._get_shipped_criterion_ids()
        return [
            (framework.id, Rule(criterion_ids[name, end], gate, tier))
            for framework in templates
            if (name := names.get(framework.id))
            for end, gate, tier in make_rules(name, gates)
            # those of the conversion are there, or were deleted; so may be a criterion
            if gate != CONVERSION and criterion_ids[name, end] in framework.criterion_ids.ids
        ]
