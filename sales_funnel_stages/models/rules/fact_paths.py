from odoo import api, models, tools
from odoo.fields import Domain
from odoo.orm.utils import parse_field_expr  # pylint: disable=odoo-addons-relative-import

ANSWERS = "qualification_answer_ids"


class CrmQualificationCriterion(models.Model):
    """What is looked at to tell whether a criterion is met, down to the values themselves."""

    _inherit = "crm.qualification.criterion"

    @api.model
    @tools.ormcache("self.env['crm.rulebook']._get_version()")
    def _get_fact_paths(self):
        """Return the paths from a lead to the values that decide each criterion in force.

        A path goes through many2one fields, and ends at a list of lines; what is answered on the
        lead ends at the number of its criterion, and a property at its name.

        :return: ``{criterion_id: {"name.name": (name, name)}}``
        """
        lead_model = self.env["crm.lead"]
        criteria = self.env["crm.qualification.framework"]._get_criteria()
        answered_ids = self._get_answered_ids()
        found = {}
        for id_, (domain, _weight) in criteria.items():
            paths = (
                [(ANSWERS, id_)]
                if id_ in answered_ids
                else self._find_fact_paths(domain, lead_model)
            )
            found[id_] = {".".join(map(str, path)): path for path in paths}
        return found

    @api.model
    def _find_fact_paths(self, domain, model):
        for condition in domain.iter_conditions():
            name, rest = parse_field_expr(condition.field_expr)
            field = model._fields[name]
            if field.type == "properties":
                yield (name, rest) if rest else (name,)
            elif field.type == "many2one" and isinstance(condition.value, Domain):
                inner = list(self._find_fact_paths(condition.value, model.env[field.comodel_name]))
                yield from ((name, *path) for path in inner or [()])
            elif name != "id":
                yield (name,)
