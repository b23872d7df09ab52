import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.orm.utils import parse_field_expr  # pylint: disable=odoo-addons-relative-import

from ...tools import criterion_domain as tool
from ...tools.criterion_domain import UNKNOWN, UNUSABLE, Unreliable

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


class CrmQualificationCriterion(models.Model):
    """A criterion: a named yes/no question about a lead or opportunity.

    It is a domain over ``crm.lead``, met by the leads that it matches. It says the same
    for everybody: it is evaluated as the superuser, in ``en_US``, in the company's time
    zone (see ``crm.lead._in_canonical_env``). What would not is refused on saving.
    """

    _name = "crm.qualification.criterion"
    _inherit = "crm.rulebook.mixin"
    _description = "Qualification Criterion"
    _order = "framework_id, sequence, id"

    _rulebook_fields = {
        "answer_validity",
        "answer_validity_unit",
        "check_by",
        "domain",
        "framework_id",
        "is_suspended",
        "is_undisclosed_met",
        "name",
        "sequence",
        "weight",
    }
    _shown_fields = {"guidance"}
    _part_of_framework = "framework_id"

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
    is_suspended = fields.Boolean(
        string="Suspended",
        copy=False,
        help="It is not judged, since whoever wrote the filter may not read what it looks at. "
        "Somebody who may puts it in force again by clearing this.",
    )
    weight = fields.Integer(
        default=10, help="How much the criterion counts in the qualification score."
    )
    guidance = fields.Text(
        translate=True, help="What a salesperson reads while the criterion is not met."
    )
    rule_ids = fields.One2many("crm.stage.rule", "criterion_id", string="Stage Rules")

    _check_weight = models.Constraint("CHECK (weight >= 0)", "A weight cannot be negative.")
    # in all languages together
    _check_name_length = models.Constraint(
        "CHECK (length(name::text) <= 20000)", "This name is too long."
    )

    @api.constrains("framework_id")
    def _check_framework(self):
        self.rule_ids._check_framework()

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
    # Reading the domain
    # ------------------------------------------------------------------

    @api.model
    def _parse_domain(self, text):
        """Return the :class:`Domain` that a text stands for, as it is evaluated.

        Forms on which searching and evaluating would differ are rewritten or refused (see
        ``tools.criterion_domain``). Reads nothing from the database.

        :param str text: a Python literal; nothing in it is executed
        :raise DOMAIN_ERRORS: where it is none, or not a domain over ``crm.lead``
        """
        return self._rewrite(Domain(tool.read_domain(text)), self.env["crm.lead"])

    def _rewrite(self, domain, model):
        return domain.map_conditions(lambda condition: self._rewrite_condition(condition, model))

    def _rewrite_condition(self, condition, model):
        name, rest = parse_field_expr(condition.field_expr)
        operator, value = condition.operator, condition.value
        field = model._fields.get(name)
        if field is None:
            raise Unreliable(UNKNOWN, condition.field_expr)
        try:
            if field.relational and (rest or operator in tool.RELATIONAL):
                inner = Domain(rest, operator, value) if rest else Domain(value)
                inner = self._rewrite(inner, model.env[field.comodel_name])
                return Domain(name, "any" if rest else operator, inner)
            operator, value = tool.comparable(self._get_type(field, rest), operator, value)
        except Unreliable as error:
            error.field = error.field or field
            raise
        if field.type in tool.LINES_TYPES:
            return self._rewrite_lines(name, operator, value)
        return Domain(condition.field_expr, operator, value)

    def _get_type(self, field, rest):
        """Return as what ``tools.criterion_domain`` knows a field, or a part of it."""
        if rest and field.type in ("date", "datetime") and rest in tool.DATE_PARTS:
            return "date_part"
        if rest and field.type == "properties":
            return "property"
        if rest or field.type not in tool.OPERATORS_BY_TYPE:
            raise Unreliable(UNKNOWN, f"{field.name}.{rest}") if rest else Unreliable(UNUSABLE)
        return "id" if field.name == "id" else field.type

    def _rewrite_lines(self, name, operator, ids):
        """Compare a list of lines by those that are not archived, both ways."""
        given = [id_ for id_ in ids if id_ is not False]
        parts = [Domain(name, "any", Domain("id", "in", given))] if given else []
        if False in ids:
            parts.append(Domain(name, "not any", Domain.TRUE))
        return Domain.OR(parts) if operator == "in" else ~Domain.OR(parts)

    # ------------------------------------------------------------------
    # The fields in use
    # ------------------------------------------------------------------

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
        """Return the fields that a domain reads, as dotted paths from ``model``.

        :param Domain domain: a domain over ``model``, as ``_parse_domain`` returns it
        :rtype: set[str]
        """
        paths = set()
        for condition in domain.iter_conditions():
            name, _rest = parse_field_expr(condition.field_expr)
            if name == "id":
                continue
            paths.add(name)
            if isinstance(condition.value, Domain):
                comodel = model.env[model._fields[name].comodel_name]
                inner = self._get_field_paths(condition.value, comodel)
                if comodel._active_name and model._fields[name].type in tool.LINES_TYPES:
                    # archived lines do not count
                    inner.add(comodel._active_name)
                paths.update(f"{name}.{path}" for path in inner)
        return paths
