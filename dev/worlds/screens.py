"""What the web client asks for where somebody opens a screen, asked without a browser."""

from lxml import etree

from odoo.fields import Date
from odoo.tools.safe_eval import datetime, safe_eval

APP = "crm.crm_menu_root"
LIMIT = 80
# Views that show records, with their fields; and those that show groups of them.
OF_RECORDS = ("list", "kanban", "calendar", "activity")
OF_GROUPS = ("graph", "pivot")
# As a view, or Odoo where somebody lacks a right, says no.
FALSE = ("0", "false", "False")
RELATIONS = ("many2one", "one2many", "many2many")


def open_app(client, menu=APP):
    """Open the action of each menu of an app that somebody sees, in all its views.

    :param client: a :class:`WebClient`
    :return: the XML ids of the menus
    """
    menus = client.load("/web/webclient/load_menus")
    pending = [each for each in menus.values() if each["xmlid"] == menu]
    opened = []
    while pending:
        each = pending.pop()
        pending += [menus[str(id_)] for id_ in each["children"]]
        # an app has the action of its first menu
        if each["actionID"] and each["xmlid"] != menu:
            open_action(client, each["actionID"])
            opened.append(each["xmlid"])
    return opened


def open_action(client, action):
    """Open an action in all its views, with the first of its records in the form.

    :param action: its id, or its XML id
    :return: ids of the records that it shows first; None where it is no window
    """
    action = client.post("/web/action/load", action_id=action)
    if action["type"] == "ir.actions.server":
        action = client.post("/web/action/run", action_id=action["id"])
    if action["type"] != "ir.actions.act_window":
        return None
    context, domain = (_evaluate(client, action[name]) for name in ("context", "domain"))
    window = _Window(client, action["res_model"], context, action.get("id", False))
    return window.open(action["views"], domain or [])


def open_form(client, model, id_, **context):
    """Open a record in its form → the values that this shows."""
    window = _Window(client, model, context)
    return window.read_form(window.get_views([[False, "form"]])["form"], id_)


class _Window:
    def __init__(self, client, model, context, action_id=False):
        self._client = client
        self._model = model
        self._context = context or {}
        # whose favourites are offered
        self._action_id = action_id

        self._types = {}
        self._filters = []

    def open(self, views, domain):
        archs, ids = self.get_views(views), []
        for favourite in self._filters:
            if favourite["is_default"]:
                domain = [*domain, *_evaluate(self._client, favourite["domain"])]
                context = _evaluate(self._client, favourite["context"])
                self._group_by(domain, context.get("group_by", []))
        for type_, arch in archs.items():
            if type_ in OF_RECORDS:
                ids = self._search(arch, domain)
            elif type_ in OF_GROUPS:
                self._group(arch, domain)
        if "form" in archs:
            if archs["form"].get("create") not in FALSE:
                fields = self._specify(archs["form"])
                self._call("onchange", [], values={}, field_names=[], fields_spec=fields)
            for id_ in ids[:1]:
                self.read_form(archs["form"], id_)
        return ids

    def get_views(self, views):
        """→ ``{type of view: its root}``."""
        found = self._call(
            "get_views",
            views=[*views, [False, "search"]],
            options={"toolbar": True, "load_filters": True, "action_id": self._action_id},
        )
        self._filters = found["views"]["search"].get("filters", [])
        fields = found["models"][self._model]["fields"]
        self._types.update((name, field["type"]) for name, field in fields.items())
        return {type_: etree.fromstring(view["arch"]) for type_, view in found["views"].items()}

    def read_form(self, arch, id_):
        [values] = self._call("web_read", [id_], specification=self._specify(arch))
        return values

    def _search(self, arch, domain):
        fields = self._specify(arch)
        found = self._call("web_search_read", domain=domain, specification=fields, limit=LIMIT)
        return [record["id"] for record in found["records"]]

    def _group(self, arch, domain):
        shown = [each for each in arch.iter("field") if not each.get("invisible")]
        measures = [each.get("name") for each in shown if each.get("type") == "measure"]
        rows = [
            (each.get("name"), each.get("interval", "month"))
            for each in shown
            if each.get("name") not in measures
        ]
        groupby = [
            f"{name}:{interval}" if self._types[name].startswith("date") else name
            for name, interval in rows
        ]
        known = self._call("fields_get", attributes=["aggregator"])
        self._group_by(
            domain, groupby, (f"{name}:{known[name]['aggregator']}" for name in measures)
        )

    def _group_by(self, domain, groupby, aggregates=()):
        aggregates = ["__count", *aggregates]
        self._call("formatted_read_group", domain=domain, groupby=groupby, aggregates=aggregates)

    def _specify(self, arch):
        """→ what is read for a view: its fields, and the names of what they refer to."""
        names = {each.get("name") for each in arch.iter("field") if not _is_nested(each)}
        return {
            name: {"fields": {"display_name": {}}} if self._types[name] in RELATIONS else {}
            for name in names
        }

    def _call(self, method, ids=None, **arguments):
        return self._client.call(self._model, method, ids, context=self._context, **arguments)


def _is_nested(field):
    """→ whether a field belongs to the view of another field."""
    return any(each.tag == "field" for each in field.iterancestors())


def _evaluate(client, text):
    """A domain or a context of an action, as Python text → its value."""
    if not isinstance(text, str):
        return text
    names = {"uid": client.uid, "datetime": datetime, "context_today": Date.today}
    return safe_eval(text, names) if text.strip() else None
