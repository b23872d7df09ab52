import re
from collections import defaultdict

# Odoo keeps these, whoever declares them
KEPT_FIELDS = {"id", "create_uid", "create_date", "write_uid", "write_date"}
# an external id that owns nothing, as Odoo's own uninstallation has it
NO_OWNER = "__cloc_exclude__"
# of a path, what is not a name: the order, the granularity of a date
PATH = re.compile(r"^([a-z_]\w*(?:[./][a-z_]\w*)*)(?::\w+)?(?:\s+(?:asc|desc))?$", re.IGNORECASE)


class Going:
    """What goes when modules are uninstalled: all that no other module owns, too.

    Fields and methods are *members* of a model. Reads the registry and ``ir.model.data`` once.

    :ivar records: ``{name of a model: ids}`` of what Odoo is going to delete
    :ivar models: names of models
    :ivar external_ids: of what goes, as ``module.name``
    :ivar manual_fields: names of fields that somebody made, ``(model, name)``, which depend on what
        goes, so that Odoo deletes them, too
    """

    def __init__(self, env, modules):
        self.env = env
        self.modules = set(modules.mapped("name"))
        self.records = defaultdict(set)
        self.external_ids = set()
        self._read_data()
        # by their own ids: models that are abstract, or whose table is gone, do not matter
        models = env["ir.model"].browse(self.records["ir.model"]).exists()
        self.models = set(models.mapped("model"))
        self._members = defaultdict(set)
        self._read_fields()
        self._read_methods()
        self._own_names = self._get_own_names()
        self.words = self._get_words()

    def _read_data(self):
        data_model = self.env["ir.model.data"]
        data = data_model.search([("module", "in", list(self.modules))])
        shared = {
            (model, res_id)
            for model, res_id in data_model._read_group(
                [
                    ("model", "in", list(set(data.mapped("model")))),
                    ("res_id", "in", list(set(data.mapped("res_id")))),
                    ("module", "not in", [*self.modules, NO_OWNER]),
                ],
                ["model", "res_id"],
            )
        }
        for each in data:
            if (each.model, each.res_id) not in shared:
                self.records[each.model].add(each.res_id)
                self.external_ids.add(f"{each.module}.{each.name}")

    def _read_fields(self):
        going = set(self._get_fields())
        depending = {
            each
            for field in going
            for each in (
                *self.env.registry.get_dependent_fields(field),
                *self.env.registry.field_inverses[field],
            )
            if each.manual or each.inherited
        }
        pointing = {
            field
            for model in self.env.values()
            for field in model._fields.values()
            if field.manual and field.comodel_name in self.models
        }
        self.manual_fields = {
            (each.model_name, each.name) for each in depending | pointing if each.manual
        }
        for field in going | depending | pointing:
            self._members[field.model_name].add(field.name)

    def _get_fields(self):
        """Yield those fields of the registry that the modules alone have."""
        ids = self.records["ir.model.fields"]
        for each in self.env["ir.model.fields"].browse(ids).exists():
            if each.model in self.env and each.name not in KEPT_FIELDS:
                if field := self.env[each.model]._fields.get(each.name):
                    yield field

    def _read_methods(self):
        for name in self.env.registry:
            if name in self.models:
                continue
            own, others = set(), set()
            for klass in type(self.env[name]).__mro__:
                names = {key for key, value in vars(klass).items() if callable(value)}
                (own if self._is_ours(klass) else others).update(names)
            self._members[name].update(own - others)

    def _is_ours(self, klass):
        parts = klass.__module__.split(".")
        return parts[:2] == ["odoo", "addons"] and parts[2:3] and parts[2] in self.modules

    def _get_own_names(self):
        """Names that nothing has which stays, so that they say alone what is meant."""
        names = {
            name
            for model, members in self._members.items()
            if model not in self.models
            for name in members
            if not name.startswith("__")
        }
        taken = {
            name
            for model in self.env.registry
            if model not in self.models
            for name in names
            if hasattr(type(self.env[model]), name) and not self.member_goes(model, name)
        }
        return names - taken

    def _get_words(self):
        names = {name for members in self._members.values() for name in members}
        words = {*names, *self.models, *self.modules}
        return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, sorted(words)))})(?!\w)")

    def member_goes(self, model, name):
        """→ whether a model loses a field or method, or goes as a whole."""
        return model in self.models or name in self._members.get(model, ())

    def is_own(self, name):
        """→ whether nothing that stays has a field or method of that name."""
        return name in self._own_names

    def comodel(self, model, name):
        """→ the name of the model that a field leads to, or None."""
        field = self.env[model]._fields.get(name) if model in self.env else None
        return field.comodel_name if field is not None else None

    def has_field(self, model, name):
        """→ whether a model has such a field, today."""
        return model in self.env and name in self.env[model]._fields

    def path_goes(self, model, path):
        """Whether a text is a path through fields of which one goes.

        :param model: name of the model where it starts; None where that is not known: then only
            names count that nothing but what goes has
        :param path: as ``lead_ids.need_level``, ``date:month`` or ``id desc``; other texts are none
        """
        match = PATH.match(path) if isinstance(path, str) else None
        for name in re.split("[./]", match[1]) if match else ():
            if model and self.member_goes(model, name):
                return True
            if not self.has_field(model, name):
                if self.is_own(name):
                    return True
                model = None
            else:
                model = self.comodel(model, name)
                if not model:
                    return False
        return False

    def is_named(self, text):
        """→ whether a text is the name of a model, or an external id, that goes."""
        return text in self.models or text in self.external_ids

    def goes(self, records):
        """→ those of records that Odoo is going to delete."""
        return records.browse(id_ for id_ in records.ids if id_ in self.records[records._name])

    def mentions(self, text):
        """→ whether a text has any word in common with what goes. Quick; to look no further."""
        return bool(text) and bool(self.words.search(text))
