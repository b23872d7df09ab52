import ast

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.orm.utils import parse_field_expr  # pylint: disable=odoo-addons-relative-import

# what Odoo raises when it meets a domain that it cannot work with
DOMAIN_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    UserError,
    ValueError,
    psycopg2.Error,
)

EQUALITY_OPERATORS = {"=", "!=", "in", "not in"}
NUMBER_TYPES = {"integer", "float", "monetary"}
X2MANY_TYPES = {"one2many", "many2many"}

# property types for which searching and evaluating agree, if the answer is given
SAFE_PROPERTY_TYPES = {"boolean", "char", "date", "datetime", "integer", "float", "selection"}

# leads on which a new criterion is tried, both ways
SAMPLE_SIZE = 200


class CrmQualificationCriterion(models.Model):
    """A criterion: a named yes/no question about a lead or opportunity.

    It is a domain over ``crm.lead``, met by the leads that it matches. It says the same
    for everybody: it is evaluated as the superuser, in ``en_US``, in the company's time
    zone (see ``crm.lead._in_canonical_env``). What would not is refused on saving.
    """

    _name = "crm.qualification.criterion"
    _description = "Qualification Criterion"
    _order = "framework_id, sequence, id"

    name = fields.Char(
        required=True, translate=True, help="Short and affirmative, such as “Budget confirmed”."
    )
    framework_id = fields.Many2one(
        "crm.qualification.framework", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    domain = fields.Char(
        string="Met by",
        required=True,
        default="[]",
        help="The criterion is met by the leads and opportunities that match this filter.",
    )
    weight = fields.Integer(
        default=10, help="How much the criterion counts in the qualification score."
    )
    guidance = fields.Text(
        translate=True, help="What a salesperson reads while the criterion is not met."
    )
    rule_ids = fields.One2many("crm.stage.rule", "criterion_id", string="Stage Rules")

    _check_weight = models.Constraint("CHECK (weight >= 0)", "A weight cannot be negative.")

    @api.model_create_multi
    def create(self, vals_list):
        criteria = super().create(vals_list)
        criteria._refresh_rules()
        return criteria

    def write(self, vals):
        result = super().write(vals)
        if not {"domain", "weight"}.isdisjoint(vals):
            self._refresh_rules()
        return result

    def unlink(self):
        result = super().unlink()
        self._refresh_rules()
        return result

    def _refresh_rules(self):
        """Drop what is cached of the rules, and let the forms follow the fields in use."""
        framework_model = self.env["crm.qualification.framework"]
        framework_model._clear_rulebook()
        lead_model = self.env["crm.lead"]
        if lead_model._qualification_depends() != self.env.registry.field_depends.get(
            lead_model._fields["is_qualified"]
        ):
            # as crm does when the fields of predictive lead scoring change
            self.env.flush_all()
            self.env.registry._setup_models__(self.env.cr, ["crm.lead"])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.rule_ids
        if used:
            raise UserError(
                self.env._(
                    "The criterion “%(criterion)s” is used by the stage rule “%(rule)s”. "
                    "Delete the rule first.",
                    criterion=used[0].criterion_id.name,
                    rule=used[0].display_name,
                )
            )

    # ------------------------------------------------------------------
    # The domain: parsing, checking, rewriting
    # ------------------------------------------------------------------

    @api.model
    def _parse_domain(self, text):
        """Return the :class:`Domain` that a text stands for, as it is evaluated.

        Forms on which searching and evaluating would differ are rewritten.

        :param str text: a Python literal; nothing in it is executed
        :raise DOMAIN_ERRORS: where it is none, or not a domain over ``crm.lead``
        """
        domain = Domain(ast.literal_eval((text or "").strip()))
        return self._rewrite(domain, self.env["crm.lead"])

    def _rewrite(self, domain, model):
        """Return an equal domain on which ``search`` and ``filtered_domain`` agree.

        Numbers that were never set count as zero both ways, and "is set" of a list of
        lines means that it has a line that is not archived.
        """

        def rewrite(condition):
            name, rest = parse_field_expr(condition.field_expr)
            field = model._fields[name]
            operator, value = condition.operator, condition.value
            if rest and field.relational:
                inner = self._rewrite(Domain(rest, operator, value), model.env[field.comodel_name])
                return Domain(name, "any", inner)
            if operator in ("any", "not any"):
                inner = self._rewrite(Domain(value), model.env[field.comodel_name])
                return Domain(name, operator, inner)
            if rest or operator not in EQUALITY_OPERATORS:
                return condition
            is_positive = operator in ("=", "in")
            values = list(value) if isinstance(value, list | tuple | set) else [value]
            if field.type in X2MANY_TYPES and values == [False]:
                return Domain(name, "not any" if is_positive else "any", Domain.TRUE)
            if field.type in NUMBER_TYPES and any(number == 0 for number in values):
                return Domain(name, "in" if is_positive else "not in", [*values, False, 0])
            return condition

        return domain.map_conditions(rewrite)

    @api.constrains("domain")
    def _check_domain(self):
        for criterion in self:
            criterion._check_one_domain()

    def _check_one_domain(self):
        """Check that the criterion says the same for everybody, and run it once.

        :raise ValidationError: says what is wrong and what to do
        """
        self.ensure_one()
        try:
            raw = Domain(ast.literal_eval((self.domain or "").strip()))
        except DOMAIN_ERRORS + (SyntaxError, MemoryError) as error:
            self._refuse(
                self.env._(
                    "it is not a plain filter. Use fields, operators and fixed values "
                    "(relative dates such as 'today +6m' are fine)"
                ),
                error,
            )
        if raw.is_true() or raw.is_false():
            self._refuse(self.env._("it has no condition. Add one"))
        self._check_conditions(raw, self.env["crm.lead"])
        self._try_both_ways()

    def _refuse(self, reason, cause=None):
        raise ValidationError(
            self.env._(
                "The criterion “%(criterion)s” cannot be saved: %(reason)s.",
                criterion=self.name,
                reason=reason,
            )
        ) from cause

    def _check_conditions(self, domain, model):
        for condition in domain.iter_conditions():
            self._check_condition(condition, model)

    def _check_condition(self, condition, model):
        name, rest = parse_field_expr(condition.field_expr)
        field = model._fields.get(name)
        if field is None:
            self._refuse(self.env._("there is no field “%s” to look at", condition.field_expr))
        label = field._description_string(self.env) or name
        if field.company_dependent or (
            {"uid", "company", "allowed_company_ids"}
            & set(self.env.registry.field_depends_context[field])
        ):
            self._refuse(self.env._("“%s” depends on who looks at it. Choose another field", label))
        if not field.store and not (field.related and field.search):
            self._refuse(
                self.env._(
                    "“%s” is worked out on the fly and not kept, so that it cannot be relied on "
                    "in a search. Choose another field",
                    label,
                )
            )
        if field.type == "properties":
            self._check_property(condition, rest, label)
        elif rest and field.relational:
            inner = Domain(rest, condition.operator, condition.value)
            self._check_conditions(inner, self.env[field.comodel_name])
        elif condition.operator in ("any", "not any") and field.relational:
            self._check_conditions(Domain(condition.value), self.env[field.comodel_name])
        elif field.type == "selection" and condition.operator in EQUALITY_OPERATORS:
            choices = field.get_values(self.env)
            self._check_choices(condition.value, choices, label)

    def _check_choices(self, value, choices, label):
        for choice in value if isinstance(value, list | tuple | set) else [value]:
            if choice is not False and choice not in choices:
                self._refuse(
                    self.env._(
                        "“%(value)s” is not one of the values of “%(field)s” (%(choices)s)",
                        value=choice,
                        field=label,
                        choices=", ".join(choices),
                    )
                )

    def _check_property(self, condition, property_name, label):
        definitions = [
            definition
            for team in self.env["crm.team"].sudo().with_context(active_test=False).search([])
            for definition in team.lead_properties_definition or []
            if definition["name"] == property_name
        ]
        if not definitions:
            self._refuse(
                self.env._(
                    "no sales team has a property “%(name)s” under “%(field)s”",
                    name=property_name,
                    field=label,
                )
            )
        kinds = {definition["type"] for definition in definitions}
        values = condition.value
        values = list(values) if isinstance(values, list | tuple | set) else [values]
        if (
            not kinds <= SAFE_PROPERTY_TYPES
            or condition.operator not in ("=", "in")
            or not all(values)
        ):
            self._refuse(
                self.env._(
                    "the property “%s” can only be compared with given values (equal to, "
                    "or one of), and not be a list or a link. Use a field for more",
                    definitions[0].get("string") or property_name,
                )
            )
        if kinds == {"selection"}:
            choices = [choice[0] for each in definitions for choice in each.get("selection") or []]
            self._check_choices(values, choices, definitions[0].get("string") or property_name)

    def _try_both_ways(self):
        """Run the domain once as a search and once on records: both have to agree."""
        lead_model = self.env["crm.lead"]._in_canonical_env()
        try:
            with self.env.cr.savepoint():
                domain = self._parse_domain(self.domain)
                sample = lead_model.browse(
                    lead_model._search(
                        [], order="id desc", limit=SAMPLE_SIZE, active_test=False
                    ).get_result_ids()
                )
                among_sample = Domain("id", "in", sample.ids)
                found = lead_model.browse(
                    lead_model._search(among_sample & domain, active_test=False).get_result_ids()
                )
                kept = sample.filtered_domain(domain)
        except DOMAIN_ERRORS as error:
            self._refuse(self.env._("Odoo cannot search for it (%s)", error), error)
        if found != kept and set(found.ids) != set(kept.ids):
            different = (found - kept) or (kept - found)
            self._refuse(
                self.env._(
                    "searching and looking at a record give different answers, for example "
                    "for “%s”. Put the condition another way",
                    different[0].display_name,
                )
            )

    def _get_used_fields(self):
        """Return the ``(model, field)`` names that the criterion looks at.

        :raise DOMAIN_ERRORS: where its domain cannot be read
        """
        lead_model = self.env["crm.lead"]
        used = set()
        for path in self._get_field_paths(self._parse_domain(self.domain), lead_model):
            model = lead_model
            for name in path.split("."):
                used.add((model._name, name))
                model = model.env.get(model._fields[name].comodel_name or "")
        return used

    @api.model
    def _get_field_paths(self, domain, model):
        """Return the stored fields that a domain reads, as dotted paths from ``model``.

        :param Domain domain: a domain over ``model``
        :rtype: set[str]
        """
        paths = set()
        for condition in domain.iter_conditions():
            name, rest = parse_field_expr(condition.field_expr)
            field = model._fields.get(name)
            if field is None or name == "id" or not (field.store or field.related):
                continue
            paths.add(name)
            inner = None
            if rest and field.relational:
                inner = Domain(rest, condition.operator, condition.value)
            elif condition.operator in ("any", "not any") and isinstance(
                condition.value, Domain | list | tuple
            ):
                inner = Domain(condition.value)
            if inner is not None:
                comodel = model.env[field.comodel_name]
                paths.update(f"{name}.{path}" for path in self._get_field_paths(inner, comodel))
        return paths
