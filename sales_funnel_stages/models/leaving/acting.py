import html
import re
from functools import partial

from odoo.fields import Command
from odoo.tools import html2plaintext

from .domains import domain_goes
from .python import reads
from .use import DEACTIVATED, DELETED, KEPT, Use, all_of, safely, stored_models

# names by which code of actions, and templates, know records
RECORDS = ("record", "records", "model", "object", "self", "doc", "docs", "o")
INLINE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
DIRECTIVE = re.compile(r"""\bt-[\w-]+=(?:"([^"]*)"|'([^']*)')""")
FIELDS = ("ir.model.fields", "ir.model.fields.selection")
# what Odoo knows about fields, rather than what somebody has made act on them
ABOUT_FIELDS = re.compile(r"^(ir\.model|ir\.default$|mail\.tracking)")
# what acts, and is looked at as a whole
ACTING = ("base.automation", "ir.actions.server", "ir.cron")


def find_acting(going):
    """Yield the :class:`Use` of all that acts: on what goes, or by something that does."""
    acting = {
        *_using(all_of(going.env, "ir.actions.server"), going, _server_goes),
        *_using(all_of(going.env, "base.automation"), going, _automation_goes),
        *_using(_templates(going), going, _template_goes),
    }
    servers = all_of(going.env, "ir.actions.server")[0]
    for record in sorted(_with_users(acting, servers), key=lambda each: (each._name, each.id)):
        if "active" not in record._fields or record.active:
            values = _switched_off(record)
            yield Use(record, DEACTIVATED if values else KEPT, values)
    yield from safely(partial(_computed, going), _fields_of_somebody(going))
    yield from _pointing(going)


def _using(recordsets, going, uses):
    """→ a set of those of records of which ``uses(going, record)`` is true."""

    def used(record):
        if uses(going, record):
            yield record

    return {each for records in recordsets for each in safely(used, records - going.goes(records))}


def _server_goes(going, action):
    model = action.model_id.model
    return (
        (action.state == "code" and _code_goes(going, action.code, model))
        or (action.state == "object_write" and _write_goes(going, action, model))
        or action.crud_model_id.model in going.models
        or _points_at_going(going, action)
    )


def _write_goes(going, action, model):
    return going.path_goes(model, action.update_path) or (
        action.evaluation_type == "equation" and _code_goes(going, action.value, model)
    )


def _code_goes(going, code, model):
    return going.mentions(code) and reads(going, code, model, dict.fromkeys(RECORDS, model))


def _automation_goes(going, automation):
    model = automation.model_id.model
    return (
        domain_goes(going, model, automation.filter_domain)
        or domain_goes(going, model, automation.filter_pre_domain)
        or _code_goes(going, automation.record_getter, model)
        or _points_at_going(going, automation)
    )


def _points_at_going(going, record):
    return any(
        bool(going.goes(record[name]))
        for name, field in record._fields.items()
        if field.store and field.comodel_name in FIELDS and field.type != "one2many"
    )


def _templates(going):
    """→ recordsets of all templates: of mails, text messages, mailings."""
    return [model.search([]) for model in stored_models(going.env) if "render_model" in model]


def _template_goes(going, record):
    texts = [
        record[name]
        for name, field in record._fields.items()
        if field.store and field.type in ("char", "text", "html")
    ]
    models = dict.fromkeys(RECORDS, record.render_model)
    return any(
        reads(going, expression, record.render_model, models)
        for text in texts
        if going.mentions(text)
        for expression in _expressions(text)
    )


def _expressions(text):
    """→ the Python in a template, inline or in attributes."""
    found = [each.split("|||")[0] for each in INLINE.findall(text)]
    found += ["".join(each) for each in DIRECTIVE.findall(text)]
    return [html.unescape(each) for each in found]


def _with_users(acting, servers):
    """Add what acts by what acts: parent actions, automation rules, those that send a template."""
    owners = {"parent_id", "base_automation_id"} & servers._fields.keys()
    used = [
        name
        for name, field in servers._fields.items()
        if field.store and field.type == "many2one" and name not in owners
    ]
    found, size = set(acting), -1
    while size < len(found):
        size = len(found)
        found.update(each for each in servers if any(each[name] in found for name in used))
        for action in servers.filtered(lambda each: each in found):
            found.update(action[name] for name in owners if action[name])
            found.update(action.ir_cron_ids)
    return found


def _switched_off(record):
    """→ the values with which a record does nothing any more; none if there are no such."""
    if record._name == "ir.actions.server":
        return _without_effect(record)
    return {"active": False} if "active" in record._fields else {}


def _without_effect(action):
    """What makes a server action do nothing, wherever it is called from: it has no *active*.

    What it did can be read in its code, as a comment.
    """
    told = action.code if action.state == "code" else action.name
    if action.state == "object_write":
        told = f"{action.update_path} = {action.value or html2plaintext(action.html_value or '')}"
    return {
        "state": "code",
        "code": _commented(told),
        "update_path": False,
        "binding_model_id": False,
        "selection_value": False,
        "link_field_id": False,
        "webhook_field_ids": [Command.clear()],
    }


def _commented(code):
    return "\n".join(f"# {line}" for line in (code or "").splitlines())


def _fields_of_somebody(going):
    """→ fields with Python of somebody's, but for those that Odoo deletes with what they name."""
    fields = going.env["ir.model.fields"].search(
        [("state", "=", "manual"), ("compute", "!=", False)]
    )
    return fields.filtered(lambda each: (each.model, each.name) not in going.manual_fields)


def _computed(going, field):
    """A field whose Python reads what goes is empty from then on."""
    if _code_goes(going, field.compute, field.model):
        empty = f"for record in self:\n    record[{field.name!r}] = False"
        yield Use(field, DEACTIVATED, {"compute": f"{_commented(field.compute)}\n{empty}"})


def _pointing(going):
    """Yield what else points at a field that goes, such as rules of other addons."""
    for model in stored_models(going.env):
        if model._name in (*ACTING, *going.models) or ABOUT_FIELDS.match(model._name):
            continue
        for name, field in model._fields.items():
            if (
                field.store
                and field.type in ("many2one", "many2many")
                and field.comodel_name in FIELDS
                and not going.member_goes(model._name, name)
            ):
                records = model.search([(name, "in", list(going.records[field.comodel_name]))])
                for record in records - going.goes(records):
                    yield from _pointed(going, record, field)


def _pointed(going, record, field):
    if field.type == "many2many" and record[field.name] - going.goes(record[field.name]):
        # of several, the others are left
        return
    if "active" not in record._fields:
        is_deleted = field.type == "many2one" and field.ondelete == "cascade"
        yield Use(record, DELETED if is_deleted else KEPT)
    elif record.active:
        yield Use(record, DEACTIVATED, {"active": False})
