from odoo.fields import Command

from .use import ADMINISTRATORS, FREED, Use, stored_models

# whose groups say who they are, rather than who may do something
PERSONS = ("res.users", "res.groups", "res.users.role")


def find_granting(going):
    """Yield the :class:`Use` of what only groups that go are granted: it is for administrators.

    Without a group it would be for everybody.
    """
    group_ids = going.records["res.groups"]
    administrators = going.env.ref("base.group_system")
    for model in stored_models(going.env):
        if model._name in PERSONS or model._name in going.models:
            continue
        for name, field in model._fields.items():
            if (
                field.comodel_name == "res.groups"
                and field.store
                and field.type != "one2many"
                and not going.member_goes(model._name, name)
            ):
                records = model.search([(name, "in", list(group_ids))])
                for record in records - going.goes(records):
                    yield from _granted(going, record, field, administrators)


def _granted(going, record, field, administrators):
    kept = record[field.name] - going.goes(record[field.name])
    if field.type == "many2one":
        yield Use(record, ADMINISTRATORS, {field.name: administrators.id})
    elif not kept:
        yield Use(record, ADMINISTRATORS, {field.name: [Command.set(administrators.ids)]})
    elif field.ondelete == "restrict":
        yield Use(record, FREED, {field.name: [Command.set(kept.ids)]})
