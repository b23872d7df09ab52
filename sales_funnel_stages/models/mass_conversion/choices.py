"""The choices of a mass conversion in the fields of a record: of crm's wizard, or of a batch."""

from odoo.fields import Command

from ...tools.mass_conversion import Choices


def read_choices(record, names):
    """Return the :class:`Choices` that the fields of a record stand for.

    :param dict names: ``{choice: field}``
    """
    return Choices(**{choice: _read(record, name) for choice, name in names.items()})


def _read(record, name):
    value = record[name]
    kind = record._fields[name].type
    if kind == "many2many":
        # as the database has them, whether they are read from there or have just been chosen
        return tuple(value._origin.sorted().ids)
    return value._origin.id or 0 if kind == "many2one" else value


def prepare_choices(choices, names):
    """Return the values of the fields of a record that stands for :class:`Choices`.

    :param dict names: ``{choice: field}``
    """
    return {
        names[choice]: [Command.set(value)] if isinstance(value, tuple) else value or False
        for choice, value in choices._asdict().items()
        if choice in names
    }
