"""Fields that are there to be shown, by which the database can neither group nor sort.

To find that out, Odoo would try, for each of them and whenever a page is opened: half of what our
fields cost there. Here it is just said.
"""

from odoo import fields

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


class ShownText(ShownField, fields.Text):
    """A text that is there to be shown."""


class ShownRecord(ShownField, fields.Many2one):
    """A record that is there to be shown."""
