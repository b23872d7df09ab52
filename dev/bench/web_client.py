"""The calls by which Odoo's web client loads a view, made from the view itself.

As its relational model does: every field of the view is read, also one in a column that is
not shown, and what a field's widget needs besides.
"""

from ast import literal_eval

from lxml import etree

ACTIVITY = [
    "activity_exception_decoration",
    "activity_exception_icon",
    "activity_state",
    "activity_summary",
    "activity_type_icon",
    "activity_type_id",
]
# Fields of the same record that a widget needs.
WIDGET_FIELDS = {
    "kanban_activity": ACTIVITY,
    "list_activity": ACTIVITY,
    "rotting_statusbar_duration": ["duration_tracking"],
    "stage_rule_statusbar": ["duration_tracking", "qualification_checklist"],
}
KANBAN_LIMIT = 40
LIST_LIMIT = 80
COUNT_LIMIT = 10_000


def open_kanban(env, model, view, domain, context):
    """→ a function that loads a grouped kanban in an environment."""
    arch, spec = _view(env[model], view, "kanban")
    [group_by] = arch.get("default_group_by").split(",")
    aggregates = get_aggregates(env[model], arch)
    progress_bar = get_progress_bar(arch)

    def load(env):
        records = env[model].with_context(**context)
        records.with_context(read_group_expand=True).web_read_group(
            domain,
            [group_by],
            aggregates,
            auto_unfold=True,
            opening_info=[],
            unfold_read_specification=spec,
            unfold_read_default_limit=KANBAN_LIMIT,
            groupby_read_specification={},
        )
        records.read_progress_bar(domain, group_by, progress_bar)

    return load


def open_list(env, model, view, domain, context):
    """→ a function that loads a list that is not grouped in an environment."""
    arch, spec = _view(env[model], view, "list")
    order = arch.get("default_order") or ""

    def load(env):
        env[model].with_context(bin_size=True, **context).web_search_read(
            domain, spec, order=order, limit=LIST_LIMIT, count_limit=COUNT_LIMIT + 1
        )

    return load


def _view(model, view, type_):
    """→ the tree of a view as this user gets it, and the specification of what it reads."""
    views = model.get_views([(model.env.ref(view).id, type_)])["views"]
    arch = etree.fromstring(views[type_]["arch"])
    return arch, specification(arch, model.fields_get(attributes=["type"]))


def specification(arch, fields, models=None):
    """The tree of a view → what ``web_read`` is asked for.

    :param fields: names and descriptions of the model's fields, each with its ``type``
    :param models: where there are views of lines in the view: the fields of all models, by name
    >>> specification(
    ...     etree.fromstring(
    ...         "<list><field name='name'/><field name='team_id' invisible='1'/>"
    ...         "<field name='user_id'/><field name='tag_ids' widget='many2many_tags'"
    ...         ''' options="{'color_field': 'color'}"/><groupby name='user_id'>'''
    ...         "<field name='phone'/></groupby></list>"
    ...     ),
    ...     {
    ...         "name": {"type": "char"},
    ...         "team_id": {"type": "many2one"},
    ...         "user_id": {"type": "many2one"},
    ...         "tag_ids": {"type": "many2many"},
    ...     },
    ... ) == {
    ...     "name": {},
    ...     "team_id": {"fields": {}},
    ...     "user_id": {"fields": {"display_name": {}}},
    ...     "tag_ids": {"fields": {"display_name": {}, "color": {}}},
    ... }
    True
    """
    nodes = {}
    for node in arch.xpath(".//field[not(ancestor::field) and not(ancestor::groupby)]"):
        nodes.setdefault(node.get("name"), []).append(node)
    needed = dict.fromkeys(nodes)
    for found in nodes.values():
        for node in found:
            needed.update(dict.fromkeys(WIDGET_FIELDS.get(node.get("widget"), ())))
    if arch.get("highlight_color"):
        needed[arch.get("highlight_color")] = None
    found = {name: _field_spec(fields[name]["type"], nodes.get(name, [])) for name in needed}
    for name, lines in _find_lines(nodes) if models else ():
        found[name]["fields"] = specification(lines, models[fields[name]["relation"]], models)
    return found


def _find_lines(nodes):
    """→ the fields that are shown by a view of their own, and that view."""
    for name, found in nodes.items():
        for node in found:
            views = {view.tag: view for view in node}
            mode = node.get("mode", "list,kanban").split(",")
            shown = next((views[type_] for type_ in mode if type_ in views), None)
            if shown is not None and not _is_hidden(node):
                yield name, shown


def _field_spec(type_, nodes):
    if type_ in ("many2one", "reference"):
        shown = not nodes or not all(_is_hidden(node) for node in nodes)
        return {"fields": {"display_name": {}} if shown else {}}
    if type_ in ("many2many", "one2many"):
        fields = {}
        for node in nodes:
            # In a kanban these are tags by default, and in a list here always.
            if node.get("widget") == "many2many_tags" or type_ == "many2many":
                fields["display_name"] = {}
                color = literal_eval(node.get("options", "{}")).get("color_field")
                if color:
                    fields[color] = {}
        return {"fields": fields}
    return {}


def _is_hidden(node):
    return any(node.get(name) in ("1", "True") for name in ("invisible", "column_invisible"))


def get_aggregates(model, arch):
    """→ what the web client asks to be summed for the progress bar of a kanban."""
    bar = arch.find("progressbar")
    names = [bar.get(name) for name in ("sum_field", "recurring_revenue_sum_field")]
    fields = model.fields_get(
        [name for name in names if name in model._fields], ["aggregator", "currency_field"]
    )
    found = []
    for name, field in fields.items():
        found.append(f"{name}:{field['aggregator']}")
    for name, field in fields.items():
        found += [f"{field['currency_field']}:array_agg_distinct", f"{name}:sum_currency"]
    return list(dict.fromkeys(found))


def get_progress_bar(arch):
    """→ what ``read_progress_bar`` is asked for a kanban."""
    bar = arch.find("progressbar")
    return {
        "field": bar.get("field"),
        "colors": literal_eval(bar.get("colors")),
        "help": bar.get("help"),
    }
