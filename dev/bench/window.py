"""What somebody opens in the web client, and the calls by which it loads.

Each call is a request of its own. Those that are the same with the addon and without are left out:
that which loads the action, and those that load the chatter.
"""

from lxml import etree

from odoo.fields import Date

from .web_client import (
    COUNT_LIMIT,
    KANBAN_LIMIT,
    LIST_LIMIT,
    get_aggregates,
    get_progress_bar,
    specification,
)


class Window:
    """An action, and what its views ask for.

    A call is a function from an environment.

    :ivar load: the call that gets the views
    """

    def __init__(self, env, action, **context):
        """:param action: XML id of a window action
        :param context: in which it is opened
        """
        # sudo: as the web client, which is given any action that it asks for
        action = env.ref(action).sudo()
        self._model, self._context = action.res_model, context
        self._views = [*action.views, (action.search_view_id.id, "search")]
        self._options = {"action_id": action.id, "toolbar": True, "load_filters": True}
        found = self.load(env)
        fields = {model: each["fields"] for model, each in found["models"].items()}
        self._archs, self._specs = {}, {}
        for type_, view in found["views"].items():
            if type_ == "search":
                continue
            self._archs[type_] = arch = etree.fromstring(view["arch"])
            self._specs[type_] = specification(arch, fields[self._model], fields)

    def load(self, env):
        """Get the views → as Odoo's ``get_views`` returns them."""
        return self._records(env).get_views(self._views, self._options)

    def open_list(self, domain, type_="list"):
        """→ the calls that open a list, or a kanban that is not grouped."""
        order = self._archs[type_].get("default_order") or ""

        def search(env):
            self._records(env).with_context(bin_size=True).web_search_read(
                domain,
                self._specs[type_],
                order=order,
                limit=LIST_LIMIT,
                count_limit=COUNT_LIMIT + 1,
            )

        return [self.load, search]

    def open_kanban(self, env, domain, interval=""):
        """→ the calls that open a grouped kanban."""
        arch = self._archs["kanban"]
        [group_by] = arch.get("default_group_by").split(",")
        group_by += interval
        aggregates = get_aggregates(env[self._model], arch)

        def group(env):
            self._records(env).with_context(read_group_expand=True).web_read_group(
                domain,
                [group_by],
                aggregates,
                auto_unfold=True,
                opening_info=[],
                unfold_read_specification=self._specs["kanban"],
                unfold_read_default_limit=KANBAN_LIMIT,
                groupby_read_specification={},
            )

        def read_bar(env):
            bar = get_progress_bar(arch)
            self._records(env).read_progress_bar(domain, group_by, bar)

        return [self.load, group, read_bar]

    def open_calendar(self, domain):
        """→ the calls that open the calendar of this month."""
        date = self._archs["calendar"].get("date_start")
        names = list(self._specs["calendar"]) + [date]
        first = Date.start_of(Date.today(), "month")
        month = [(date, ">=", first), (date, "<=", Date.end_of(first, "month"))]

        def search(env):
            self._records(env).search_read([*domain, *month], names)

        return [self.load, search]

    def open_form(self, id_):
        """→ the calls that open a record."""

        def read(env):
            self._records(env).browse(id_).web_read(self._specs["form"])

        return [self.load, read]

    def open_new(self):
        """→ the calls that open an empty form."""

        def fill(env):
            self._records(env).onchange({}, [], self._specs["form"])

        return [self.load, fill]

    def save(self, id_, values):
        """→ the call that saves a record in its form."""

        def save(env):
            self._records(env).browse(id_).web_save(values, self._specs["form"])
            env.cr.flush()

        return [save]

    def press(self, button):
        """→ the calls that save a new form as it comes, and press a button."""
        # ours does not read anew what it is going to close
        is_read = self._archs["form"].get("js_class") != "conversion_form"

        def save_and_press(env):
            filled = self._records(env).onchange({}, [], self._specs["form"])["value"]
            stored = {
                name: _to_send(value)
                for name, value in filled.items()
                if not env[self._model]._fields[name].readonly
            }
            [saved] = self._records(env).web_save(stored, self._specs["form"] if is_read else {})
            getattr(self._records(env).browse(saved["id"]), button)()
            env.cr.flush()

        return [save_and_press]

    def _records(self, env):
        return env[self._model].with_context(**self._context)


def _to_send(value):
    """→ a value as the web client sends it: records by their id, lines as commands."""
    if isinstance(value, list):
        return [command[:2] for command in value]
    return value["id"] if isinstance(value, dict) else value
