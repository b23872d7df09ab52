import json
from functools import partial

from ...tools.freed_text import freed_literal
from .arch import freed_board, names_of
from .domains import domain_goes, freed_domain
from .use import DEACTIVATED, FREED, Use, all_of, safely


def find_showing(going):
    """Yield the :class:`Use` of what shows records: it does so without what goes."""
    finders = {
        _searches: ("ir.filters", "ir.actions.act_window", "ir.embedded.actions"),
        _export_lines: ("ir.exports.line",),
        _aliases: ("mail.alias",),
        _boards: ("ir.ui.view.custom",),
        _menus: ("ir.ui.menu",),
        _scoring: ("ir.config_parameter",),
    }
    for finder, names in finders.items():
        for records in all_of(going.env, *names):
            yield from safely(partial(finder, going), records - going.goes(records))


def _searches(going, record):
    about = _model_shown(record)
    # of a model that goes as a whole, nothing is ever shown again
    if about not in going.models and (values := _freed_search(going, about, record)):
        yield Use(record, DEACTIVATED if "active" in values else FREED, values)


def _export_lines(going, line):
    about = line.export_id.resource
    if about not in going.models and going.path_goes(about, line.name):
        yield Use(line, FREED, None)


def _model_shown(record):
    if record._name == "ir.filters":
        return record.model_id
    return record.res_model if "res_model" in record._fields else record.parent_res_model


def _freed_search(going, model, record):
    """→ values to write on a favourite or an action; it is deactivated if that cannot be told."""
    values = {}
    if domain_goes(going, model, record.domain):
        values["domain"] = freed_domain(going, model, record.domain)
    if going.mentions(record.context):
        context = freed_literal(record.context, partial(going.path_goes, model))
        if context != record.context:
            values["context"] = context or "{}"
    if "sort" in record._fields and going.mentions(record.sort):
        names = names_of(record.sort)
        kept = [each for each in names if not going.path_goes(model, each)]
        if kept != names:
            values["sort"] = json.dumps(kept)
    if values.get("domain", "") is None:
        return {"active": False} if "active" in record._fields else {"domain": "[]"}
    return values


def _aliases(going, alias):
    """What comes in by mail is not lost for a default value of it."""
    model, defaults = alias.alias_model_id.model, alias.alias_defaults
    if model not in going.models and going.mentions(defaults):
        freed = freed_literal(defaults, partial(going.member_goes, model), keys_only=True)
        if freed != defaults:
            yield Use(alias, FREED, {"alias_defaults": freed or "{}"})


def _boards(going, board):
    if going.mentions(board.arch) or 'name="' in board.arch:
        freed = freed_board(going, board.arch)
        if freed is not None:
            yield Use(board, FREED, {"arch": freed})


def _menus(going, menu):
    """What somebody's menu opens, and is there no more."""
    action = menu.action
    if menu.active and action:
        shown = action.res_model if "res_model" in action._fields else None
        if going.goes(action) or shown in going.models:
            yield Use(menu, DEACTIVATED, {"active": False})


def _scoring(going, parameter):
    """What Odoo predicts the probability of a lead from."""
    if parameter.key == "crm.pls_fields":
        names = (parameter.value or "").split(",")
        kept = [each for each in names if not going.member_goes("crm.lead", each)]
        if kept != names:
            yield Use(parameter, FREED, {"value": ",".join(kept)})
