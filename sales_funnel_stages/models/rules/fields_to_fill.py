from collections.abc import Collection

from odoo import api, models, tools

from ...names import MOVING_FIELDS, PLACE_FIELDS

# what moves a lead, or says under which rules it is, is no answer to a question
NO_ANSWERS = {*MOVING_FIELDS, *PLACE_FIELDS, "active"}
# operators of conditions that an empty field meets, unless they name that, or if they do
UNLESS_NAMED, IF_NAMED = ("!=", "not in", "not any", "not like", "not ilike"), ("=", "in")


def find_needed(domain):
    """Return the names of the fields without which a domain is not met, in whatever way.

    >>> from odoo.fields import Domain
    >>> sorted(find_needed(Domain("a", "=", 1) & (Domain("b", "=", 2) | Domain("b", ">", 3))))
    ['a', 'b']
    >>> find_needed(Domain("a", "=", 1) | Domain("b", "=", 2)), find_needed(Domain("a", "=", False))
    (set(), set())
    """
    children = getattr(domain, "children", ())
    if children:
        found = [find_needed(child) for child in children]
        return set.union(*found) if domain.OPERATOR == "&" else set.intersection(*found)
    # neither a constant nor a negation has any
    name = getattr(domain, "field_expr", "").partition(".")[0]
    return {name} if name and not _is_met_by_nothing(domain) else set()


def _is_met_by_nothing(condition):
    values = condition.value
    if isinstance(values, str) or not isinstance(values, Collection):
        values = [values]
    is_named = any(value is False for value in values)
    if condition.operator in UNLESS_NAMED:
        return not is_named
    return condition.operator in IF_NAMED and is_named


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

    @api.model
    @tools.ormcache("self.env['crm.rulebook']._get_version()")
    def _get_needed_by_criterion(self):
        """Return ``{criterion_id: names}`` of the fields without which each cannot be met."""
        criteria = self.env["crm.qualification.framework"]._get_criteria()
        return {
            id_: tuple(sorted(find_needed(domain))) for id_, (domain, _weight) in criteria.items()
        }
