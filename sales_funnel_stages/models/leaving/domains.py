import ast
import re

from odoo.fields import Domain
from odoo.orm.domains import DomainCondition, DomainNary, DomainNot

from .python import reads
from .use import NOTHING, Use, safely, stored_models

# What fields with a domain are called, in Odoo and in addons; of what is in them, the text decides.
IS_DOMAIN = re.compile("domain|filter")
# Fields by which records with a domain say which model it is about.
MODEL_FIELDS = (
    "model_id",
    "model_name",
    "res_model",
    "resource",
    "model",
    "mailing_model_real",
    "mailing_model_id",
    "alias_model_id",
    "res_model_id",
)
# What shows things has a remedy of its own, and so has what acts.
SPECIAL = (
    "ir.filters",
    "ir.actions.act_window",
    "ir.embedded.actions",
    "base.automation",
    "ir.actions.server",
    "ir.cron",
)
# what Odoo knows about models, rather than what somebody asks of their records
ABOUT = re.compile(r"^ir\.model")
MATCHES_NOTHING = str(list(Domain.FALSE))
SUBDOMAIN = ("any", "not any")


class Source(str):
    """The Python of a value in a domain, which is written as it is."""

    def __repr__(self):
        return str(self)


def parsed(text):
    """→ the Domain of a text, whose values are :class:`Source`; None: it is no plain domain."""
    try:
        node = ast.parse((text or "").strip(), mode="eval").body
    except SyntaxError:
        return None
    if not isinstance(node, ast.List | ast.Tuple):
        return None
    try:
        return Domain([_item(each) for each in node.elts])
    except (TypeError, ValueError):
        return None


def _item(node):
    if isinstance(node, ast.Constant):
        return node.value
    if not isinstance(node, ast.List | ast.Tuple) or len(node.elts) != 3:
        raise ValueError(ast.unparse(node))
    left, operator, right = node.elts
    if not isinstance(left, ast.Constant) or not isinstance(operator, ast.Constant):
        raise ValueError(ast.unparse(node))
    # (1, "=", 1) and (0, "=", 1) are themselves
    value = Source(ast.unparse(right)) if isinstance(left.value, str) else right.value
    return (left.value, operator.value, value)


def condition_goes(going, model, condition):
    """→ whether a condition of a domain is about what goes."""
    if going.path_goes(model, condition.field_expr):
        return True
    if condition.operator in SUBDOMAIN:
        inner = model
        for name in condition.field_expr.split("."):
            inner = going.comodel(inner, name) if inner else None
        return domain_goes(going, inner, condition.value)
    return going.mentions(condition.value) and reads(
        going, condition.value, None, {"user": "res.users"}, mode="eval", has_texts=False
    )


def domain_goes(going, model, text):
    """Whether a domain uses what goes.

    :param model: name of the model that it is about; None where that is not known
    """
    if not going.mentions(text):
        return False
    domain = parsed(text)
    if domain is None:
        return reads(going, text, model, mode="eval")
    return any(condition_goes(going, model, each) for each in domain.iter_conditions())


def freed_domain(going, model, text):
    """→ the text of a domain without its conditions on what goes; None: that cannot be told."""
    domain = parsed(text)
    if domain is None:
        return None
    freed = _without(domain, lambda each: condition_goes(going, model, each))
    return repr(list(freed)) if freed is not None else "[]"


def _without(domain, goes):
    """→ a Domain without some of its conditions; None if nothing is left."""
    if isinstance(domain, DomainNary):
        kept = [_without(each, goes) for each in domain.children]
        kept = [each for each in kept if each is not None]
        return type(domain).apply(kept) if kept else None
    if isinstance(domain, DomainNot):
        kept = _without(domain.child, goes)
        return None if kept is None else ~kept
    return None if isinstance(domain, DomainCondition) and goes(domain) else domain


def model_about(record):
    """→ the name of the model that a record's domain is about, or None."""
    for name in MODEL_FIELDS:
        value = record[name] if name in record._fields else None
        if isinstance(value, str) and value in record.env:
            return value
        if value and getattr(value, "_name", "") == "ir.model":
            return value.model
    return None


def find_domains(going):
    """Yield the :class:`Use` of each record with a domain, on any model, that decides something.

    With a term less it would decide on more; so it matches nothing.
    """
    for model in stored_models(going.env):
        if model._name in SPECIAL or model._name in going.models or ABOUT.match(model._name):
            continue
        for name, field in model._fields.items():
            if field.type in ("char", "text") and IS_DOMAIN.search(name) and _is_kept(field):
                yield from _with_domain(going, model, name)


def _is_kept(field):
    """→ whether a field has what somebody has written."""
    return field.store and field.column_type and (not field.compute or not field.readonly)


def _with_domain(going, model, name):
    if going.member_goes(model._name, name):
        return

    def used(record):
        if domain_goes(going, model_about(record), record[name]):
            yield Use(record, NOTHING, {name: MATCHES_NOTHING})

    records = model.search([(name, "not in", [False, "", "[]"])])
    yield from safely(used, records - going.goes(records))
