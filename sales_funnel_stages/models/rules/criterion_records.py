import logging
from functools import partial

from odoo import SUPERUSER_ID, api, models, tools
from odoo.fields import Domain
from odoo.orm.utils import parse_field_expr  # pylint: disable=odoo-addons-relative-import
from odoo.tools.safe_eval import safe_eval

from ...names import MANAGER_GROUP
from ...tools.criterion_domain import LINES_TYPES
from .criterion import DOMAIN_ERRORS
from .set_property import is_set

_logger = logging.getLogger(__name__)

# what record rules call the companies of whoever looks
COMPANIES = {"company_id", "company_ids"}


class CrmQualificationCriterion(models.Model):
    """Which records there are for a criterion, of those that its path leads to.

    Those that Odoo's own record rules show to a sales manager who looks through one company, the
    lead's, and is nobody's owner, follower or attendee: a criterion says the same for everybody.
    """

    _inherit = "crm.qualification.criterion"

    @api.model
    def _see_from(self, company_id, domain, model):
        """Return a domain for which only those records are there that a company sees.

        :param Domain domain: as ``_parse_domain`` returns it
        :param model: the model that it is over, in the canonical environment
        """
        return domain.map_conditions(partial(self._see_condition_from, company_id, model))

    def _see_condition_from(self, company_id, model, condition):
        name, _rest = parse_field_expr(condition.field_expr)
        field = model._fields[name]
        if field.type == "properties" and [*condition.value] == [False]:
            return is_set(condition)
        if not isinstance(condition.value, Domain):
            if field.related and not field.store:
                return self._see_related_from(company_id, model, field, condition)
            return condition
        comodel = model.env[field.comodel_name]
        seen = self._see_from(company_id, condition.value, comodel)
        if not self._is_part_of(field, comodel):
            seen &= self._get_visible_domain(comodel, company_id)
        return Domain(condition.field_expr, condition.operator, seen)

    def _see_related_from(self, company_id, model, field, condition):
        """As ``_see_condition_from``, of a field that shows one of another record."""
        hops, comodel = [], model
        for name in field.related.split(".")[:-1]:
            comodel = model.env[comodel._fields[name].comodel_name]
            hops.append((name, self._get_visible_domain(comodel, company_id)))
        if all(visible.is_true() for _name, visible in hops):
            return condition
        is_there = Domain.TRUE
        for name, visible in reversed(hops):
            is_there = Domain(name, "any", visible & is_there)
        # what is not there has no value
        operator, value = condition.operator, condition.value
        is_met_by_none = operator.startswith("not ") != (operator.endswith("in") and False in value)
        return (is_there & condition) | (~is_there & Domain(is_met_by_none))

    @api.model
    def _is_part_of(self, field, comodel):
        """Tell whether the records of a field belong to what has it: who sees it sees them."""
        return (
            getattr(comodel, "_is_part_of_lead", False)
            and field.type in LINES_TYPES
            and field.model_name == "crm.lead"
        )

    @api.model
    @tools.ormcache("model._name", "company_id", "self.env['crm.rulebook']._get_version()")
    def _get_visible_domain(self, model, company_id):
        """Return the domain of the records of a model that a company sees.

        Kept in the registry's cache, which Odoo empties when record rules change.

        :param model: in the canonical environment
        """
        # sudo: what is not there is so for everybody, whoever may read the rules
        rules = (
            self.env["ir.rule"]
            .sudo()
            .search([("model_id.model", "=", model._name), ("perm_read", "=", True)], order="id")
        )
        groups = self.env.ref(MANAGER_GROUP).sudo().all_implied_ids
        common = [self._evaluate_rule(rule, company_id) for rule in rules if not rule.groups]
        own = [self._evaluate_rule(rule, company_id) for rule in rules if rule.groups & groups]
        visible = Domain.AND([*common, Domain.OR(own) if own else Domain.TRUE])
        if self._is_separated(model, rules):
            visible &= Domain(model._check_company_domain(company_id or []))
        if getattr(model, "_is_part_of_lead", False):
            leads = self._get_visible_domain(model.env["crm.lead"], company_id)
            visible &= Domain("lead_id", "any", leads)
        return visible

    @api.model
    def _is_separated(self, model, rules):
        """Tell whether records belong to companies, though no record rule says so."""
        field = model._fields.get("company_id")
        return (
            bool(field and field.store and field.comodel_name == "res.company")
            and self._has_companies()
            and not any(COMPANIES & self._get_names(rule) for rule in rules)
        )

    @api.model
    def _evaluate_rule(self, rule, company_id):
        """Return the domain that a record rule is for whoever looks through a company."""
        if not self._has_companies() and COMPANIES & self._get_names(rule):
            # what there is belongs to the one company
            return Domain.TRUE
        context = {
            **rule.with_user(SUPERUSER_ID)._eval_context(),
            "company_ids": [company_id] if company_id else [],
            "company_id": company_id or False,
        }
        try:
            return Domain(safe_eval(rule.domain_force, context) if rule.domain_force else [])
        except DOMAIN_ERRORS as error:
            _logger.error("The record rule %r cannot be evaluated: %s", rule.name, error)
            return Domain.FALSE

    @api.model
    def _get_names(self, rule):
        """Return the names that the domain of a record rule uses."""
        try:
            return set(compile(rule.domain_force or "[]", "", "eval").co_names)
        except SyntaxError:
            return set()

    @api.model
    @tools.ormcache("self.env['crm.rulebook']._get_version()")
    def _has_companies(self):
        """Tell whether there is more than one company whose records could be kept apart."""
        # sudo: how many there are is so for everybody; archived ones have records, too
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        return companies.search_count([], limit=2) > 1
