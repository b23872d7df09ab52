from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.orm.utils import parse_field_expr  # pylint: disable=odoo-addons-relative-import
from odoo.tools import SQL, float_round
from odoo.tools.date_utils import parse_date

from ...tools import criterion_domain as tool
from ...tools.criterion_domain import UNKNOWN, UNUSABLE, Unreliable
from .criterion import DOMAIN_ERRORS

# problems that the database shows, besides those of tools.criterion_domain
SUSPENDED, CONSTANT, VIEWER, ARCHIVED, FOLDING, PROPERTY = (
    "suspended",
    "constant",
    "viewer",
    "archived",
    "folding",
    "property",
)

# the one field of properties whose definitions are known here: the teams' own
LEAD_PROPERTIES = "crm.lead.lead_properties"

# property types for which searching and evaluating agree, if the answer is given
PROPERTY_TYPES = {"boolean", "char", "float", "integer", "selection"}

# dates that are relative to today stay within what a date can be for long enough
FIRST_YEAR, LAST_YEAR = 1000, 9000


class CrmQualificationCriterion(models.Model):
    """The check of a criterion's domain: on saving, and when the rules are read.

    First whether it may be relied on as such: fields, operators and values on which
    searching and evaluating agree, whoever looks. Then it is run once, both ways.
    """

    _inherit = "crm.qualification.criterion"

    @api.constrains("domain", "is_suspended")
    def _check_domain(self):
        for criterion in self:
            if criterion.is_suspended or criterion._is_domain_to_derive():
                continue
            try:
                author = self.env["crm.lead"]._get_real_user()
                criterion._try_both_ways(criterion._read_checked_domain(author))
            except Unreliable as error:
                criterion._refuse(criterion._explain(error), error)
            except DOMAIN_ERRORS as error:
                criterion._refuse(self.env._("Odoo cannot search for it (%s)", error), error)

    def _refuse(self, reason, cause=None):
        raise ValidationError(
            self.env._(
                "The criterion “%(criterion)s” cannot be saved: %(reason)s.",
                criterion=self.name,
                reason=reason,
            )
        ) from cause

    def _read_domain_in_force(self):
        """Return the domain, as it is evaluated, of a criterion that may be evaluated.

        :raise DOMAIN_ERRORS: an :class:`Unreliable` where it may not
        """
        self.ensure_one()
        if self.is_suspended:
            raise Unreliable(SUSPENDED)
        return self._read_checked_domain()

    def _read_checked_domain(self, author=None):
        """Return the domain, as it is evaluated, of a criterion that says the same for all.

        :param author: the ``res.users`` who writes it, see ``_check_step``
        :raise DOMAIN_ERRORS: an :class:`Unreliable` where it does not
        """
        self.ensure_one()
        domain = self._parse_domain(self.domain)
        lead_model = self.env["crm.lead"]._in_canonical_env()
        self._check_conditions(domain, lead_model, author)
        outcome = domain.optimize_full(lead_model)
        if outcome.is_true() or outcome.is_false():
            raise Unreliable(CONSTANT)
        return domain

    def _check_conditions(self, domain, model, author, is_line=False):
        for condition in domain.iter_conditions():
            name, rest = parse_field_expr(condition.field_expr)
            field = model._fields[name]
            try:
                if is_line and name == model._active_name:
                    raise Unreliable(ARCHIVED)
                self._check_field(field, model, author)
                if isinstance(condition.value, Domain):
                    comodel = model.env[field.comodel_name]
                    is_line = field.type in tool.LINES_TYPES
                    self._check_conditions(condition.value, comodel, author, is_line)
                else:
                    self._check_values(condition, field, rest)
            except Unreliable as error:
                error.field = error.field or field
                raise

    def _check_field(self, field, model, author):
        """Check that a field says the same whoever looks at it, and wherever."""
        self._check_step(field, model, author)
        if field.company_dependent or (
            {"uid", "company", "allowed_company_ids"}
            & set(self.env.registry.field_depends_context[field])
        ):
            raise Unreliable(VIEWER)
        if field.type == "properties" and str(field) != LEAD_PROPERTIES:
            raise Unreliable(UNUSABLE)
        if field.store or str(field) in self.env["crm.lead"]._get_live_facts():
            return
        if not (field.related and field.search) or field.type in tool.LINES_TYPES:
            raise Unreliable(UNUSABLE)
        for name in field.related.split("."):
            self._check_field(model._fields[name], model, author)
            model = model.env.get(model._fields[name].comodel_name or "")

    def _check_values(self, condition, field, rest):
        """Check the values that a field is compared with, as far as the database tells."""
        operator, value = condition.operator, condition.value
        if field.type == "properties":
            self._check_property(value, rest)
        elif field.type == "selection":
            self._check_choices(value, field.get_values(self.env))
        elif field.type == "float":
            digits = field.get_digits(self.env)
            for number in value if isinstance(value, list) else [value]:
                if digits and number != float_round(number, precision_digits=digits[1]):
                    raise Unreliable(tool.VALUE, number)
        elif field.type in ("date", "datetime") and not rest:
            self._check_dates(value if isinstance(value, list) else [value])
        elif operator.endswith("ilike"):
            self._check_folding(value)

    def _check_choices(self, values, choices):
        for choice in values:
            if choice is not False and choice not in choices:
                raise Unreliable(tool.VALUE, choice)

    def _check_dates(self, values):
        for value in values:
            try:
                date = value and parse_date(value, self.env["crm.lead"]._in_canonical_env().env)
            except (ValueError, OverflowError) as error:
                raise Unreliable(tool.VALUE, value) from error
            if date and not FIRST_YEAR <= date.year <= LAST_YEAR:
                raise Unreliable(tool.VALUE, value)

    def _check_folding(self, pattern):
        """Check that the database knows as much as Python of upper and lower case."""
        lower, upper = pattern.lower(), pattern.upper()
        unaccent = self.env.registry.unaccent
        if upper.lower() == lower and not self.env.execute_query(
            SQL(
                "SELECT 1 WHERE %s ILIKE %s",
                unaccent(SQL("%s", upper)),
                unaccent(SQL("%s", lower)),
            )
        ):
            raise Unreliable(FOLDING, pattern)

    def _check_property(self, values, name):
        # sudo: a property counts whichever company's team defines it
        teams = self.env["crm.team"].sudo().with_context(active_test=False).search([])
        definitions = [
            definition
            for team in teams
            for definition in team.lead_properties_definition or []
            if definition["name"] == name
        ]
        if not definitions:
            raise Unreliable(UNKNOWN, name)
        if values == [False]:
            # whether it is set: of any type
            return
        for definition in definitions:
            if definition["type"] not in PROPERTY_TYPES:
                raise Unreliable(PROPERTY)
            tool.comparable(definition["type"], "in", values)
            if definition["type"] == "selection":
                self._check_choices(values, [each[0] for each in definition["selection"] or []])

    def _explain(self, error):
        """Return what is wrong with a domain, as the end of a sentence."""
        label = error.field and error.field._description_string(self.env)
        names = {"field": label or error.value, "value": error.value}
        return {
            **self._explain_path(names),
            **self._explain_trial(names),
            tool.SYNTAX: self.env._(
                "it is not a plain filter. Use fields, operators and fixed values "
                "(relative dates such as 'today +6m' are fine)"
            ),
            CONSTANT: self.env._("it says the same of every lead. Add a condition"),
            tool.SIZE: self.env._(
                "it is too long or too deeply nested. Make several criteria of it"
            ),
            tool.OPERATOR: self.env._("“%(field)s” does not go with “%(value)s”", **names),
            tool.VALUE: self.env._("“%(value)s” is not a value of “%(field)s”", **names),
            tool.PATTERN: self.env._(
                "“%(value)s” is not a text to look for in “%(field)s”. It needs a letter or "
                "digit, and neither a backslash nor a %% inside; where it has to match from "
                "the start, it ends with %%",
                **names,
            ),
            tool.NAME: self.env._(
                "“%(field)s” cannot be compared with a name. Choose records, or one of "
                "their fields",
                **names,
            ),
            UNKNOWN: self.env._("there is no field “%(value)s” to look at", **names),
            UNUSABLE: self.env._(
                "“%(field)s” cannot be relied on in a search: it is worked out on the fly, "
                "or of a kind that filters do not go with. Choose another field",
                **names,
            ),
            SUSPENDED: self.env._(
                "whoever wrote it may not read what it looks at. Somebody who may puts it in "
                "force again by clearing “Suspended”"
            ),
            VIEWER: self.env._(
                "“%(field)s” depends on who looks at it. Choose another field", **names
            ),
            ARCHIVED: self.env._("archived lines do not count: leave “%(field)s” out", **names),
            FOLDING: self.env._(
                "this database does not know which letters of “%(value)s” are the same in "
                "upper and lower case. Look for a part of it, or for its exact spelling",
                **names,
            ),
            PROPERTY: self.env._(
                "of this kind of property it can only be asked whether it is set: it is a date, "
                "a list or a link. Use a field for more"
            ),
        }[error.problem]
