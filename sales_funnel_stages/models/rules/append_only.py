from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...tools.carried import Carried


class Recording(Carried):
    """Says that it is our own code that adds so many rows, once.

    Whatever runs because of these, as an automation rule may, adds none by it.
    """

    def __init__(self, count):
        self._count = count

    def allows(self, count):
        """Tell whether so many rows may be added now; they are not allowed a second time."""
        is_allowed = count == self._count
        self._count = None
        return is_allowed


class CrmAppendOnlyMixin(models.AbstractModel):
    """What is recorded by itself: nobody else adds to it, and nobody changes it but for erasure.

    Models that inherit it say so in ``_refuse_change``.
    """

    _name = "crm.append.only.mixin"
    _inherit = ["crm.erasure.mixin"]
    _description = "Record of What Happened"

    @api.model
    def default_get(self, fields):  # pylint: disable=method-required-super
        """Nothing of a row is by default: defaults are what any user or context may say."""
        return {}

    @api.model
    def _record(self, vals_list):
        """Add rows.

        :param list[dict] vals_list: the values of each; what is not named is empty, also a number
        """
        # what is empty in all of them is not written
        names = {name for vals in vals_list for name in vals if self._says(name, vals[name])}
        vals_by_names = defaultdict(list)
        for vals in vals_list:
            # one with a number and one without: together, Odoo would write 0
            named = {name: value for name, value in vals.items() if name in names}
            vals_by_names[frozenset(named)].append(named)
        for alike in vals_by_names.values():
            recording = Recording(len(alike))
            # sudo: rows are complete, whatever the user may do; and no context has a say in them
            self.with_env(self.env(su=True, context=recording.context())).create(alike)

    @api.model
    def _says(self, name, value):
        """Tell whether a value for a field is another than what is there where it is not named."""
        return value is not None and (value is not False or self._fields[name].type == "boolean")

    @api.model_create_multi
    def create(self, vals_list):
        recording = Recording.of(self.env)
        if not recording or not recording.allows(len(vals_list)):
            self._refuse_change()
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        self._refuse_change()

    def unlink(self):  # pylint: disable=method-required-super
        self._refuse_change()

    def _blank(self, name):
        self.env.execute_query(
            SQL(
                "UPDATE %s SET %s WHERE id = ANY(%s)",
                SQL.identifier(self._table),
                self._get_blanks([name]),
                self.ids,
            )
        )
        self.invalidate_recordset([name], flush=False)

    @api.model
    def _get_blanks(self, names):
        """Return what an update of rows sets, to blank these texts."""
        return SQL(", ").join(SQL("%s = NULL", SQL.identifier(name)) for name in names)

    def _refuse_change(self):
        """Raise the error that tells whoever wants to change a row that they cannot."""
        raise NotImplementedError()
