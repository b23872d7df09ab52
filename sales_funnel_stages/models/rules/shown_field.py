"""Fields that are there to be shown, by which the database can neither group nor sort.

To find that out, Odoo would try, for each of them and whenever a page is opened: half of what our
fields cost there. Here it is just said.
"""

from collections import defaultdict

from odoo import fields
from odoo.tools import SQL

from .described_field import DescribedField


class ShownField(DescribedField):
    def _description_sortable(self, env):
        return False

    def _description_groupable(self, env):
        return False


class ShownBoolean(ShownField, fields.Boolean):
    """A yes or no that is there to be shown."""


class ShownChar(ShownField, fields.Char):
    """A line of text that is there to be shown."""


class ShownDate(ShownField, fields.Date):
    """A day that is there to be shown."""


class ShownHtml(ShownField, fields.Html):
    """A text with markup that is there to be shown."""


class ShownInteger(ShownField, fields.Integer):
    """A number that is there to be shown, and is added to no other."""

    aggregator = None


class ShownJson(ShownField, fields.Json):
    """What a widget shows, as plain data. Nobody changes it: it is not copied for each reader."""

    def convert_to_cache(self, value, record, validate=True):
        return value or None

    def convert_to_record(self, value, record):
        return False if value is None else value


class ShownLines(ShownField, fields.One2many):
    """Lines, which Odoo groups and sorts by in no database."""


class RareLines(ShownLines):
    """Lines of which most records have none: that is asked for all such fields at once."""

    def read(self, records):
        records = records.browse(self._cache_missing_ids(records))
        if not records:
            # another such field was read
            return
        rare = [field for field in records._fields.values() if isinstance(field, RareLines)]
        having = defaultdict(set)
        for name, id_ in records.env.execute_query(
            SQL(" UNION ALL ").join(field._having_to_sql(records) for field in rare)
        ):
            having[name].add(id_)
        for field in rare:
            without = records.browse(id_ for id_ in records._ids if id_ not in having[field.name])
            # what is known already stays
            field._insert_cache(without, [()] * len(without))
        if owners := having[self.name]:
            super().read(records.browse(id_ for id_ in records._ids if id_ in owners))

    def _having_to_sql(self, records):
        """Return the query of the ids of those of some records that have lines, and the name."""
        comodel = records.env[self.comodel_name]
        inverse = comodel._fields[self.inverse_name]
        return SQL(
            "SELECT DISTINCT %s, %s FROM %s WHERE %s = ANY(%s)",
            self.name,
            column := SQL.identifier(self.inverse_name, to_flush=inverse),
            SQL.identifier(comodel._table),
            column,
            records.ids,
        )


class ShownText(ShownField, fields.Text):
    """A text that is there to be shown."""


class ShownRecord(ShownField, fields.Many2one):
    """A record that is there to be shown."""
