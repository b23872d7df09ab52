from odoo import fields, models


class CustomCall(models.Model):
    """A call of one of the methods that this addon overrides, in a transaction that was kept."""

    _name = "custom.call"
    _description = "Call of a Hook"
    _log_access = False

    hook = fields.Char(required=True)
    record_count = fields.Integer(required=True, help="Of how many records it was called")


class Base(models.AbstractModel):
    _inherit = "base"

    def _note_call(self, hook, record_count=None):
        """Note that a method was called, of as many records as there are here, or as are said."""
        self.env["custom.call"].sudo().create(
            {"hook": hook, "record_count": len(self) if record_count is None else record_count}
        )
