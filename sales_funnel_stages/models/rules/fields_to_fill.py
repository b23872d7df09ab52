from odoo import api, models, tools

from ...names import MOVING_FIELDS, PLACE_FIELDS

# what moves a lead, or says under which rules it is, is no answer to a question
NO_ANSWERS = {*MOVING_FIELDS, *PLACE_FIELDS, "active"}


class CrmQualificationCriterion(models.Model):
    """The fields that somebody fills in to meet a criterion."""

    _inherit = "crm.qualification.criterion"

    def _get_fields_to_fill(self):
        """Return the fields of a lead that decide whether it meets each criterion.

        Only those that people can fill in, in the order in which the criterion asks for them;
        none of a criterion that is not in force. Kept in the registry's cache.

        :return: ``{criterion_id: (name of a field of crm.lead, …)}``
        """
        names_by_criterion = self._get_fields_to_fill_by_criterion()
        return {id_: names_by_criterion.get(id_, ()) for id_ in self.ids}

    @api.model
    @tools.ormcache("self.env['crm.rulebook']._get_version()")
    def _get_fields_to_fill_by_criterion(self):
        lead_model = self.env["crm.lead"]
        criteria = self.env["crm.qualification.framework"]._get_criteria()
        names_by_criterion = {}
        for id_, (domain, _weight) in criteria.items():
            names = dict.fromkeys(
                condition.field_expr.partition(".")[0] for condition in domain.iter_conditions()
            )
            names_by_criterion[id_] = tuple(
                name
                for name in names
                if name not in NO_ANSWERS and not lead_model._fields[name].readonly
            )
        return names_by_criterion
