"""What is written and given at a door: numbers become values, as the database has them now."""

import inspect

from .doors import LEAD, parameters

NUMBERS = (0, 1, 40, 100, -1, 0.5, 10**6, False)
TEXTS = ("Ada", "", False, "Signed on paper", " \n", "<b>So</b>", "ann@buyers.example.com", "9")
DAYS = ("2026-01-31", False, "2020-02-29", "2040-12-31", "2026-11-30", "", "1900-01-01")
MOMENTS = ("2026-01-31 10:00:00", False, "2020-02-29 00:00:00", "2040-12-31 23:59:59")
OTHERS = (False, None, [], {}, 1, "x", True, 0)
MOST = 7
COMODELS = {"partner_id": "res.partner", "team_id": "crm.team", "user_id": "res.users"}


class Values:
    """Looks up what a number stands for, with the eyes of OdooBot.

    :param env: in which nothing is written
    :param known: ``{model: ids}`` of the walk's own records, more likely than others; of leads,
        there are no others
    """

    def __init__(self, env, known):
        self.env = env
        self.known = known

    def of_fields(self, model, pairs):
        """Return values for ``write`` from ``[(field name, number)]``; unknown names are left."""
        fields = self.env[model]._fields
        return {
            name: self.of_field(fields[name], number) for name, number in pairs if name in fields
        }

    def of_field(self, field, number):
        if field.type == "many2one":
            ids = self.ids(field.comodel_name)
            return [*ids, False][number % (len(ids) + 1)]
        if field.type in ("one2many", "many2many"):
            ids = self.ids(field.comodel_name)
            return [[(5,)], [(6, 0, ids[:number])], [(0, 0, {})], [(2, ids[0] if ids else 0)]][
                number % 4
            ]
        if field.type == "selection":
            options = [*field.get_values(self.env), False]
            return options[number % len(options)]
        if field.type == "boolean":
            return bool(number % 2)
        pool = {
            "integer": (0, 1, 40, 100, -1),
            "float": NUMBERS,
            "monetary": NUMBERS,
            "date": DAYS,
            "datetime": MOMENTS,
            "properties": ([], False),
        }.get(field.type, TEXTS)
        return pool[number % len(pool)]

    def ids(self, model):
        """Return the ids of a few records of a model: those of the walk, and some others."""
        known = self.known.get(model, [])
        if model == LEAD:
            return known
        found = self.env[model].with_context(active_test=False).search([], limit=MOST).ids
        return [*known, *(id_ for id_ in found if id_ not in known)][:MOST]

    def chosen(self, model, numbers):
        """Return ids of records, chosen by numbers."""
        ids = self.ids(model)
        return sorted({ids[number % len(ids)] for number in numbers}) if ids else []

    def of_wizard(self, model, leads, pairs):
        """Return what a wizard is made of for some leads."""
        values = {"reason": "Signed on paper"}
        for name, field in self.env[model]._fields.items():
            if field.comodel_name != LEAD or field.compute and field.readonly:
                continue
            if field.type == "many2one":
                values[name] = leads[0]
            elif field.type == "many2many":
                values[name] = [(6, 0, leads)]
        values.update(self.of_fields(model, pairs))
        return {name: value for name, value in values.items() if name in self.env[model]._fields}

    def arguments(self, model, method, numbers, pairs):
        """Return the keyword arguments of a call, and whether it is called on records."""
        names, on_records = parameters(self.env, model, method)
        given = {}
        for position, name in enumerate(names):
            number = numbers[position % len(numbers)] + position
            value = self._argument(model, name, number, pairs)
            if value is not inspect.Parameter.empty:
                given[name] = value
        return given, on_records

    def _argument(self, model, name, number, pairs):
        if name in ("vals", "values", "default", "create_values", "custom_values"):
            return self.of_fields(model, pairs)
        if name in ("fields", "data"):
            return self._loaded(model, pairs)[name]
        pool = self._usual(model, name, number, pairs)
        if pool is None:
            # what a client leaves out, more often than not
            if name in ("auto_unlink", "force", "is_made") or number % 3:
                return inspect.Parameter.empty
            pool = OTHERS
        return pool[number % len(pool)]

    def _usual(self, model, name, number, pairs):
        """Return what is usually given by that name, one of which is taken; None if unknown."""
        if name == "vals_list":
            return [[{"name": "Another", **self.of_fields(model, pairs)}]]
        if name == "user_ids":
            return [self.ids("res.users")[:number]]
        if name in COMODELS:
            return [False, *self.ids(COMODELS[name])]
        # "partner" is a record, which no client can give
        return {"specification": [{}], "reason": TEXTS, "partner": [False]}.get(name)

    def _loaded(self, model, pairs):
        """Return the columns and the one row of a file, as ``load`` takes them."""
        written = {"name": "Loaded", **self.of_fields(model, pairs)}
        written = {key: value for key, value in written.items() if not isinstance(value, list)}
        fields = self.env[model]._fields
        return {
            "fields": [
                f"{key}/.id" if key in fields and fields[key].type == "many2one" else key
                for key in written
            ],
            "data": [["" if value is False else str(value) for value in written.values()]],
        }
